"""Records with a text and a list of events: the road that the formats of event data share."""

from collections.abc import Callable, Iterator
from typing import Any

from globalpointer.data.readers.annotate import checked_text
from globalpointer.data.readers.links import once
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record, records
from globalpointer.text.spans import Document, Event

Parse = Callable[[str, Any, Record, Reporter], Iterator[tuple[Event, int | None]]]
"""A text and what stands under the key of its events, as events with their lines; what is none is told."""


def eventful(
    path: str, text_key: str, events_key: str, parse: Parse, report: Reporter, options: Options
) -> Iterator[Document]:
    """The documents of a file; a record without `events_key` is not annotated, other keys go to `meta`."""
    for record in records(path):
        fields = record.fields
        text = checked_text(fields.pop(text_key, None), text_key, record.path, record.line)
        identity, given = fields.pop("id", None), fields.pop(events_key, None)
        events = None
        if given is not None and options.labelled is not False:
            events = once(parse(text, given, record, report), report, path=record.path)
        yield Document(text, None, record.id if identity is None else str(identity), fields, events=events)
