"""Records with a text and a list of events: the road that the formats of event data share."""

from collections.abc import Callable, Iterator
from typing import Any

from globalpointer.data.readers.annotate import checked_text
from globalpointer.data.readers.forms import FORMS, check_form
from globalpointer.data.readers.links import once
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record, records
from globalpointer.text.spans import Document, Event

Parse = Callable[[str, Any, Record, Reporter], Iterator[tuple[Event, int | None]]]
"""A text and what stands under the key of its events, as events with their lines; what is none is told."""


def eventful(path: str, name: str, parse: Parse, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a file in a format of `FORMS`.

    A record without events is not annotated; other keys go to `meta`.
    """
    form = FORMS[name]
    (key,) = form.annotation
    for record in records(path):
        fields = record.fields
        check_form(name, fields, options.labelled, record.path, record.line)
        text = checked_text(fields.pop(form.text), form.text, record.path, record.line)
        identity, given = fields.pop(form.id, None), fields.pop(key, None)
        events = None
        if given is not None and options.labelled is not False:
            events = once(parse(text, given, record, report), report, path=record.path)
        yield Document(text, None, record.id if identity is None else str(identity), fields, events=events)
