"""Where arcs go: each line of a text is a row, with bars over its marks and arcs over the bars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from globalpointer.text.spans import Document
from globalpointer.view.lines import Line, lines, reads_from_right
from globalpointer.view.links import Link, Mark, linked
from globalpointer.view.widths import advances

SIZE = 15.0
"""Of the text's letters, in pixels."""
SMALL = 10.0
"""Of the letters of a label."""
PADDING = 4.0
"""On either side of a label."""
SHOWN = 14
"""So many characters of the other end are named where an arc goes on in another line."""

Extent = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bar:
    """The part of a mark that is on one line. `lane`: 0 is next to the text. `named`: its label stands here."""

    mark: Mark
    extent: Extent
    lane: int
    named: bool

    @property
    def middle(self) -> float:
        """Where its label stands, and its arcs begin and end."""
        return (self.extent[0] + self.extent[1]) / 2


@dataclass(frozen=True, slots=True)
class Arc:
    """A link on one line, from `start` to `end`, each a place and the bar it stands on, None at the edge of the line.

    `level`: 0 is the lowest. `middle`: of the label.
    """

    link: Link
    label: str
    start: tuple[float, Bar | None]
    end: tuple[float, Bar | None]
    middle: float
    level: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line with what is over it."""

    line: Line
    bars: tuple[Bar, ...]
    arcs: tuple[Arc, ...]


def label_width(label: str) -> float:
    """The width of a label in pixels, its padding included."""
    return SMALL * sum(advances(label)) + 2 * PADDING


def rows(document: Document, width: float) -> list[Row]:
    """The document in rows of `width` pixels."""
    marks, links = linked(document)
    borders = {border for mark in marks for border in (mark.span.start, mark.span.end)}
    placed = lines(document.text, borders, size=SIZE, width=width)
    begun: set[Mark] = set()
    bars = [_bars(line, marks, begun) for line in placed]
    home = {bar.mark: (index, bar) for index, each in enumerate(bars) for bar in each if bar.named}
    arcs = _arcs(
        document.text, links, home, len(placed), (width, 0.0) if reads_from_right(document.text) else (0.0, width)
    )
    return [Row(line, tuple(over), tuple(above)) for line, over, above in zip(placed, bars, arcs, strict=True)]


def stacked(extents: Sequence[Extent]) -> list[int]:
    """A level for each extent: 0, or one above the highest shorter one that it overlaps."""
    levels = [0] * len(extents)
    done: list[int] = []
    for index in sorted(range(len(extents)), key=lambda each: (extents[each][1] - extents[each][0], each)):
        first, last = extents[index]
        under = (levels[other] for other in done if extents[other][0] < last and first < extents[other][1])
        levels[index] = max(under, default=-1) + 1
        done.append(index)
    return levels


def _bars(line: Line, marks: Iterable[Mark], begun: set[Mark]) -> list[Bar]:
    """The bars of one line; `begun` are the marks that earlier lines named, and grows."""
    found = [(mark, extent) for mark in marks if (extent := line.extent(mark.span))]
    named = [mark not in begun for mark, _ in found]
    begun.update(mark for mark, _ in found)
    room = [_room(mark, extent) if first else extent for (mark, extent), first in zip(found, named, strict=True)]
    return [
        Bar(mark, extent, lane, first) for (mark, extent), lane, first in zip(found, stacked(room), named, strict=True)
    ]


def _room(mark: Mark, extent: Extent) -> Extent:
    """What a bar takes together with its label."""
    middle, half = sum(extent) / 2, label_width(mark.label) / 2
    return min(extent[0], middle - half), max(extent[1], middle + half)


def _arcs(
    text: str, links: Sequence[Link], home: dict[Mark, tuple[int, Bar]], count: int, edges: Extent
) -> list[list[Arc]]:
    """The arcs of each line. `edges`: where a line begins and ends in the direction of reading."""
    ends = [(home[link.source], home[link.target]) for link in links]
    foot = _feet(ends, edges)
    loose: list[list[Arc]] = [[] for _ in range(count)]
    for index, (link, ((one, source), (other, target))) in enumerate(zip(links, ends, strict=True)):
        start, end = (foot[index, 0], source), (foot[index, 1], target)
        if one == other:
            loose[one].append(_arc(link, link.label, start, end, edges))
        else:
            leaving, arriving = (edges[1], None), (edges[0], None)
            if one > other:
                leaving, arriving = arriving, leaving
            loose[one].append(_arc(link, f"{link.label} \u2192 {_surface(text, link.target)}", start, leaving, edges))
            loose[other].append(_arc(link, f"{_surface(text, link.source)} \u2192 {link.label}", arriving, end, edges))
    return [_raised(each) for each in loose]


def _feet(ends: Sequence[tuple[tuple[int, Bar], tuple[int, Bar]]], edges: Extent) -> dict[tuple[int, int], float]:
    """Where each link stands on its source (0) and its target (1), side by side so that no two cross there."""
    towards: dict[Bar, list[tuple[bool, float, int, int]]] = {}
    for index, pair in enumerate(ends):
        for side in (0, 1):
            (line, bar), (other_line, other) = pair[side], pair[1 - side]
            aim = other.middle if line == other_line else edges[line < other_line]
            towards.setdefault(bar, []).append((aim > bar.middle, -aim, index, side))
    feet: dict[tuple[int, int], float] = {}
    for bar, wishes in towards.items():
        room = max(label_width(bar.mark.label), bar.extent[1] - bar.extent[0]) - 2 * PADDING
        step = min(8.0, max(room, 4.0) / max(len(wishes) - 1, 1))
        for place, (_, _, index, side) in enumerate(sorted(wishes)):
            feet[index, side] = bar.middle + (place - (len(wishes) - 1) / 2) * step
    return feet


def _arc(link: Link, label: str, start: tuple[float, Bar | None], end: tuple[float, Bar | None], edges: Extent) -> Arc:
    half = label_width(label) / 2
    middle = min(max((start[0] + end[0]) / 2, min(edges) + half), max(edges) - half)
    return Arc(link, label, start, end, middle, 0)


def _raised(arcs: Sequence[Arc]) -> list[Arc]:
    """The arcs of a line at their levels."""
    extents = []
    for arc in arcs:
        half = label_width(arc.label) / 2
        places = (arc.start[0], arc.end[0], arc.middle - half, arc.middle + half)
        extents.append((min(places), max(places)))
    return [
        Arc(arc.link, arc.label, arc.start, arc.end, arc.middle, level)
        for arc, level in zip(arcs, stacked(extents), strict=True)
    ]


def _surface(text: str, mark: Mark) -> str:
    shown = text[mark.span.start : mark.span.end]
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}\u2026"
