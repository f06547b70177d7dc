"""A text broken into lines, and every piece of a line at its place: right to left where the letters run so."""

import unicodedata
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import groupby, pairwise

from globalpointer.text.spans import Span
from globalpointer.view.widths import advances, is_wide

_NEVER_FIRST = "，。、；：？！）》」』】”’…"


@dataclass(frozen=True, slots=True)
class Run:
    """The characters `start <= i < end`, drawn from `x` over `width` pixels in one direction."""

    start: int
    end: int
    x: float
    width: float
    backward: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The characters `start <= i < end`, and the runs that they are drawn in, in reading order."""

    start: int
    end: int
    runs: tuple[Run, ...]

    def extent(self, span: Span) -> tuple[float, float] | None:
        """From where to where the part of a span that is on this line reaches; its borders must be those of runs."""
        inside = [run for run in self.runs if span.start <= run.start and run.end <= span.end]
        if not inside:
            return None
        return min(run.x for run in inside), max(run.x + run.width for run in inside)


def lines(text: str, borders: Set[int], *, size: float, width: float) -> list[Line]:
    """The text in lines of at most `width` pixels, its letters `size` pixels; every border begins a new run.

    A line ends at a line end, at a blank, or beside an East Asian character; within a word only where it is too long.
    Directions follow the Unicode bidirectional algorithm as far as one embedding goes.
    """
    wide = [size * advance for advance in advances(text)]
    backward = right_to_left(text)
    starts_right = reads_from_right(text)
    return [
        Line(start, end, tuple(_runs((start, end), borders, wide, backward, width if starts_right else None)))
        for start, end in _broken(text, wide, width)
    ]


def reads_from_right(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left."""
    return next((side for side in map(_side, text) if side is not None), False)


def right_to_left(text: str) -> list[bool]:
    """For each character whether it runs from right to left; what has no direction goes with both its neighbours."""
    base = reads_from_right(text)
    settled: list[bool] = []
    before = base
    grouped = [(side, len(list(group))) for side, group in groupby(map(_side, text))]
    for index, (side, count) in enumerate(grouped):
        if side is None:
            after = grouped[index + 1][0] if index + 1 < len(grouped) else base
            settled += [before if before == after else base] * count
        else:
            settled += [side] * count
            before = side
    return settled


def _side(char: str) -> bool | None:
    kind = unicodedata.bidirectional(char)
    return True if kind in ("R", "AL") else False if kind in ("L", "EN", "AN") else None


def _broken(text: str, wide: list[float], width: float) -> Iterator[tuple[int, int]]:
    """Where the lines begin and end."""
    start, x, chance = 0, 0.0, 0
    for index, char in enumerate(text):
        while x + wide[index] > width and wide[index] and index > start:
            cut = chance if chance > start else index
            yield start, cut
            start, x = cut, sum(wide[cut:index])
        x += wide[index]
        if char == "\n" or (char == "\r" and text[index + 1 : index + 2] != "\n"):
            yield start, index + 1
            start, x = index + 1, 0.0
        elif _may_break(text, index):
            chance = index + 1
    if start < len(text):
        yield start, len(text)


def _may_break(text: str, index: int) -> bool:
    """Whether a line may end behind this character."""
    after = text[index + 1 : index + 2]
    if not after or after in _NEVER_FIRST or unicodedata.category(after) in ("Mn", "Me", "Cf"):
        return False
    return text[index] in " \t\u3000" or is_wide(text[index]) or is_wide(after)


def _runs(
    line: tuple[int, int], borders: Set[int], wide: list[float], backward: list[bool], right: float | None
) -> Iterator[Run]:
    """The runs of a line in reading order. `right`: where it begins if it reads from the right."""
    start, end = line
    turns = {index for index in range(start + 1, end) if backward[index] != backward[index - 1]}
    cuts = sorted({start, end, *turns, *(border for border in borders if start < border < end)})
    spans = list(pairwise(cuts))
    x = 0.0 if right is None else right - sum(wide[start:end])
    at: dict[int, float] = {}
    for first, last in _visual(spans, backward, right is not None):
        at[first] = x
        x += sum(wide[first:last])
    for first, last in spans:
        yield Run(first, last, at[first], sum(wide[first:last]), backward[first])


def _visual(spans: list[tuple[int, int]], backward: list[bool], from_right: bool) -> Iterator[tuple[int, int]]:
    """The runs from left to right."""
    groups = [(turned, list(group)) for turned, group in groupby(spans, key=lambda span: backward[span[0]])]
    for turned, group in reversed(groups) if from_right else groups:
        yield from reversed(group) if turned else group
