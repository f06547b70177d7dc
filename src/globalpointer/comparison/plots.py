"""What a comparison found as pictures, each an SVG of its own."""

import io
import math
import statistics
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from globalpointer.comparison.outcome import Comparison
from globalpointer.comparison.rows import Row
from globalpointer.comparison.runs import place
from globalpointer.errors import DependencyError
from globalpointer.evaluation.sections import CAPTIONS
from globalpointer.training.folder import read_history
from globalpointer.view.grids import font_families, printable

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a6200", "#56b4e9", "#e69f00", "#333333")
"""Told apart by those who see no red or green, too (after Okabe and Ito); and each system has a mark of its own."""

MARKS = "osD^vPX"

WRAPPED = 32
"""Characters of a name on one line, so that the curves have their room beside the names."""

LEAST = 2.0
"""Points of F1 that an axis shows at least: less would make differences of chance look large."""

Axes = Any


def pictures(comparison: Comparison) -> dict[str, str]:
    """The SVG of each picture by its name: those for which there is something to draw.

    Raises DependencyError without matplotlib.
    """
    drawn: dict[str, Callable[[Axes, Comparison], None]] = {"scores": _scores, "epochs": _epochs, "slices": _slices}
    if comparison.speed is not None:
        drawn["speed"] = _speed
    systems = len(comparison.systems)
    heights = dict.fromkeys(drawn, max(4.0, 0.3 * systems)) | {"scores": 1.2 + 0.4 * systems}
    return {name: _svg(draw, comparison, heights[name], name) for name, draw in drawn.items()}


def _svg(draw: Callable[[Axes, Comparison], None], comparison: Comparison, height: float, name: str) -> str:
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise DependencyError('pictures need matplotlib: pip install "globalpointer[view]"') from None
    out = io.StringIO()
    # A fixed salt and no date, so that the same comparison gives the same file
    with rc_context(
        {"font.family": font_families(), "font.size": 9, "svg.hashsalt": name, "axes.unicode_minus": False}
    ):
        figure = Figure(figsize=(8, height), layout="constrained", facecolor="white")
        axes = figure.subplots()
        axes.grid(color="#e3e3e3", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes, comparison)
        if name != "scores":
            figure.legend(loc="outside right upper", frameon=False)
        figure.savefig(out, format="svg", metadata={"Date": None})
    # Without the XML prolog it is a piece of a page, too
    return out.getvalue()[out.getvalue().index("<svg") :]


def _named(comparison: Comparison) -> Iterator[tuple[str, str, dict[str, Any], list[Row]]]:
    """Each system: its name, the name as it is written, colour and mark, and its rows."""
    families = font_families()
    for number, system in enumerate(comparison.systems):
        style = {"color": COLOURS[number % len(COLOURS)], "marker": MARKS[number % len(MARKS)]}
        written = "\n".join(textwrap.wrap(printable(system.name, families), WRAPPED))
        yield system.name, written, style, comparison.of(system.name)


def _measure(comparison: Comparison) -> str:
    return f"{comparison.ground.part} {comparison.rows[0].report.measure}, %"


def _mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    """The mean and the standard deviation, 0 for one value."""
    return statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def _range(low: float, high: float) -> tuple[float, float]:
    """The limits of an axis in per cent for values in this range: never narrow, and not beyond 0 and 100 for long."""
    span = max(high - low, LEAST)
    start = (low + high - span) / 2
    start = max(start, min(low, 0.0))
    start = min(start, max(high, 100.0) - span)
    return start - 0.06 * span, start + 1.06 * span


def _bound(axes: Axes) -> None:
    """Give the values on a vertical axis their room, if there are any."""
    if math.isfinite(axes.dataLim.y0):
        axes.set_ylim(*_range(axes.dataLim.y0, axes.dataLim.y1))


def _scores(axes: Axes, comparison: Comparison) -> None:
    """A line a system: the mean with its standard deviation, and each seed a pale mark below."""
    written = []
    for line, (_, name, style, rows) in enumerate(_named(comparison)):
        values = [100 * row.report.f1 for row in rows]
        mean, deviation = _mean_and_deviation(values)
        axes.plot(values, [line + 0.25] * len(values), linestyle="", markersize=4, alpha=0.5, **style)
        axes.errorbar(mean, line, xerr=deviation or None, capsize=4, markersize=7, linewidth=1.6, **style)
        axes.annotate(f"{mean:.2f}", (mean, line), (0, 7), textcoords="offset points", ha="center", fontsize=8)
        written.append(name)
    axes.set_yticks(range(len(written)), written)
    axes.set_ylim(len(written) - 0.4, -0.6)
    axes.set_xlim(*_range(axes.dataLim.x0, axes.dataLim.x1))
    axes.set_xlabel(_measure(comparison))


def _epochs(axes: Axes, comparison: Comparison) -> None:
    """A pale line a seed, and their mean as far as all of them go."""
    for _, name, style, rows in _named(comparison):
        courses = [dict(_course(comparison, row)) for row in rows]
        for course in courses:
            axes.plot(list(course), list(course.values()), color=style["color"], alpha=0.45, linewidth=0.9)
        common = [epoch for epoch in courses[0] if all(epoch in course for course in courses)]
        means = [statistics.fmean(course[epoch] for course in courses) for epoch in common]
        axes.plot(common, means, label=name, linewidth=1.8, markersize=4, **style)
    axes.set_xlim(left=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    _bound(axes)
    axes.set_xlabel("epoch")
    axes.set_ylabel("dev F1, %")


def _course(comparison: Comparison, row: Row) -> Iterator[tuple[float, float]]:
    for record in read_history(place(comparison.folder, row)):
        if "dev_f1" in record:
            yield record["epoch"], 100 * record["dev_f1"]


def _slices(axes: Axes, comparison: Comparison) -> None:
    """By length, or by the first group of slices that the reports of this task have; empty slices are left out."""
    slices = comparison.rows[0].report.slices
    group = "length" if "length" in slices else next(iter(slices))
    parts = [part for part, counts in slices[group].items() if counts.gold]
    systems = list(_named(comparison))
    for number, (_, name, style, rows) in enumerate(systems):
        aside = min(0.08, 0.6 / len(systems)) * (number - (len(systems) - 1) / 2)
        found = [_mean_and_deviation([100 * row.report.slices[group][part].f1 for row in rows]) for part in parts]
        places = [place + aside for place in range(len(parts))]
        means, deviations = ([each[side] for each in found] for side in (0, 1))
        axes.errorbar(places, means, yerr=deviations, label=name, capsize=3, markersize=5, linewidth=1.2, **style)
    named = [f"{part}\n{CAPTIONS[group][part]}\n{slices[group][part].gold} gold" for part in parts]
    axes.set_xticks(range(len(parts)), named)
    axes.set_xlim(-0.5, max(1, len(parts)) - 0.5)
    _bound(axes)
    axes.set_ylabel(_measure(comparison))


def _speed(axes: Axes, comparison: Comparison) -> None:
    """Texts a second of prediction against F1; the best is at the upper right."""
    speed = comparison.speed
    assert speed is not None  # see pictures
    for system, name, style, rows in _named(comparison):
        mean, deviation = _mean_and_deviation([100 * row.report.f1 for row in rows])
        low, rate, high = speed.rate(system, "prediction")
        axes.errorbar(
            rate, mean, xerr=[[rate - low], [high - rate]], yerr=deviation or None, label=name, capsize=3, **style
        )
    axes.set_xlim(left=0)
    _bound(axes)
    axes.set_xlabel("texts a second, prediction, encoder included")
    axes.set_ylabel(_measure(comparison))
