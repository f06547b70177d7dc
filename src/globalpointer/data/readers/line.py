"""One line of our own form, piece by piece: each kind of annotation checked, what is wrong with it told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from globalpointer.data.readers.annotate import cut, label_fault, span_fault
from globalpointer.data.readers.links import argument, argument_fault, end_fault, event, name_fault
from globalpointer.data.readers.notes import Reporter
from globalpointer.text.spans import Answer, Argument, Entity, Event, Relation, Span, Triple


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is being read: its text, and where its problems go."""

    text: str
    number: int
    report: Reporter

    def drop(self, what: str, fault: str) -> None:
        """An annotation that cannot be kept: a DataError, unless the caller wants to go on without it."""
        self.report.dropped(f"{what}: {fault}", self.number, default="raise")


def entity(line: Line, index: int, given: Any) -> Entity | None:
    """An entity, or None where it was told to be wrong."""
    fault = (
        _keys_fault(given, ("start", "end", "label"), "start, end (exclusive) and label")
        or _score_fault(given)
        or label_fault(given["label"])
        or span_fault(line.text, given["start"], given["end"], given.get("text"))
    )
    if fault:
        line.drop(f"entity {index}", fault)
        return None
    return cut(line.text, given["label"], given["start"], given["end"], given.get("score"))


def relations(line: Line, listed: list[Any], entities: Sequence[Entity | None]) -> Iterator[Relation]:
    """The relations that are right. `entities`: as the line lists them, None for one that was left out."""
    for index, given in enumerate(listed):
        fault = (
            _keys_fault(given, ("label", "subject", "object"), "label, and subject and object as indices of entities")
            or _score_fault(given)
            or label_fault(given["label"])
            or end_fault("subject", given["subject"], entities)
            or end_fault("object", given["object"], entities)
        )
        if fault:
            line.drop(f"relation {index}", fault)
            continue
        subject, object_ = entities[given["subject"]], entities[given["object"]]
        assert subject is not None  # see end_fault
        assert object_ is not None
        yield Relation(given["label"], subject, object_, given.get("score"))


def triples(line: Line, listed: list[Any]) -> Iterator[Triple]:
    """The triples that are right."""
    for index, given in enumerate(listed):
        fault = (
            _keys_fault(given, ("subject", "label", "object"), "subject, label and object")
            or label_fault(given["label"])
            or _mention_fault("subject", given["subject"])
            or _mention_fault("object", given["object"])
        )
        if fault:
            line.drop(f"triple {index}", fault)
        else:
            yield Triple(given["subject"], given["label"], given["object"])


def events(line: Line, listed: list[Any]) -> Iterator[Event]:
    """The events that are right, without the arguments that are not."""
    for index, given in enumerate(listed):
        fault = (
            _keys_fault(given, ("label", "arguments"), "label and arguments")
            or _score_fault(given)
            or label_fault(given["label"])
            or _arguments_fault(given["arguments"])
        )
        if fault:
            line.drop(f"event {index}", fault)
            continue
        arguments = _arguments(line, index, given["arguments"])
        whole = event(given["label"], arguments, line.report, line.number, score=given.get("score"))
        if whole is not None:
            yield whole


def _arguments(line: Line, event: int, arguments: list[Any]) -> Iterator[Argument]:
    for index, given in enumerate(arguments):
        fault = (
            _keys_fault(given, ("role", "start", "end"), "role, start and end (exclusive)")
            or _score_fault(given)
            or argument_fault(line.text, given["role"], given["start"], given["end"], given.get("text"))
        )
        if fault:
            line.drop(f"event {event}, argument {index}", fault)
        else:
            yield argument(line.text, given["role"], given["start"], given["end"], given.get("score"))


def answers(line: Line, listed: list[Any]) -> Iterator[Answer]:
    """The answers that stand where they should."""
    for index, given in enumerate(listed):
        fault = (
            _keys_fault(given, ("start", "end"), "start and end (exclusive)")
            or _score_fault(given)
            or span_fault(line.text, given["start"], given["end"], given.get("text"))
        )
        if fault:
            line.drop(f"answer {index}", fault)
        else:
            span = Span(given["start"], given["end"])
            yield Answer(span, line.text[span.start : span.end], given.get("score"))


def accepted(line: Line, listed: list[Any]) -> Iterator[str]:
    """The answers as people wrote them."""
    for index, given in enumerate(listed):
        fault = name_fault(given, "an accepted answer")
        if fault:
            line.drop(f"accepted answer {index}", fault)
        else:
            yield given


def _keys_fault(given: Any, keys: Sequence[str], expected: str) -> str | None:
    if not isinstance(given, dict):
        named = ", ".join(f'"{key}"' for key in keys)
        return f"expected {{{named}}}, found {given!r:.60}"
    missing = [key for key in keys if key not in given]
    return f"{', '.join(map(repr, missing))} missing; expected {expected}" if missing else None


def _arguments_fault(given: Any) -> str | None:
    if not isinstance(given, list):
        return f'expected a list under "arguments", found {given!r:.60}'
    return None if given else "it has no arguments; an event needs at least a trigger or one role"


def _score_fault(given: Mapping[str, Any]) -> str | None:
    score = given.get("score")
    if score is None or (isinstance(score, int | float) and not isinstance(score, bool) and 0 <= score <= 1):
        return None
    return f"a score must be a number between 0 and 1, found {score!r}"


def _mention_fault(end: str, mention: Any) -> str | None:
    """What is wrong with the end of a triple, or None: it may be blank, as an entity may."""
    blank = isinstance(mention, str) and mention.isspace()
    return None if blank else name_fault(mention, f"the {end}")
