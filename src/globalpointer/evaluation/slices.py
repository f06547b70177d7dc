"""The same counts for parts of the entities: by length, density, nesting, and whether training had the mention."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import get_args

from globalpointer.errors import ConfigError
from globalpointer.evaluation.counts import Counts
from globalpointer.text.spans import Entity, Span, clusters
from globalpointer.text.units import Unit

UNITS: tuple[str, ...] = get_args(Unit)

SLICES: Mapping[str, tuple[str, ...]] = {
    "length": ("L1", "L2", "L3"),
    "single": ("single", "longer"),
    "density": ("D1", "D2", "D3"),
    "nesting": ("flat", "nested"),
    "mention": ("seen", "unseen"),
}
"""Every group of slices. Within a group each gold and each found entity falls into exactly one slice.

length: L1 < 3 units, L2 3 to 5, L3 6 and more; found entities by their own length. single: exactly one unit, or not.
density: units covered by gold / units of the text; D1 up to 0.1, D2 up to 0.3, D3 above; found entities by the gold
density of their document. nesting: "nested" overlaps another entity (inside it, around it, crossing it or on the same
span); a right answer goes with its gold entity, a wrong one is nested if it overlaps another found or a nested gold
one. mention: whether the surface string is among those seen in training.

Source: the length and density bins of the GlobalPointer experiments; density there is undefined, so it is defined here.
"""


class Ruler:
    """Measures one text in code points, or in words between white space. A word counts as soon as a span touches it."""

    def __init__(self, text: str, unit: str) -> None:
        if unit not in UNITS:
            raise ConfigError(f"unit must be one of {', '.join(UNITS)}, not {unit!r}")
        words = [match.span() for match in re.finditer(r"\S+", text)] if unit == "word" else None
        self.units = len(text) if words is None else len(words)
        self._starts = None if words is None else [start for start, _ in words]
        self._ends = None if words is None else [end for _, end in words]

    def length(self, span: Span) -> int:
        """How many units a span touches."""
        first, after = self._range(span)
        return after - first

    def density(self, entities: Iterable[Entity]) -> float:
        """The share of the text's units that the entities cover, each unit once; 0 for a text without units."""
        covered, reached = 0, 0
        for group in clusters(entities):
            first, after = self._range(Span(group[0].start, max(entity.end for entity in group)))
            covered += max(0, after - max(first, reached))  # two groups may touch the same word
            reached = max(reached, after)
        return covered / self.units if self.units else 0.0

    def _range(self, span: Span) -> tuple[int, int]:
        if self._starts is None or self._ends is None:
            return span.start, span.end
        return bisect_right(self._ends, span.start), bisect_left(self._starts, span.end)


@dataclass
class Tally:
    """Counts by (group, slice), grown document by document."""

    unit: str
    seen: Collection[str] | None = None
    _counts: Counter[tuple[str, str, str]] = field(default_factory=Counter, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ConfigError(f"unit must be one of {', '.join(UNITS)}, not {self.unit!r}")
        if self.seen is not None:
            self.seen = frozenset(self.seen)

    def add(self, text: str, gold: frozenset[Entity], found: frozenset[Entity]) -> None:
        """Count one document."""
        if not gold and not found:
            return
        ruler = Ruler(text, self.unit)
        density = _bin(ruler.density(gold), (0.1, 0.3), SLICES["density"])
        nested_gold = _nested(gold)
        nested_found = _nested(found) | _touching(found, nested_gold, len(text))
        for entity in gold | found:
            sides = (
                ("gold", "found", "right")
                if entity in gold and entity in found
                else ("gold",)
                if entity in gold
                else ("found",)
            )
            nested = entity in (nested_gold if entity in gold else nested_found)
            for group, part in self._parts(text, entity, ruler):
                self._grow(group, part, sides)
            self._grow("density", density, sides)
            self._grow("nesting", "nested" if nested else "flat", sides)

    def counts(self) -> dict[str, dict[str, Counts]]:
        """The counts of every slice, also of the empty ones; "mention" only where the seen mentions are known."""
        groups = [group for group in SLICES if group != "mention" or self.seen is not None]
        return {
            group: {
                part: Counts(*(self._counts[group, part, side] for side in ("gold", "found", "right")))
                for part in SLICES[group]
            }
            for group in groups
        }

    def _parts(self, text: str, entity: Entity, ruler: Ruler) -> Iterator[tuple[str, str]]:
        length = ruler.length(entity.span)
        yield "length", _bin(length, (2, 5), SLICES["length"])
        yield "single", "single" if length == 1 else "longer"
        if self.seen is not None:
            yield "mention", "seen" if text[entity.start : entity.end] in self.seen else "unseen"

    def _grow(self, group: str, part: str, sides: tuple[str, ...]) -> None:
        for side in sides:
            self._counts[group, part, side] += 1


def _bin(value: float, borders: tuple[float, ...], names: tuple[str, ...]) -> str:
    """The name of the bin; a value on a border belongs to the lower one."""
    return names[bisect_left(borders, value)]


def _nested(entities: frozenset[Entity]) -> frozenset[Entity]:
    return frozenset(entity for group in clusters(entities) if len(group) > 1 for entity in group)


def _touching(found: frozenset[Entity], gold: frozenset[Entity], size: int) -> frozenset[Entity]:
    """Those found that share a character of the text with one of gold."""
    covered = bytearray(size)
    for entity in gold:
        covered[entity.start : entity.end] = b"\1" * len(entity.span)
    return frozenset(entity for entity in found if any(covered[entity.start : entity.end]))
