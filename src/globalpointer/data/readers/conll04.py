"""CoNLL04 as JSON: tokens, a BILOU tag for each, and relations by the index of an entity in reading order.

`{"tokens": ["Ann", "Berg", "sings"], "tags": ["B-Peop", "L-Peop", "O"], "relations": [{"head": 0, "tail": 1, "type":
"Kill"}], "orig_id": 7}`, in a list, or one a line. "head" is the subject and "tail" the object.
"""

from collections.abc import Iterator
from typing import Any

from globalpointer.data.readers.annotate import unique
from globalpointer.data.readers.indexed import relations
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record, records
from globalpointer.data.readers.tags import SCHEMES, decode
from globalpointer.data.readers.words import Words, join, joiner_of
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity

BILOU = SCHEMES["bilou"]


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The sentences of a CoNLL04 file. Tags that break the scheme are read leniently, and noted.

    Source: Roth and Yih, 2004 (the data); Gupta et al., 2016 (its usual split); Ma et al., 2022 (the form).
    """
    joiner = joiner_of(options, path, "conll04")
    for record in records(path):
        fields = record.fields
        words = join(fields.pop("tokens", None), joiner, record)
        tags, given = fields.pop("tags", None), fields.pop("relations", None)
        identity = fields.pop("orig_id", None)
        name = record.id if identity is None else str(identity)
        if tags is None or options.labelled is False:
            yield Document(words.text, None, name, fields)
            continue
        entities = _entities(words, tags, report, record)
        found = relations(given, entities, report, record)
        kept = unique(entities, report, record.line, path=record.path)
        yield Document(words.text, kept, name, fields, found)


def _entities(words: Words, tags: Any, report: Reporter, record: Record) -> list[Entity]:
    if not isinstance(tags, list) or len(tags) != len(words.starts):
        raise DataError(
            f'expected a tag for each of {len(words.starts)} tokens under "tags", found {tags!r:.60}',
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
