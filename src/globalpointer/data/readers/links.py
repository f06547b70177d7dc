"""Relations, events and answers from a file to those of a document: checked, each once."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from globalpointer.data.readers.annotate import label_fault, shorten, span_fault
from globalpointer.data.readers.notes import Reporter
from globalpointer.errors import DataError
from globalpointer.text.spans import TRIGGER, Answer, Argument, Entity, Event, Relation, Span, Triple

Link = TypeVar("Link", Relation, Event, Triple, Answer)


def once(links: Iterable[tuple[Link, int | None]], report: Reporter, *, path: str | None = None) -> tuple[Link, ...]:
    """The relations, events, triples or answers in their order, each once; a second one is reported at its line."""
    seen: dict[Link, None] = {}
    for link, line in links:
        if link in seen:
            report.duplicate(describe(link), line, path=path)
        seen[link] = None
    return tuple(seen)


def objects(given: Any, key: str, path: str, line: int | None) -> list[dict[str, Any]]:
    """What stands under `key` as a list of objects, which is a DataError where it is none."""
    if isinstance(given, list) and all(isinstance(each, dict) for each in given):
        return given
    found = "nothing" if given is None else f"{given!r:.60}"
    raise DataError(f"expected a list of objects under {key!r}, found {found}", path=path, line=line)


class Mention(NamedTuple):
    """What plays a role in an event, as a file gives it: nothing of it is checked. Offsets are half-open."""

    role: Any
    start: Any
    end: Any
    surface: Any


def event_of(
    text: str, label: Any, mentions: Iterable[Mention], report: Reporter, line: int | None, *, path: str | None = None
) -> Event | None:
    """An event from mentions. One that does not fit the text is dropped; where it is the trigger, so is the event."""
    fault = label_fault(label)
    if fault:
        report.dropped(f"an event: {fault}", line, path=path)
        return None
    kept: list[Argument] = []
    for mention in mentions:
        fault = argument_fault(text, *mention)
        if fault is None:
            kept.append(argument(text, mention.role, mention.start, mention.end))
            continue
        whole = mention.role == TRIGGER
        said = f"event {label}{', left out whole' * whole}: {mention.role} {shorten(str(mention.surface))}: {fault}"
        report.dropped(said, line, path=path)
        if whole:
            return None
    return event(label, kept, report, line, path=path)


def event(
    label: str,
    arguments: Iterable[Argument],
    report: Reporter,
    line: int | None,
    *,
    score: float | None = None,
    path: str | None = None,
) -> Event | None:
    """An event with each argument once. One without any is no event: it is dropped, and None."""
    seen: dict[Argument, None] = {}
    for argument in arguments:
        if argument in seen:
            said = f"event {label}: {argument.role} {shorten(argument.text)} at {argument.start}:{argument.end}"
            report.duplicate(said, line, path=path)
        seen[argument] = None
    if not seen:
        report.dropped(f"event {label} has no arguments, not even a trigger", line, path=path)
        return None
    return Event(label, frozenset(seen), score)


def argument(text: str, role: str, start: int, end: int, score: float | None = None) -> Argument:
    """An argument with its surface; role and span must have been checked."""
    return Argument(role, Span(start, end), text[start:end], score)


def argument_fault(text: str, role: object, start: object, end: object, surface: object = None) -> str | None:
    """What is wrong with an argument over the half-open span (start, end) of `text`, or None."""
    return name_fault(role, "a role") or span_fault(text, start, end, surface)


def name_fault(name: object, what: str) -> str | None:
    """What is wrong with a role or an end of a triple, or None: it has the form of a label."""
    fault = label_fault(name)
    return fault and fault.replace("a label", what, 1)


def end_fault(end: str, index: object, entities: Sequence[Entity | None]) -> str | None:
    """What is wrong with an end of a relation, or None: then it is the index of an entity that was kept."""
    if not isinstance(index, int) or isinstance(index, bool):
        return f"its {end} must be the index of an entity, found {index!r:.60}"
    if not 0 <= index < len(entities):
        return f"its {end} is entity {index} of {len(entities)}, counted from 0"
    return f"its {end}, entity {index}, was left out" if entities[index] is None else None


def describe(link: Relation | Event | Triple | Answer) -> str:
    """A link in a few words, for messages."""
    if isinstance(link, Answer):
        return f"answer {shorten(link.text)} at {link.start}:{link.end}"
    if isinstance(link, Triple):
        return f"{link.label} from {shorten(link.subject)} to {shorten(link.object)}"
    if isinstance(link, Relation):
        return f"{link.label} from {shorten(link.subject.text)} to {shorten(link.object.text)}"
    first = (link.triggers or link.ordered())[0]
    return f"event {link.label} with {first.role} {shorten(first.text)} at {first.start}:{first.end}"
