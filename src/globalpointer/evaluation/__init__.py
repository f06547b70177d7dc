"""Gold against found; knows no model, and imports no torch."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from globalpointer.errors import DataError
from globalpointer.evaluation.answers import AnswerReport, evaluate_answers
from globalpointer.evaluation.calibration import calibration_error, fit_slope
from globalpointer.evaluation.counts import Counts, Matches
from globalpointer.evaluation.events import EventReport, evaluate_events
from globalpointer.evaluation.marks import Marks
from globalpointer.evaluation.relations import RelationReport, evaluate_relations
from globalpointer.evaluation.report import Report, evaluate, mentions

AnyReport = Report | RelationReport | EventReport | AnswerReport

EVALUATIONS: Final = MappingProxyType(
    {"ner": evaluate, "relation": evaluate_relations, "event": evaluate_events, "mrc": evaluate_answers}
)
"""The evaluation of each task: `(gold, found, *, unit="character", seen=None) -> report`.

Answers are scored in the unit that the texts have where none is given.
"""

_REPORTS: Mapping[str, type[AnyReport]] = {
    each.task: each for each in (Report, RelationReport, EventReport, AnswerReport)
}


def read_report(plain: Mapping[str, Any]) -> AnyReport:
    """The report that `to_dict` gave as `plain`; one that names no task is about entities, as all once were."""
    task = plain.get("task", "ner")
    if task not in _REPORTS:
        raise DataError(f"a report is about one of {', '.join(_REPORTS)}, and this one about {task!r}")
    return _REPORTS[task].from_dict(plain)


__all__ = [
    "EVALUATIONS",
    "AnswerReport",
    "AnyReport",
    "Counts",
    "EventReport",
    "Marks",
    "Matches",
    "RelationReport",
    "Report",
    "calibration_error",
    "evaluate",
    "evaluate_answers",
    "evaluate_events",
    "evaluate_relations",
    "fit_slope",
    "mentions",
    "read_report",
]
