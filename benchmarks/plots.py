"""Draw the curves of docs/kernels.md from results/kernels.jsonl into docs/images/.

python -m benchmarks.plots
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from benchmarks.kernel_tables import newest
from benchmarks.rows import ROOT, read_rows

Row = Mapping[str, Any]

IMAGES = ROOT / "docs" / "images"
COLOURS = {"ours": "#1a6fb5", "sparse": "#d9660a", "dense": "#b02a37"}
"""Told apart by those who see no red or green, too, and by the words at their ends."""

TITLES = {"efficient": "efficient head (one plane for all types)", "per-type": "per-type head (a plane for each type)"}
AXES = {
    "types": "types  (8 examples of 128 tokens)",
    "tokens": "tokens  (1 example, 10 types)",
    "time": "milliseconds, loss and gradient",
    "memory": "MiB at the peak",
}
GAP = 11
"""Points between the lines of text at the ends of curves."""


def main() -> None:
    rows = newest(read_rows("kernels"))
    IMAGES.mkdir(parents=True, exist_ok=True)
    for against in ("types", "tokens"):
        drawn = [row for row in rows if row["part"] == against]
        for what in ("time", "memory"):
            if drawn:
                draw(drawn, what, against, IMAGES / f"{what}-against-{against}.svg")


def draw(rows: Sequence[Row], what: str, against: str, path: Path) -> None:
    """One picture: a panel a head, a curve a formulation, both axes logarithmic."""
    # Fixed names and no date, so that the same rows give the same file
    with mpl.rc_context({"svg.hashsalt": "globalpointer", "font.size": 9}):
        figure = Figure(figsize=(9.6, 3.8), layout="constrained", facecolor="white")
        panels = figure.subplots(1, len(TITLES), sharey=True)
        for panel, (head, title) in zip(panels, TITLES.items(), strict=True):
            dress(panel, title, AXES[against], sorted({row[against] for row in rows}))
            ends = {
                name: curve(panel, points(rows, head, name, what, against), colour) for name, colour in COLOURS.items()
            }
            widen(panel)
            figure.draw_without_rendering()
            label(panel, {name: end for name, end in ends.items() if end is not None})
        panels[0].set_ylabel(AXES[what])
        figure.savefig(path, metadata={"Date": None})


def points(rows: Iterable[Row], head: str, name: str, what: str, against: str) -> list[tuple[float, float]]:
    """The measured points of one curve, from left to right."""
    found = []
    for row in rows:
        value = row["ms"].get(name, {}).get("median") if what == "time" else row["mib"].get(name)
        if row["head"] == head and value:
            found.append((float(row[against]), float(value)))
    return sorted(found)


def curve(panel: Axes, found: Sequence[tuple[float, float]], colour: str) -> tuple[float, float] | None:
    """Draw it; its right end, or None where nothing was measured."""
    if not found:
        return None
    panel.plot(*zip(*found, strict=True), color=colour, marker="o", markersize=3.5, linewidth=1.8)
    return found[-1]


def dress(panel: Axes, title: str, below: str, sizes: Sequence[int]) -> None:
    """Scales, grid and words; ticks at the measured sizes, at every second one where they are many."""
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_title(title, fontsize=10)
    panel.set_xlabel(below)
    panel.grid(color="#dddddd", linewidth=0.6)
    panel.spines[["top", "right"]].set_visible(False)
    panel.set_xticks(sizes[:: 2 if len(sizes) > 7 else 1])
    panel.xaxis.set_minor_locator(NullLocator())
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def widen(panel: Axes) -> None:
    """Room at the right for the words at the ends."""
    left, right = panel.get_xlim()
    panel.set_xlim(left, right * (right / left) ** 0.16)


def label(panel: Axes, ends: Mapping[str, tuple[float, float]]) -> None:
    """Each formulation's name at the end of its curve, moved upwards where two would touch."""
    places = {name: panel.transData.transform(end) * 72 / panel.figure.dpi for name, end in ends.items()}
    taken: list[tuple[float, float]] = []
    for name, (x, y) in sorted(places.items(), key=lambda item: float(item[1][1])):
        near = [top for left, top in taken if abs(left - x) < 4 * GAP]
        height = max([y, *(top + GAP for top in near)])
        taken.append((x, height))
        panel.annotate(
            name,
            ends[name],
            (6, height - y),
            textcoords="offset points",
            color=COLOURS[name],
            weight="bold",
            va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )


if __name__ == "__main__":
    sys.exit(main())
