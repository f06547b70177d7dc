"""Gold against found; knows no model, and imports no torch."""

from globalpointer.evaluation.calibration import calibration_error, fit_slope
from globalpointer.evaluation.counts import Counts, Matches
from globalpointer.evaluation.report import Report, evaluate, mentions

__all__ = ["Counts", "Matches", "Report", "calibration_error", "evaluate", "fit_slope", "mentions"]
