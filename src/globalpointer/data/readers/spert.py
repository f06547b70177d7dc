"""SpERT's JSON: tokens, entities over them with ends exclusive, and relations by the index of an entity.

`{"tokens": ["Ann", "likes", "Oslo"], "entities": [{"type": "Peop", "start": 0, "end": 1}, {"type": "Loc", "start": 2,
"end": 3}], "relations": [{"type": "Likes", "head": 0, "tail": 1}], "orig_id": 7}`, in a list, or one a line. "head" is
the subject and "tail" the object. Without "relations" only entities are annotated, without "entities" nothing is.
"""

from collections.abc import Iterator
from typing import Any

from globalpointer.data.readers.annotate import unique
from globalpointer.data.readers.indexed import relations
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record, records
from globalpointer.data.readers.words import Words, join, joiner_of
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The sentences of a file in SpERT's form, such as CoNLL04 and SciERC.

    Source: Eberts and Ulges, 2020, SpERT.
    """
    joiner = joiner_of(options, path, "spert")
    for record in records(path):
        fields = record.fields
        words = join(fields.pop("tokens", None), joiner, record)
        given, links = fields.pop("entities", None), fields.pop("relations", None)
        identity = fields.pop("orig_id", None)
        name = record.id if identity is None else str(identity)
        if given is None or options.labelled is False:
            yield Document(words.text, None, name, fields)
            continue
        entities = _entities(words, given, report, record)
        found = relations(links, entities, report, record)
        kept = unique(filter(None, entities), report, record.line, path=record.path)
        yield Document(words.text, kept, name, fields, found)


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
