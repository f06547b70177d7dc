"""The JSON of SciERC, DyGIE and PURE: a document a line, its tokens in sentences, offsets counted through the document.

`{"doc_key": "x", "sentences": [["Ann", "sings"], ["She", "likes", "Oslo"]], "ner": [[[0, 0, "PER"]], [[4, 4, "LOC"]]],
"relations": [[], [[0, 0, 4, 4, "likes"]]]}`. Ends are inclusive. A relation is subject, object and label. Without
"relations" only entities are annotated, without "ner" nothing is. Other keys, such as "clusters", stay in `meta`.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from globalpointer.data.readers.annotate import label_fault
from globalpointer.data.readers.links import once
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record
from globalpointer.data.readers.tokenised import Found, tokenised
from globalpointer.data.readers.words import Words
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity, Relation

Tokens = tuple[Any, Any]
"""First and last token of an entity, both inclusive, as the file gives them."""


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a file, their sentences put together; where one ended is not kept.

    Source: Luan et al., 2018, SciERC; Wadden et al., 2019, DyGIE++.
    """
    return tokenised(path, "dygie", _annotation, report, options, tokens=_tokens)


def _tokens(sentences: Any, record: Record) -> list[Any]:
    if not isinstance(sentences, list) or not all(isinstance(each, list) for each in sentences):
        raise DataError(
            f'expected a list of lists of tokens under "sentences", found {sentences!r:.60}',
            path=record.path,
            line=record.line,
        )
    return [token for sentence in sentences for token in sentence]


def _annotation(words: Words, given: Any, links: Any, report: Reporter, record: Record) -> Found:
    entities = _entities(words, given, report, record)
    relations = None
    if links is not None:
        kept = ((each, record.line) for each in _relations(links, entities, report, record))
        relations = once(kept, report, path=record.path)
    return chain.from_iterable(entities.values()), relations


def _entities(words: Words, given: Any, report: Reporter, record: Record) -> dict[Tokens, list[Entity]]:
    """The entities by their tokens; several on the same ones have different labels, or are given twice."""
    entities: dict[Tokens, list[Entity]] = {}
    for index, entry in _entries(given, "ner", record):
        if isinstance(entry, list) and len(entry) == 3:
            first, last, label = entry
            fault = words.fault(label, first, last + 1 if type(last) is int else last)
        else:
            fault = f"expected [first, last, label], found {entry!r:.60}"
        if fault:
            report.dropped(f"entity {index}: {fault}", record.line, path=record.path)
        else:
            entities.setdefault((first, last), []).append(words.entity(label, first, last + 1))
    return entities


def _relations(
    given: Any, entities: Mapping[Tokens, list[Entity]], report: Reporter, record: Record
) -> Iterator[Relation]:
    for index, entry in _entries(given, "relations", record):
        fault = _fault(entry, entities)
        if fault:
            report.dropped(f"relation {index}: {fault}", record.line, path=record.path)
            continue
        *offsets, label = entry
        ends = entities[tuple(offsets[:2])], entities[tuple(offsets[2:])]
        for same in ends:
            if len(set(same)) > 1:
                labels = ", ".join(each.label for each in same)
                said = (
                    f"relation {index}: {same[0].text!r:.60} is an entity of several labels: {labels}; the first counts"
                )
                report.ambiguous(said, record.line, path=record.path)
        yield Relation(label, ends[0][0], ends[1][0])


def _fault(entry: Any, entities: Mapping[Tokens, list[Entity]]) -> str | None:
    if not isinstance(entry, list) or len(entry) != 5 or not all(type(offset) is int for offset in entry[:4]):
        return f"expected [first, last, first, last, label] of subject and object, found {entry!r:.60}"
    for what, tokens in (("subject", tuple(entry[:2])), ("object", tuple(entry[2:4]))):
        if tokens not in entities:
            return f"its {what}, tokens {tokens[0]} to {tokens[1]}, is none of the entities"
    return label_fault(entry[4])


def _entries(given: Any, key: str, record: Record) -> Iterator[tuple[int, Any]]:
    """What stands in the lists of all sentences, numbered through the document."""
    if not isinstance(given, list) or not all(isinstance(each, list) for each in given):
        raise DataError(
            f"expected a list for each sentence under {key!r}, found {given!r:.60}", path=record.path, line=record.line
        )
    return enumerate(entry for sentence in given for entry in sentence)
