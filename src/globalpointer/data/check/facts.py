"""The numbers of one file that was checked."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """The numbers of one file. Lengths are in characters; the deviation is that of a population."""

    path: str
    documents: int
    annotated: int
    """Documents of which somebody annotated something."""
    empty: int
    """Annotated documents without an entity, a relation, an event or an answer."""
    entities: int
    labels: dict[str, int]
    length_mean: float
    length_std: float
    length_max: int
    entity_length_mean: float
    entity_length_max: int
    nested: int
    """Entities that lie within another one of a different span."""
    crossing: int
    """Pairs of spans that overlap partly."""
    several_labels: int
    """Spans with more than one label."""
    depth: int
    """The most spans that hold one another, 1 where none is nested."""
    relations: "RelationFacts | None" = None
    """None where no relation is annotated; the same for events and answers."""
    events: "EventFacts | None" = None
    answers: "AnswerFacts | None" = None
    tokens: "TokenFacts | None" = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON; what there is nothing of is left out."""
        parts = ("relations", "events", "answers", "tokens")
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in parts}
        found = {name: getattr(self, name) for name in parts if getattr(self, name) is not None}
        return {**plain, **{name: each.to_dict() for name, each in found.items()}}


@dataclass(frozen=True, slots=True)
class RelationFacts:
    """The relations of one file. The distance is that of the ends, in characters between them, 0 where they touch."""

    documents: int
    """Documents whose relations were annotated."""
    relations: int
    triples: int
    """Relations as strings without offsets; those that were found in the text are among the relations."""
    labels: dict[str, int]
    ends: dict[str, dict[str, int]]
    """By label, how often which entity labels stood at the two ends, as "PER → ORG"."""
    distance_mean: float
    distance_max: int
    self_relations: int
    overlapping: int
    """Relations between two entities that share characters."""
    same_pair: int
    """Pairs of entities, one the subject, with several relations."""
    confused: int
    """Relations too many that appear where the gold cells are decoded: see `tasks.relation`."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class EventFacts:
    """The events of one file; the trigger counts as a role, but not among the arguments."""

    documents: int
    """Documents whose events were annotated."""
    events: int
    arguments: int
    labels: dict[str, int]
    roles: dict[str, dict[str, int]]
    """By event label, how often each of its roles is played."""
    without_trigger: int
    several_triggers: int
    shared_triggers: int
    """Spans that are the trigger of several events."""
    shared_arguments: int
    """Spans that play a role in several events, as arguments."""
    repeated_roles: int
    """Events with several arguments of one role."""
    confused: int
    """Events that do not come back where the gold cells are decoded: see `tasks.event`."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """The questions of one file and their answers. Lengths are in characters."""

    documents: int
    """Questions that were answered, or that somebody said to have no answer."""
    contexts: int
    """Different texts that are asked about."""
    answers: int
    """Answers as people wrote them, those of all annotators."""
    places: int
    """Different spans among them."""
    unanswerable: int
    unplaced: int
    """Questions with an answer, but with none that stands in the text."""
    answer_length_mean: float
    answer_length_max: int
    question_length_mean: float
    question_length_max: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a tokenizer and its windows make of one file."""

    mean: float
    max: int
    window: int | None
    windows: int
    """Windows needed in all."""
    cut: int
    """Documents that need more than one."""
    misaligned: int
    """Entities, arguments and answers with a border within a token."""
    unreachable: int
    """Entities, arguments and answers that no window holds."""
    longest_entity: int
    """In tokens."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}
