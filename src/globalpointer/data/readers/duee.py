"""DuEE 1.0: one JSON object a line, where a mention is a string and its first character.

`{"text": "...", "id": "...", "event_list": [{"event_type": "...", "trigger": "...", "trigger_start_index": 15,
"arguments": [{"role": "...", "argument": "...", "argument_start_index": 17, "alias": []}]}]}`; a test file has no
"event_list".
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
    """The documents of a DuEE file. What does not stand where it should is left out and noted.

    So is an argument without a place, as those of DuEE-fin that are chosen from a list: no span can say it. The class
    of an event is the first half of its type, and its aliases are empty: they are not read.

    Source: Li et al., 2020, DuEE.
    """
    return eventful(path, "duee", _events, report, options)


def _events(text: str, given: Any, record: Record, report: Reporter) -> Iterator[tuple[Event, int | None]]:
    for each in objects(given, "event_list", record.path, record.line):
        arguments = objects(each.get("arguments", []), "arguments", record.path, record.line)
        event = event_of(
            text, each.get("event_type"), _mentions(each, arguments), report, record.line, path=record.path
        )
        if event is not None:
            yield event, record.line


def _mentions(event: dict[str, Any], arguments: list[dict[str, Any]]) -> Iterator[Mention]:
    if "trigger" in event:
        yield _mention(TRIGGER, event["trigger"], event.get("trigger_start_index"))
    for each in arguments:
        yield _mention(each.get("role"), each.get("argument"), each.get("argument_start_index"))


def _mention(role: Any, surface: Any, start: Any) -> Mention:
    """A mention ends where its text does; without a start it has no end, and will be told as a fault."""
    end = start + len(surface) if isinstance(start, int) and isinstance(surface, str) else None
    return Mention(role, start, end, surface)
