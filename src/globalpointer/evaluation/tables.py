"""A report as tables for the terminal."""

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from globalpointer.evaluation.answers import AnswerReport
from globalpointer.evaluation.events import EventReport
from globalpointer.evaluation.outcome import Outcome
from globalpointer.evaluation.relations import RelationReport
from globalpointer.evaluation.sections import Section, errors_section, percent, sections
from globalpointer.view.pieces import visible


def table(report: Outcome) -> Group:
    """The whole report: labels, slices, other matches, and the kinds of errors. Rates in per cent."""
    made = [*sections(report), errors_section(report)]
    return Group(*(_table(each) for each in made if each is not None), Text(summary(report)))


def summary(report: Outcome) -> str:
    """One line: what matters most."""
    parts = [
        f"{report.measure} {percent(report.f1)}",
        *_beside(report),
        f"precision {percent(report.precision)}",
        f"recall {percent(report.recall)}",
        f"macro F1 {percent(report.macro_f1)}",
    ]
    if not isinstance(report, AnswerReport):
        share = percent(report.document_accuracy)
        parts.append(f"complete documents {report.complete} of {report.documents} ({share})")
    error = report.calibration_error
    return "  ".join(parts if error is None else [*parts, f"calibration error {percent(error)}"])


def _beside(report: Outcome) -> tuple[str, ...]:
    """The scores that papers give beside the headline."""
    if isinstance(report, RelationReport) and report.entities is not None:
        return (f"entity F1 {percent(report.entities.f1)}",)
    if isinstance(report, EventReport):
        triggers, whole = report.matches["trigger"], report.matches["event exact"]
        return f"trigger F1 {percent(triggers.f1)}", f"event exact F1 {percent(whole.f1)}"
    if isinstance(report, AnswerReport):
        return (f"exact match {percent(report.exact)} ({report.complete} of {report.documents})",)
    return ()


def _table(section: Section) -> Table:
    # Lean, so that on 80 columns words stay whole
    made = Table(title=section.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for number, column in enumerate(section.columns):
        made.add_column(column, justify="right" if number else "left", overflow="fold")
    for rows in (*section.groups, section.foot):
        for row in rows:
            made.add_row(*(Text(visible(cell)) for cell in row), style="bold" if row in section.foot else "")
        made.add_section()
    return made
