"""FewFC (CCKS 2020): one JSON object a line, ends exclusive, the trigger a mention of the role "trigger".

`{"id": "...", "content": "...", "events": [{"type": "...", "mentions": [{"word": "...", "span": [46, 48],
"role": "trigger"}]}]}`.
"""

from collections.abc import Iterator
from typing import Any

from globalpointer.data.readers.eventful import eventful
from globalpointer.data.readers.links import Mention, event_of, objects
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record
from globalpointer.text.spans import TRIGGER, Document, Event


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a FewFC file. A mention that does not stand where it should is left out and noted.

    Source: Zhou et al., 2021, What the Role is vs. What Plays the Role: Semi-supervised Event Argument Extraction via
    Dual Question Answering.
    """
    return eventful(path, "fewfc", _events, report, options)


def _events(text: str, given: Any, record: Record, report: Reporter) -> Iterator[tuple[Event, int | None]]:
    for each in objects(given, "events", record.path, record.line):
        mentions = objects(each.get("mentions", []), "mentions", record.path, record.line)
        # the trigger first: without it, nothing is said about the others
        mentions = sorted(mentions, key=lambda mention: mention.get("role") != TRIGGER)
        event = event_of(text, each.get("type"), map(_mention, mentions), report, record.line, path=record.path)
        if event is not None:
            yield event, record.line


def _mention(given: dict[str, Any]) -> Mention:
    span = given.get("span")
    start, end = span if isinstance(span, list) and len(span) == 2 else (None, None)
    return Mention(given.get("role"), start, end, given.get("word"))
