"""SpERT's JSON: tokens, entities over them with ends exclusive, and relations by the index of an entity.

`{"tokens": ["Ann", "likes", "Oslo"], "entities": [{"type": "Peop", "start": 0, "end": 1}, {"type": "Loc", "start": 2,
"end": 3}], "relations": [{"type": "Likes", "head": 0, "tail": 1}], "orig_id": 7}`, in a list, or one a line. "head" is
the subject and "tail" the object. Without "relations" only entities are annotated, without "entities" nothing is.
"""

from collections.abc import Iterator
from typing import Any

from globalpointer.data.readers.indexed import relations
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record
from globalpointer.data.readers.tokenised import Found, tokenised
from globalpointer.data.readers.words import Words
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The sentences of a file in SpERT's form, such as CoNLL04 and SciERC.

    Source: Eberts and Ulges, 2020, SpERT.
    """
    return tokenised(path, "spert", _annotation, report, options)


def _annotation(words: Words, given: Any, links: Any, report: Reporter, record: Record) -> Found:
    entities = _entities(words, given, report, record)
    return entities, relations(links, entities, report, record)


def _entities(words: Words, given: Any, report: Reporter, record: Record) -> list[Entity | None]:
    """The entities in the order of the file; None for one that cannot be kept."""
    if not isinstance(given, list):
        raise DataError(f'expected a list under "entities", found {given!r:.60}', path=record.path, line=record.line)
    entities: list[Entity | None] = []
    for index, entity in enumerate(given):
        if isinstance(entity, dict) and {"type", "start", "end"} <= set(entity):
            label, start, end = entity["type"], entity["start"], entity["end"]
            fault = words.fault(label, start, end)
        else:
            fault = f'expected {{"type", "start", "end"}}, found {entity!r:.60}'
        if fault:
            report.dropped(f"entity {index}: {fault}", record.line, path=record.path)
        entities.append(None if fault else words.entity(label, start, end))
    return entities
