"""A report as tables for the terminal."""

from collections.abc import Mapping

from rich.console import Group
from rich.table import Table
from rich.text import Text

from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.report import Report
from globalpointer.view.pieces import visible

CAPTIONS: Mapping[str, str] = {
    "L1": "length < 3",
    "L2": "length 3-5",
    "L3": "length >= 6",
    "single": "length 1",
    "longer": "length > 1",
    "D1": "density <= 0.1",
    "D2": "density 0.1-0.3",
    "D3": "density > 0.3",
    "flat": "overlaps no other",
    "nested": "overlaps another",
    "seen": "mention in training",
    "unseen": "mention not in training",
}
"""What each slice means, in words. Lengths and densities are in the report's unit."""

UNIT_NAMES: Mapping[str, str] = {"character": "characters (code points)", "word": "words (between white space)"}


def table(report: Report) -> Group:
    """The whole report: labels, slices, relaxed matches, and the kinds of errors. Rates in per cent."""
    parts = [_labels(report), _slices(report), _relaxed(report), _errors(report), Text(summary(report))]
    return Group(*(part for part in parts if part is not None))


def summary(report: Report) -> str:
    """One line: what matters most."""
    line = (
        f"F1 {percent(report.f1)}  precision {percent(report.precision)}  recall {percent(report.recall)}  "
        f"macro F1 {percent(report.macro_f1)}  complete documents {report.complete} of {report.documents} "
        f"({percent(report.document_accuracy)})"
    )
    error = report.calibration_error
    return line if error is None else f"{line}  calibration error {percent(error)}"


def percent(rate: float) -> str:
    """A rate in [0, 1] as per cent with two places."""
    return f"{100 * rate:.2f}"


def _labels(report: Report) -> Table:
    made = _frame("Labels, exact match", "label")
    for label, counts in report.labels.items():
        made.add_row(Text(visible(label)), *numbers(counts))
    made.add_section()
    macro = [percent(report.macro_f1), "", "", "", "", ""]
    made.add_row("all (micro)", *numbers(report.counts), style="bold")
    made.add_row("mean (macro)", *macro)
    return made


def _slices(report: Report) -> Table:
    made = _frame(f"Slices; length and density in {UNIT_NAMES[report.unit]}", "slice")
    for parts in report.slices.values():
        for part, counts in parts.items():
            made.add_row(f"{part}: {CAPTIONS[part]}", *numbers(counts))
        made.add_section()
    return made


def _relaxed(report: Report) -> Table:
    made = Table(title="Relaxed matches, named as nervaluate names them", title_justify="left")
    made.add_column("match")
    for name in ("F1", "precision", "recall", "COR", "INC", "PAR", "MIS", "SPU"):
        made.add_column(name, justify="right")
    for name, matches in report.relaxed.items():
        rates = (percent(matches.f1), percent(matches.precision), percent(matches.recall))
        counts = (matches.correct, matches.incorrect, matches.partial, matches.missed, matches.spurious)
        made.add_row(name, *rates, *(str(count) for count in counts))
    return made


def _errors(report: Report) -> Table | None:
    if not any(report.errors.values()):
        return None
    made = Table(title="Errors, and the most frequent wrong labels", title_justify="left")
    made.add_column("kind")
    made.add_column("count", justify="right")
    for kind, count in report.errors.items():
        made.add_row(kind, str(count))
    made.add_section()
    for gold, found, count in report.confusions[:5]:
        made.add_row(Text(visible(f"{gold} found as {found}")), str(count))
    return made


def _frame(title: str, first: str) -> Table:
    made = Table(title=title, title_justify="left")
    made.add_column(first)
    for name in ("F1", "precision", "recall", "gold", "found", "right"):
        made.add_column(name, justify="right")
    return made


def numbers(counts: Counts) -> tuple[str, ...]:
    """Rates and counts; a dash where a rate has nothing to be a rate of, which is no failure."""
    f1, recall = (percent(rate) if counts.gold else "-" for rate in (counts.f1, counts.recall))
    precision = percent(counts.precision) if counts.found else "-"
    return f1, precision, recall, str(counts.gold), str(counts.found), str(counts.right)
