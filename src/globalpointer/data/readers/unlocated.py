"""Records whose triples are strings: the road that the formats without offsets share."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from globalpointer.data.readers.locate import TypedTriple, locate
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record, annotated, records
from globalpointer.text.spans import Document

Parse = Callable[[Any, Reporter, Record], Iterable[TypedTriple]]
"""What stands under the key of the triples, as triples; what is none of them is told."""


def unlocated(path: str, name: str, parse: Parse, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a file in a format of `FORMS`, their mentions located as `options.mentions` says.

    A record without triples is not annotated; other keys go to `meta`.
    """
    for record, text, given, named in annotated(records(path), name, options):
        if given is None:
            yield Document(text, None, named, record.fields)
            continue
        found = locate(text, parse(given, report, record), options.mentions, report, record.line, path=record.path)
        yield Document(text, found.entities, named, record.fields, found.relations, None, found.triples)
