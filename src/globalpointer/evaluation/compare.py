"""Two sets side by side, whatever is in them: what is in both, and what is wrong with the rest."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

from globalpointer.evaluation.counts import Counts
from globalpointer.text.spans import Span

T = TypeVar("T", bound=Hashable)
K = TypeVar("K", bound=Hashable)
E = TypeVar("E", covariant=True)


@dataclass(frozen=True, slots=True)
class Error(Generic[E]):
    """One wrong thing: gold was missed (found is None), found is spurious (gold is None), or they differ."""

    kind: str
    gold: E | None
    found: E | None


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """When a missed gold thing and a spurious one are one mistake, of this kind.

    Their keys must be equal; of several gold things the nearest is taken. `distance` is None where they do not fit.
    """

    kind: str
    gold: Callable[[T], Hashable]
    found: Callable[[T], Hashable]
    distance: Callable[[T, T], int | None] = lambda _gold, _found: 0


def exact(gold: AbstractSet[T], found: AbstractSet[T]) -> Counts:
    """Right is what is in both."""
    return Counts(len(gold), len(found), len(gold & found))


def split(gold: AbstractSet[T], found: AbstractSet[T], part: Callable[[T], K]) -> dict[K, Counts]:
    """The counts of `exact`, apart for each value of `part`."""
    golds, founds, rights = (Counter(map(part, each)) for each in (gold, found, gold & found))
    return {key: Counts(golds[key], founds[key], rights[key]) for key in golds | founds}


def differences(golds: Collection[T], founds: Collection[T], rules: Sequence[Rule[T]]) -> Iterator[Error[T]]:
    """The errors where all of `golds` was missed and all of `founds` is spurious: each thing is in one of them.

    Earlier rules pair first. Where several gold things are equally near, the order of `golds` decides, so callers sort.
    """
    for rule in rules:
        free: dict[Hashable, list[T]] = {}
        for other in golds:
            free.setdefault(rule.gold(other), []).append(other)
        paired: set[T] = set()
        for one in founds:
            candidates = free.get(rule.found(one), [])
            near = [(away, other) for other in candidates if (away := rule.distance(other, one)) is not None]
            if near:
                _, other = min(near, key=lambda each: each[0])
                candidates.remove(other)
                paired |= {one, other}
                yield Error(rule.kind, other, one)
        golds = [other for other in golds if other not in paired]
        founds = [one for one in founds if one not in paired]
    yield from (Error("missed", other, None) for other in golds)
    yield from (Error("spurious", None, one) for one in founds)


def apart(one: Span, other: Span) -> int | None:
    """How many characters the borders of two overlapping spans differ by; None where they do not overlap."""
    return abs(one.start - other.start) + abs(one.end - other.end) if one.overlaps(other) else None
