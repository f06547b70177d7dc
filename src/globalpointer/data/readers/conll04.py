"""CoNLL04 as JSON: tokens, a BILOU tag for each, and relations by the index of an entity in reading order.

`{"tokens": ["Ann", "Berg", "sings"], "tags": ["B-Peop", "L-Peop", "O"], "relations": [{"head": 0, "tail": 1, "type":
"Kill"}], "orig_id": 7}`, in a list, or one a line. "head" is the subject and "tail" the object.
"""

from collections.abc import Iterator
from typing import Any

from globalpointer.data.readers.indexed import relations
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record
from globalpointer.data.readers.tags import SCHEMES, decode
from globalpointer.data.readers.tokenised import Found, tokenised
from globalpointer.data.readers.words import Words
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity

BILOU = SCHEMES["bilou"]


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The sentences of a CoNLL04 file. Tags that break the scheme are read leniently, and noted.

    Source: Roth and Yih, 2004 (the data); Gupta et al., 2016 (its usual split); Ma et al., 2022 (the form).
    """
    return tokenised(path, "conll04", _annotation, report, options)


def _annotation(words: Words, tags: Any, links: Any, report: Reporter, record: Record) -> Found:
    entities = _entities(words, tags, report, record)
    return entities, relations(links, entities, report, record)


def _entities(words: Words, tags: Any, report: Reporter, record: Record) -> list[Entity]:
    if not isinstance(tags, list) or len(tags) != len(words.starts):
        raise DataError(
            f'expected tags, one for each token, {len(words.starts)} in all, under "tags", found {tags!r:.60}',
            path=record.path,
            line=record.line,
        )
    for index, tag in enumerate(tags):
        if not (isinstance(tag, str) and BILOU.is_tag(tag)):
            raise DataError(
                f"expected O or a BILOU tag such as B-LABEL at token {index}, found {tag!r:.60}",
                path=record.path,
                line=record.line,
            )

    def repaired(index: int, why: str) -> None:
        report.repaired(f"token {index}: {why}", record.line, path=record.path)

    return [words.entity(label, first, last + 1) for label, first, last in decode(tags, BILOU, repaired)]
