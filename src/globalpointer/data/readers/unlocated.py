"""Records whose triples are strings: the road that the formats without offsets share."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from globalpointer.data.readers.annotate import checked_text
from globalpointer.data.readers.locate import TypedTriple, locate
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record, records
from globalpointer.text.spans import Document

Parse = Callable[[Any, Reporter, Record], Iterable[TypedTriple]]
"""What stands under the key of the triples, as triples; what is none of them is told."""


def unlocated(path: str, key: str, parse: Parse, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a file whose records have their text under "text" and their triples under `key`.

    Mentions are located as `options.mentions` says; a record without `key` is not annotated, other keys go to `meta`.
    """
    for record in records(path):
        fields = record.fields
        text = checked_text(fields.pop("text", None), "text", record.path, record.line)
        given = fields.pop(key, None)
        identity = fields.pop("id", None)
        name = record.id if identity is None else str(identity)
        if given is None or options.labelled is False:
            yield Document(text, None, name, fields)
            continue
        found = locate(text, parse(given, report, record), options.mentions, report, record.line, path=record.path)
        yield Document(text, found.entities, name, fields, found.relations, None, found.triples)
