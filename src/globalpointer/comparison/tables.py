"""What a comparison found as tables."""

import statistics
from collections.abc import Callable, Sequence

from globalpointer.comparison.defaults import shown
from globalpointer.comparison.outcome import Comparison
from globalpointer.comparison.paired import paired
from globalpointer.comparison.rows import Row
from globalpointer.comparison.speed import Quartiles, Speed
from globalpointer.evaluation.counts import Counted, Counts
from globalpointer.evaluation.sections import CAPTIONS, Section, percent
from globalpointer.training.differences import differing

Cells = tuple[str, ...]


def spread(values: Sequence[float], show: Callable[[float], str] = percent) -> str:
    """The mean, and where there are several the standard deviation (of a sample, n - 1) behind it."""
    mean = show(statistics.fmean(values))
    return f"{mean} ± {show(statistics.stdev(values))}" if len(values) > 1 else mean


def scores(comparison: Comparison) -> Section:
    """The headline."""
    rows = tuple(_scored(system.name, comparison.of(system.name)) for system in comparison.systems)
    first = comparison.rows[0].report
    columns = ("system", first.measure, "precision", "recall", first.whole, "parameters", "minutes", "seeds")
    return Section("Scores", columns, (rows,))


def _scored(name: str, rows: Sequence[Row]) -> Cells:
    reports = [row.report for row in rows]
    return (
        name,
        spread([each.f1 for each in reports]),
        spread([each.precision for each in reports]),
        spread([each.recall for each in reports]),
        spread([each.document_accuracy for each in reports]),
        f"{round(statistics.fmean(row.parameters for row in rows)):,}",
        spread([row.seconds / 60 for row in rows], lambda minutes: f"{minutes:.1f}")
        + "*" * any(r.resumed for r in rows),
        ", ".join(str(row.seed) for row in rows),
    )


def differences(comparison: Comparison) -> Section | None:
    """Each system against the first by the paired bootstrap; None where there is but one."""
    first, *others = (system.name for system in comparison.systems)
    if not others:
        return None
    columns = ("system", "difference", "95 % of the draws", "p", "seeds")
    rows = tuple(_against(comparison, name, first) for name in others)
    return Section(f"Against {first}: paired bootstrap", columns, (rows,))


def _against(comparison: Comparison, name: str, first: str) -> Cells:
    """Over the seeds that both have; dashes where there is none."""
    pair = paired(comparison.folder, comparison.ground, comparison.of(name), comparison.of(first))
    if pair is None:
        return (name, "-", "-", "-", "-")
    found = pair.found
    low, middle, high = (f"{100 * each:+.2f}" for each in (found.low, found.difference, found.high))
    return (name, middle, f"{low} to {high}", f"{found.p_value:.3g}", ", ".join(map(str, pair.seeds)))


def labels(comparison: Comparison) -> Section:
    """F1 by label."""
    names = sorted({label for row in comparison.rows for label in row.report.labels})
    rows = [
        _across(comparison, name, [row.report.labels.get(name, Counts()) for row in comparison.rows]) for name in names
    ]
    macro = tuple(spread([row.report.macro_f1 for row in comparison.of(system.name)]) for system in comparison.systems)
    return Section("F1 by label", _columns(comparison, "label"), (tuple(rows),), (("mean (macro)", "", *macro),))


def slices(comparison: Comparison) -> Section:
    """F1 by length, density, nesting, or what else the reports of the task part what is gold and found into."""
    groups = tuple(
        tuple(
            _across(
                comparison,
                f"{part}: {CAPTIONS[group][part]}",
                [row.report.slices[group][part] for row in comparison.rows],
            )
            for part in parts
        )
        for group, parts in comparison.rows[0].report.slices.items()
    )
    return Section("F1 by slice", _columns(comparison, "slice"), groups)


def _columns(comparison: Comparison, first: str) -> Cells:
    return (first, "gold", *(system.name for system in comparison.systems))


def _across(comparison: Comparison, name: str, counts: Sequence[Counted]) -> Cells:
    """A row with one F1 a system, from the counts of each run; a dash where there is no gold, which is no failure."""
    by_system: dict[str, list[float]] = {}
    for row, each in zip(comparison.rows, counts, strict=True):
        by_system.setdefault(row.system, []).append(each.f1)
    gold = counts[0].gold
    cells = (spread(by_system[system.name]) if gold else "-" for system in comparison.systems)
    return (name, str(gold), *cells)


def speeds(speed: Speed, what: str) -> Section:
    """`what`: "training" or "prediction"."""
    columns = ("system", "texts a second", f"× {speed.reference}", "encoder left out", f"× {speed.reference}")
    rows = tuple(_timed(speed, system, what) for system in speed.seconds)
    return Section(f"Speed of {what}", columns, (rows,))


def _timed(speed: Speed, system: str, what: str) -> Cells:
    cells = []
    for measured in (what, f"{what}_head"):
        cells += [_range(speed.rate(system, measured), "{:,.0f}"), _range(speed.ratio(system, measured), "{:.2f}")]
    return (system, *cells)


def _range(found: Quartiles, form: str) -> str:
    """The median, and the quartiles behind it."""
    return f"{form.format(found.median)} ({form.format(found.low)} to {form.format(found.high)})"


def settings(comparison: Comparison) -> Section | None:
    """The keys in which the recipes differ, with what holds where one says nothing; None where they do not."""
    systems = comparison.plan.systems
    found = differing([system.recipe for system in systems])
    rows = tuple(
        (key, *(shown(system.recipe, key, value) for system, value in zip(systems, values, strict=True)))
        for key, values in found.items()
        if key != "training.seed"
    )
    return Section("Where the recipes differ", ("key", *(each.name for each in systems)), (rows,)) if rows else None


def runs(comparison: Comparison) -> Section:
    """Every run."""
    rows = tuple(
        (
            f"{row.system}, seed {row.seed}",
            *map(percent, (row.report.f1, row.report.precision, row.report.recall, row.dev_f1)),
            f"{row.threshold:.3g}",
            f"{row.seconds / 60:.1f}" + "*" * row.resumed,
            str(row.circumstances["date"]),
        )
        for row in comparison.rows
    )
    columns = (
        "run",
        comparison.rows[0].report.measure,
        "precision",
        "recall",
        "dev F1",
        "threshold",
        "minutes",
        "date",
    )
    return Section("Runs", columns, (rows,))
