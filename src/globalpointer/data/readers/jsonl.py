"""Our own form: one JSON object a line, offsets in code points, ends exclusive.

`{"text": "Ann sings.", "entities": [{"start": 0, "end": 3, "label": "PER", "text": "Ann"}], "id": "7", "meta": {}}`.
"text" of an entity, "id" and "meta" may be absent, and so may every kind of annotation: it was not annotated then.

- `"relations": [{"label": "likes", "subject": 0, "object": 1}]`: the ends are indices into "entities";
- `"triples": [{"subject": "Ann", "label": "likes", "object": "tea"}]`: relations of data without offsets, which are
  looked for in the text where there are neither "entities" nor "relations"; beside "entities" alone they are refused;
- `"events": [{"label": "sing", "arguments": [{"role": "trigger", "start": 4, "end": 9, "text": "sings"}]}]`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from globalpointer.data.readers.annotate import checked_text, cut, label_fault, parse_object, span_fault, unique
from globalpointer.data.readers.forms import FORMS, check_form
from globalpointer.data.readers.links import argument, argument_fault, end_fault, event, name_fault, once
from globalpointer.data.readers.locate import TypedTriple, locate
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Mentions, Options
from globalpointer.data.readers.source import file_name, lines
from globalpointer.errors import DataError
from globalpointer.text.spans import Argument, Document, Entity, Event, Relation, Triple

_SINGULAR = {"entity": "entities", "relation": "relations", "triple": "triples", "event": "events"}
"""Keys that are nearly ours: their annotation would be lost in `meta`."""

_LOOSE = (
    'expected "relations" beside "entities" and "triples": strings do not say which entities are meant; give '
    '"relations" as indices into "entities", or leave "entities" out, and the triples are looked for in the text'
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is being read: its text, and where its problems go."""

    text: str
    number: int
    report: Reporter

    def drop(self, what: str, fault: str) -> None:
        """An annotation that cannot be kept: a DataError, unless the caller wants to go on without it."""
        self.report.dropped(f"{what}: {fault}", self.number, default="raise")


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a file in our own form. It is exact: by itself, a wrong annotation is a DataError."""
    name = file_name(path)
    for number, line in lines(path):
        if line.strip():
            yield parse(line, report, options, number, name)


def parse(line: str, report: Reporter, options: Options, number: int, name: str) -> Document:
    """One line as a document; keys we do not know are kept in `meta`."""
    record = parse_object(line, report.path, number)
    check_form("jsonl", record, options.labelled, report.path, number)
    text = checked_text(record.pop("text"), "text", report.path, number)
    identity, meta = record.pop("id", None), record.pop("meta", None)
    if not isinstance(meta, Mapping | None):
        raise DataError(f'expected an object under "meta", found {meta!r}', path=report.path, line=number)
    kinds = {kind: record.pop(kind, None) for kind in FORMS["jsonl"].annotation}
    for kind, value in kinds.items():
        if not isinstance(value, list | None):
            raise DataError(f'expected a list under "{kind}", found {value!r:.60}', path=report.path, line=number)
    if meant := [key for key in record if key in _SINGULAR]:
        said = (
            f"unknown key {meant[0]!r} (nearest: {_SINGULAR[meant[0]]!r}); other data of yours may stand under 'meta'"
        )
        raise DataError(said, path=report.path, line=number)
    identity = f"{name}:{number}" if identity is None else str(identity)
    annotation = {} if options.labelled is False else _annotation(Line(text, number, report), kinds, options.mentions)
    return Document(text, id=identity, meta={**record, **(meta or {})}, **annotation)


def _annotation(line: Line, given: Mapping[str, list[Any] | None], mentions: Mentions) -> dict[str, Any]:
    """The kinds of annotation that are given, as a document holds them: checked, each once.

    Triples without entities and relations are looked for in the text.
    """
    if given["triples"] and given["entities"] is not None and given["relations"] is None:
        raise DataError(_LOOSE, path=line.report.path, line=line.number)
    entities = [_entity(line, index, each) for index, each in enumerate(given["entities"] or ())]
    made: dict[str, tuple[Any, ...]] = {}
    if given["entities"] is not None:
        made["entities"] = unique(filter(None, entities), line.report, line.number)
    if given["relations"] is not None:
        made["relations"] = _once(line, _relations(line, given["relations"], entities))
    if given["triples"] is not None:
        made["triples"] = _once(line, _triples(line, given["triples"]))
        if not made.keys() & {"entities", "relations"}:
            typed = map(TypedTriple, made["triples"])
            made |= locate(line.text, typed, mentions, line.report, line.number)._asdict()
    if given["events"] is not None:
        made["events"] = _once(line, _events(line, given["events"]))
    return made


def _once(line: Line, links: Iterator[Any]) -> tuple[Any, ...]:
    return once(((link, line.number) for link in links), line.report)


def _entity(line: Line, index: int, given: Any) -> Entity | None:
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


def _relations(line: Line, relations: list[Any], entities: Sequence[Entity | None]) -> Iterator[Relation]:
    for index, given in enumerate(relations):
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


def _triples(line: Line, triples: list[Any]) -> Iterator[Triple]:
    for index, given in enumerate(triples):
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


def _events(line: Line, events: list[Any]) -> Iterator[Event]:
    for index, given in enumerate(events):
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
