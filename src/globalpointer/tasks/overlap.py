"""Which overlaps an answer may have. A model scores every span by itself, so found entities may overlap in any way."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Literal, get_args

import numpy as np

from globalpointer.errors import ConfigError
from globalpointer.tasks.thresholds import UNDECIDED
from globalpointer.text.spans import Document, Entity, clusters, reading_order

OverlapPolicy = Literal["nested", "flat", "longest", "allow"]
OVERLAP_POLICIES: tuple[str, ...] = get_args(OverlapPolicy)

FEW = 1e-3
"""The share of entities that overlap another, up to which labels are taken for flat and the rest for slips."""


def overlapping(documents: Iterable[Document]) -> tuple[int, int]:
    """How many entities overlap another one, and how many there are."""
    groups = [group for document in documents for group in clusters(document.entities or ())]
    return sum(len(group) for group in groups if len(group) > 1), sum(map(len, groups))


def fitting(documents: Iterable[Document]) -> OverlapPolicy:
    """The policy for what is annotated like these: "flat" where next to nothing overlaps, else "nested"."""
    some, all_ = overlapping(documents)
    return "flat" if some <= FEW * all_ else "nested"


def unfindable(documents: Iterable[Document], where: str) -> str | None:
    """Told where entities overlap that a policy without overlaps never finds; None where none do."""
    some, all_ = overlapping(documents)
    if not some:
        return None
    return f"{some} of {all_} entities of {where} overlap another, and of found entities none do"


def resolve(entities: Sequence[Entity], policy: str = "nested") -> tuple[Entity, ...]:
    """The entities that a policy keeps, in reading order.

    "nested": of two that cross, the lower-scored goes; nesting and several labels on one span stay, but what is less
    probable than not (below 0.5) gives way to any better one of its label that it overlaps: of a mention whose borders
    are in doubt one reading is given, whatever the threshold. "flat": no two overlap, the best score first. "longest":
    no two overlap, the longest first. "allow": all. An entity without a score counts as certain. Ties are decided by
    score, length, start and label, so the order given never matters.
    """
    if policy not in OVERLAP_POLICIES:
        raise ConfigError(f"overlap_policy must be one of {', '.join(OVERLAP_POLICIES)}, not {policy!r}")
    if policy == "allow":
        return tuple(sorted(entities, key=reading_order))
    rank = _longest_first if policy == "longest" else _best_first
    collision = _Nesting if policy == "nested" else _Overlapping
    kept = [entity for group in clusters(entities) for entity in _greedy(group, rank, collision)]
    return tuple(sorted(kept, key=reading_order))


class _Crossing:
    """Whether a span crosses one of those kept, in time of its length: by the extremes of all that begin or end inside.

    Two spans cross where one begins before and ends within the other.
    """

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.earliest_start = np.full(end - start + 1, end)
        self.latest_end = np.full(end - start + 1, start)

    def collides(self, entity: Entity) -> bool:
        span = entity.span
        inside = slice(span.start + 1 - self.start, span.end - self.start)
        return bool((self.earliest_start[inside] < span.start).any() or (self.latest_end[inside] > span.end).any())

    def keep(self, entity: Entity) -> None:
        span = entity.span
        first, last = span.start - self.start, span.end - self.start
        self.earliest_start[last] = min(self.earliest_start[last], span.start)
        self.latest_end[first] = max(self.latest_end[first], span.end)


class _Overlapping:
    """Whether a span shares a character with one of those kept."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.taken = np.zeros(end - start, dtype=bool)

    def collides(self, entity: Entity) -> bool:
        return bool(self.taken[entity.start - self.start : entity.end - self.start].any())

    def keep(self, entity: Entity) -> None:
        self.taken[entity.start - self.start : entity.end - self.start] = True


class _Nesting:
    """Whether a span crosses one of those kept, or is a doubtful other reading of one of its label."""

    def __init__(self, start: int, end: int) -> None:
        self.crossing = _Crossing(start, end)
        self.of_label: dict[str, _Overlapping] = defaultdict(partial(_Overlapping, start, end))

    def collides(self, entity: Entity) -> bool:
        doubtful = _score(entity) < UNDECIDED
        return self.crossing.collides(entity) or (doubtful and self.of_label[entity.label].collides(entity))

    def keep(self, entity: Entity) -> None:
        self.crossing.keep(entity)
        self.of_label[entity.label].keep(entity)


def _greedy(
    group: list[Entity], rank: Callable[[Entity], tuple[object, ...]], collision: type[_Nesting] | type[_Overlapping]
) -> list[Entity]:
    if len(group) == 1:
        return group
    taken = collision(min(entity.start for entity in group), max(entity.end for entity in group))
    kept: list[Entity] = []
    for entity in sorted(group, key=rank):
        if not taken.collides(entity):
            taken.keep(entity)
            kept.append(entity)
    return kept


def _score(entity: Entity) -> float:
    return 1.0 if entity.score is None else entity.score


def _best_first(entity: Entity) -> tuple[float, int, int, str]:
    return -_score(entity), -len(entity.span), entity.start, entity.label


def _longest_first(entity: Entity) -> tuple[int, float, int, str]:
    return -len(entity.span), -_score(entity), entity.start, entity.label
