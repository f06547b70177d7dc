"""How marks lie on a text: the pieces between their borders, the lane of each underline, the colour of each label."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from globalpointer.text.spans import Entity, Span, clusters

PALETTE = (
    "#1f77b4", "#d9480f", "#2b8a3e", "#c2255c", "#6741d9", "#846358", "#0b7285", "#b8860b",
    "#e03131", "#3b5bdb", "#5c940d", "#ae3ec9", "#087f5b", "#a61e4d", "#495057", "#1098ad",
)  # fmt: skip
"""Dark enough for white letters on them, and for a line on white paper."""

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n\r"}
_PICTURES[0x7F] = "\u2421"
_PICTURES |= dict.fromkeys(range(0x80, 0xA0), "\ufffd")
_PICTURES |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@dataclass(frozen=True, slots=True)
class Piece:
    """The characters `start <= i < end`, over which the same entities run. `lanes`: (lane, entity), 0 next to it.

    `opening`: those of them that begin here, the outermost first.
    """

    start: int
    end: int
    lanes: tuple[tuple[int, Entity], ...]
    opening: tuple[Entity, ...]


def visible(text: str) -> str:
    """The same characters one by one, but what a page or a terminal must not receive (NUL, escape) as its picture."""
    return text.translate(_PICTURES)


def colours(labels: Iterable[str]) -> dict[str, str]:
    """A colour for each label: the same for the same set of labels, and all different while the palette lasts."""
    chosen: dict[str, str] = {}
    free = set(range(len(PALETTE)))
    for label in sorted(set(labels)):
        slot = zlib.crc32(label.encode("utf-8", "surrogatepass")) % len(PALETTE)
        while free and slot not in free:
            slot = (slot + 1) % len(PALETTE)
        free.discard(slot)
        chosen[label] = PALETTE[slot]
    return chosen


def lanes(entities: Iterable[Entity]) -> dict[Entity, int]:
    """The lane of each entity's underline, so that no two in one lane overlap. The shortest lie next to the text."""
    placed: dict[Entity, int] = {}
    for group in clusters(dict.fromkeys(entities)):
        taken: list[list[Span]] = []
        for entity in sorted(group, key=lambda each: (len(each.span), each.start, each.label)):
            free = (lane for lane, spans in enumerate(taken) if not any(entity.span.overlaps(span) for span in spans))
            lane = next(free, len(taken))
            if lane == len(taken):
                taken.append([])
            taken[lane].append(entity.span)
            placed[entity] = lane
    return placed


def pieces(text: str, placed: Mapping[Entity, int], within: Span | None = None) -> Iterator[Piece]:
    """The text, or a part of it, cut at every border of an entity. What began before the part opens with it."""
    first, last = (0, len(text)) if within is None else (within.start, min(within.end, len(text)))
    inside = [entity for entity in placed if entity.start < last and first < entity.end]
    borders = {first, last, *(entity.start for entity in inside), *(entity.end for entity in inside)}
    ordered = sorted(border for border in borders if first <= border <= last)
    starts: dict[int, list[Entity]] = {}
    for entity in inside:
        starts.setdefault(max(first, entity.start), []).append(entity)
    active: list[Entity] = []
    for start, end in pairwise(ordered):
        opening = sorted(starts.get(start, ()), key=lambda entity: -placed[entity])
        active = [entity for entity in active if entity.end > start] + opening
        yield Piece(start, end, _by_lane(active, placed), tuple(opening))


def _by_lane(active: Sequence[Entity], placed: Mapping[Entity, int]) -> tuple[tuple[int, Entity], ...]:
    return tuple(sorted(((placed[entity], entity) for entity in active), key=lambda each: each[0]))
