"""CASIE: a folder or an archive of JSON files, one a document, ends exclusive; events stand in groups that corefer.

`{"content": "...", "sourcefile": "1.txt", "cyberevent": {"hopper": [{"events": [{"type": "Attack", "subtype": "Ransom",
"nugget": {"startOffset": 3, "endOffset": 9, "text": "..."}, "argument": [{"startOffset": 0, "endOffset": 2,
"text": "...", "role": {"type": "Attacker"}}]}]}]}, "info": {...}}`.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from globalpointer.data.readers.annotate import checked_text, parse_object, shorten
from globalpointer.data.readers.forms import check_form
from globalpointer.data.readers.links import Mention, argument_fault, event_of, objects, once
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import check_exists, decode, read_members, split_place
from globalpointer.errors import DataError
from globalpointer.text.spans import TRIGGER, Document, Event


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of CASIE, sorted by the names of their files.

    The label of an event is its subtype: its type only says whether it is an attack. A mention that stands one
    character before its offsets is repaired and noted, any other that does not fit is left out; an event goes with its
    trigger. Types of arguments, realis, links to knowledge bases and which events are the same one are not read.

    Source: Satyapanich et al., 2020, CASIE.
    """
    for place, raw in _files(path):
        fields = parse_object(decode(raw, place, 1), place, 1)
        check_form("casie", fields, options.labelled, place, 1)
        text = checked_text(fields.pop("content"), "content", place, 1)
        given = fields.pop("cyberevent", None)
        events = None
        if given is not None and options.labelled is not False:
            events = once(_events(text, given, place, report), report, path=place)
        yield Document(text, None, PurePosixPath(place).stem, fields, events=events)


def _files(path: str) -> Iterator[tuple[str, bytes]]:
    """Where each JSON file of a folder or an archive is, and what is in it."""
    outer, inside = split_place(path)
    check_exists(outer)
    if outer.is_dir():
        where = outer / inside if inside else outer
        check_exists(where)
        try:
            yield from ((str(each), each.read_bytes()) for each in sorted(where.glob("*.json")))
        except OSError as error:
            raise DataError(f"cannot be read: {error.strerror}", path=error.filename or path) from None
        return
    for name, raw in sorted(read_members(outer).items()):
        folder = str(PurePosixPath(name).parent)
        if name.endswith(".json") and (not inside or folder == inside or folder.endswith("/" + inside)):
            yield f"{outer}::{name}", raw


def _events(text: str, given: Any, place: str, report: Reporter) -> Iterator[tuple[Event, int | None]]:
    (whole,) = objects([given], "cyberevent", place, 1)
    for group in objects(whole.get("hopper", []), "hopper", place, 1):
        for each in objects(group.get("events", []), "events", place, 1):
            mentions = [_mention(TRIGGER, *objects([each.get("nugget")], "nugget", place, 1))]
            for argument in objects(each.get("argument", []), "argument", place, 1):
                (role,) = objects([argument.get("role")], "role", place, 1)
                mentions.append(_mention(role.get("type"), argument))
            fitting = (_moved(text, mention, place, report) for mention in mentions)
            event = event_of(text, each.get("subtype"), fitting, report, 1, path=place)
            if event is not None:
                yield event, 1


def _mention(role: Any, given: dict[str, Any]) -> Mention:
    return Mention(role, given.get("startOffset"), given.get("endOffset"), given.get("text"))


def _moved(text: str, mention: Mention, place: str, report: Reporter) -> Mention:
    """The mention one character further left, where it does not fit but would do so there."""
    role, start, end, surface = mention
    left = (
        mention._replace(start=start - 1, end=end - 1) if isinstance(start, int) and isinstance(end, int) else mention
    )
    if not argument_fault(text, *mention) or argument_fault(text, *left):
        return mention
    report.repaired(f"{role} {shorten(surface)} at {start}:{end} stands one character to the left", 1, path=place)
    return left
