"""Which overlaps an answer may have. A model scores every span by itself, so found entities may overlap in any way."""

from collections.abc import Callable, Sequence
from typing import Literal, get_args

from globalpointer.errors import ConfigError
from globalpointer.text.spans import Entity, Span, clusters, reading_order

OverlapPolicy = Literal["nested", "flat", "longest", "allow"]
OVERLAP_POLICIES: tuple[str, ...] = get_args(OverlapPolicy)


def resolve(entities: Sequence[Entity], policy: str = "nested") -> tuple[Entity, ...]:
    """The entities that a policy keeps, in reading order.

    "nested": of two that cross, the lower-scored goes; nesting and several labels on one span stay. "flat": no two
    overlap, the best score first. "longest": no two overlap, the longest first. "allow": all. An entity without a score
    counts as certain. Ties are decided by score, length, start and label, so the order given never matters.
    """
    if policy not in OVERLAP_POLICIES:
        raise ConfigError(f"overlap_policy must be one of {', '.join(OVERLAP_POLICIES)}, not {policy!r}")
    if policy == "allow":
        return tuple(sorted(entities, key=reading_order))
    rank = _longest_first if policy == "longest" else _best_first
    collide = Span.crosses if policy == "nested" else Span.overlaps
    kept = [entity for group in clusters(entities) for entity in _greedy(group, rank, collide)]
    return tuple(sorted(kept, key=reading_order))


def _greedy(
    group: list[Entity], rank: Callable[[Entity], tuple[object, ...]], collide: Callable[[Span, Span], bool]
) -> list[Entity]:
    if len(group) == 1:
        return group
    kept: list[Entity] = []
    for entity in sorted(group, key=rank):
        if not any(collide(entity.span, other.span) for other in kept):
            kept.append(entity)
    return kept


def _score(entity: Entity) -> float:
    return 1.0 if entity.score is None else entity.score


def _best_first(entity: Entity) -> tuple[float, int, int, str]:
    return -_score(entity), -len(entity.span), entity.start, entity.label


def _longest_first(entity: Entity) -> tuple[int, float, int, str]:
    return -len(entity.span), -_score(entity), entity.start, entity.label
