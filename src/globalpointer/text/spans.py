"""What people annotate: spans, entities, and the documents that hold them. Offsets are code points, half-open."""

from collections.abc import Iterable, Iterator, Mapping
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


@dataclass(frozen=True, slots=True)
class Entity:
    """A labelled span. `score` is a probability, or None for gold. Equality looks at label and span only."""

    label: str
    span: Span
    text: str = field(compare=False)
    score: float | None = field(default=None, compare=False)

    @property
    def start(self) -> int:
        """First character."""
        return self.span.start

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.span.end

    def to_dict(self) -> dict[str, Any]:
        """As JSON; the score is left out where there is none."""
        plain = {"start": self.start, "end": self.end, "label": self.label, "text": self.text}
        return plain if self.score is None else {**plain, "score": self.score}


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its annotation. `entities` is None where nobody annotated, () where there is nothing to find."""

    text: str
    entities: tuple[Entity, ...] | None = None
    id: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for entity in self.entities or ():
            if entity.end > len(self.text):
                raise AlignmentError(
                    f"entity {entity.label!r} ends at {entity.end}, but the text has {len(self.text)} characters"
                )

    def entity(self, label: str, start: int, end: int, *, score: float | None = None) -> Entity:
        """An entity of this text, its surface cut from the text."""
        if end > len(self.text):
            raise AlignmentError(
                f"entity {label!r} ends at {end}, but the text has {len(self.text)} characters; offsets are code points"
            )
        return Entity(label, Span(start, end), self.text[start:end], score)

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object: text, entities (where annotated), and id and meta where there are any."""
        plain: dict[str, Any] = {"text": self.text}
        if self.id is not None:
            plain["id"] = self.id
        if self.entities is not None:
            plain["entities"] = [entity.to_dict() for entity in self.entities]
        if self.meta:
            plain["meta"] = dict(self.meta)
        return plain


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
