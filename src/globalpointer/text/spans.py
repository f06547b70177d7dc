"""What people annotate: entities, relations, events, answers, and the documents that hold them.

Offsets are code points, half-open. Every annotation is a frozen value; text and score never take part in equality.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from globalpointer.errors import AlignmentError


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters `start <= i < end` of a text, so that `text[span.start:span.end]` is what it covers."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise AlignmentError(
                f"a span needs 0 <= start < end, got start={self.start}, end={self.end}; ends are exclusive"
            )

    def __len__(self) -> int:
        return self.end - self.start

    def contains(self, other: "Span") -> bool:
        """Whether `other` lies inside this span, borders included."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def crosses(self, other: "Span") -> bool:
        """Whether the two overlap and neither contains the other."""
        return self.overlaps(other) and not self.contains(other) and not other.contains(self)


class Placed:
    """What covers a span of a text."""

    __slots__ = ()
    span: Span

    @property
    def start(self) -> int:
        """First character."""
        return self.span.start

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.span.end


@dataclass(frozen=True, slots=True)
class Entity(Placed):
    """A labelled span. `score` is a probability, or None for gold. Equality looks at label and span only."""

    label: str
    span: Span
    text: str = field(compare=False)
    score: float | None = field(default=None, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; the score is left out where there is none."""
        plain = {"start": self.start, "end": self.end, "label": self.label, "text": self.text}
        return _with_score(plain, self.score)


@dataclass(frozen=True, slots=True)
class Relation:
    """A labelled link from one entity to another. `score` is a probability, or None for gold."""

    label: str
    subject: Entity
    object: Entity
    score: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Triple:
    """A relation as data without offsets gives it: what it joins are strings, wherever they stand in the text."""

    subject: str
    label: str
    object: str


TRIGGER = "trigger"
"""The role of the word that names an event. Readers give it this name, whatever their format calls it."""


@dataclass(frozen=True, slots=True)
class Argument(Placed):
    """A span that plays a role in an event; the trigger is one too. `score` is a probability, or None for gold."""

    role: str
    span: Span
    text: str = field(compare=False)
    score: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens: a label, and the arguments that belong to it, of which a role may have several.

    `score` is a probability, or None for gold.
    """

    label: str
    arguments: frozenset[Argument]
    score: float | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.arguments:
            raise AlignmentError(f"event {self.label!r} has no arguments; it needs at least a trigger or one role")

    @property
    def triggers(self) -> tuple[Argument, ...]:
        """The arguments that name the event, in reading order; usually one, () where the data marks none."""
        return tuple(each for each in self.ordered() if each.role == TRIGGER)

    def ordered(self) -> list[Argument]:
        """The arguments in reading order."""
        return sorted(self.arguments, key=lambda each: (each.start, each.end, each.role))


@dataclass(frozen=True, slots=True)
class Answer(Placed):
    """A span that answers the question of a document. `score` is a probability, or None for gold."""

    span: Span
    text: str = field(compare=False)
    score: float | None = field(default=None, compare=False)


Labelled = Entity | Relation | Event
Annotation = Labelled | Answer


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its annotation. Of each kind, None: nobody annotated it; (): there is nothing of it to find.

    The ends of every relation are among the entities. `triples`: the relations as the data gives them, where it gives
    strings without offsets; `relations` are then where those were found, and evaluation goes by the strings.

    `question`: what is asked of the text. `answers`, of gold: every span that is accepted, (): the text does not say;
    of what a model found: the answer, and what comes next, best first. `accepted`: the answers as annotators wrote
    them, where the data gives strings; evaluation goes by them, and `answers` are those that stand in the text. So
    where `accepted` has some and `answers` none, there is an answer that no span can give: nothing to train on.
    `answerable`: how probable the best answer that a model found is, against none; the answers stand where it reaches
    the threshold. None for gold.
    """

    text: str
    entities: tuple[Entity, ...] | None = None
    id: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False)
    relations: tuple[Relation, ...] | None = None
    events: tuple[Event, ...] | None = None
    triples: tuple[Triple, ...] | None = None
    question: str | None = None
    answers: tuple[Answer, ...] | None = None
    accepted: tuple[str, ...] | None = None
    answerable: float | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for entity in self.entities or ():
            self._check_end(f"entity {entity.label!r}", entity.end)
        known = set(self.entities or ()) if self.relations else set()
        for relation in self.relations or ():
            for end, entity in (("subject", relation.subject), ("object", relation.object)):
                if entity not in known:
                    raise AlignmentError(
                        f"the {end} of relation {relation.label!r}, {entity.label!r} at {entity.start}:{entity.end}, "
                        "is not among the entities of the document; add it there"
                    )
        for event in self.events or ():
            for argument in event.arguments:
                self._check_end(f"argument {argument.role!r} of event {event.label!r}", argument.end)
        for answer in self.answers or ():
            self._check_end(f"answer {answer.text!r}", answer.end)

    def entity(self, label: str, start: int, end: int, *, score: float | None = None) -> Entity:
        """An entity of this text, its surface cut from the text."""
        self._check_end(f"entity {label!r}", end)
        return Entity(label, Span(start, end), self.text[start:end], score)

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object: text, what is annotated, and id and meta where there are any.

        The subject and object of a relation are indices into "entities".
        """
        place = {entity: index for index, entity in enumerate(self.entities or ())}
        given = {
            "id": self.id,
            "question": self.question,
            "entities": _each(self.entities, Entity.to_dict),
            "relations": _each(self.relations, lambda relation: _relation(relation, place)),
            "triples": _each(self.triples, lambda triple: {name: getattr(triple, name) for name in Triple.__slots__}),
            "events": _each(self.events, _event),
            "answers": _each(self.answers, _answer),
            "accepted": _each(self.accepted, str),
            "answerable": self.answerable,
            "meta": dict(self.meta) or None,
        }
        return {"text": self.text, **{key: value for key, value in given.items() if value is not None}}

    def _check_end(self, what: str, end: int) -> None:
        if end > len(self.text):
            raise AlignmentError(
                f"{what} ends at {end}, but the text has {len(self.text)} characters; offsets are code points"
            )


def _each(annotation: tuple[Any, ...] | None, as_json: Callable[[Any], Any]) -> list[Any] | None:
    return None if annotation is None else [as_json(each) for each in annotation]


def _relation(relation: Relation, place: Mapping[Entity, int]) -> dict[str, Any]:
    plain = {"label": relation.label, "subject": place[relation.subject], "object": place[relation.object]}
    return _with_score(plain, relation.score)


def _event(event: Event) -> dict[str, Any]:
    arguments = [
        _with_score({"role": each.role, "start": each.start, "end": each.end, "text": each.text}, each.score)
        for each in event.ordered()
    ]
    return _with_score({"label": event.label, "arguments": arguments}, event.score)


def _answer(answer: Answer) -> dict[str, Any]:
    return _with_score({"start": answer.start, "end": answer.end, "text": answer.text}, answer.score)


def _with_score(plain: dict[str, Any], score: float | None) -> dict[str, Any]:
    return plain if score is None else {**plain, "score": score}


def reading_order(entity: Entity) -> tuple[int, int, str]:
    """The order in which entities are listed everywhere: by start, then end, then label."""
    return entity.start, entity.end, entity.label


def clusters(entities: Iterable[Entity]) -> Iterator[list[Entity]]:
    """The entities in groups that no overlap connects; within a group of several, each overlaps at least one other.

    Whatever asks about overlaps asks within a group, so a long text costs what its groups cost.
    """
    group: list[Entity] = []
    border = 0
    for entity in sorted(entities, key=reading_order):
        if group and entity.start >= border:
            yield group
            group = []
        group.append(entity)
        border = max(border, entity.end)
    if group:
        yield group
