"""Records with a text and a list of events: the road that the formats of event data share."""

from collections.abc import Callable, Iterator
from typing import Any

from globalpointer.data.readers.links import once
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record, annotated, records
from globalpointer.text.spans import Document, Event

Parse = Callable[[str, Any, Record, Reporter], Iterator[tuple[Event, int | None]]]
"""A text and what stands under the key of its events, as events with their lines; what is none is told."""


def eventful(path: str, name: str, parse: Parse, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a file in a format of `FORMS`.

    A record without events is not annotated; other keys go to `meta`.
    """
    for record, text, given, named in annotated(records(path), name, options):
        events = None if given is None else once(parse(text, given, record, report), report, path=record.path)
        yield Document(text, None, named, record.fields, events=events)
