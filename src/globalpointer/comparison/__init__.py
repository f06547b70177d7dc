"""Several systems, with several seeds, on one dataset: trained, scored, timed and reported."""

from globalpointer.comparison.compare import compare
from globalpointer.comparison.outcome import Comparison
from globalpointer.comparison.plan import Plan, make_plan

__all__ = ["Comparison", "Plan", "compare", "make_plan"]
