"""What a comparison found."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from globalpointer.comparison.plan import Plan, System
from globalpointer.comparison.rows import Row
from globalpointer.comparison.runs import Failure, Ground
from globalpointer.comparison.speed import Speed


@dataclass(frozen=True, slots=True)
class Comparison:
    """`rows`: the finished runs in the order of the plan. `failures`: those that came to no end.

    `remarks`: what a system can learn in part only.
    """

    plan: Plan
    folder: Path
    ground: Ground
    rows: Sequence[Row]
    failures: Sequence[Failure] = ()
    speed: Speed | None = None
    remarks: Sequence[str] = ()

    @property
    def systems(self) -> list[System]:
        """Those of which a run is finished."""
        return [system for system in self.plan.systems if self.of(system.name)]

    def of(self, system: str) -> list[Row]:
        """The finished runs of a system, one a seed."""
        return [row for row in self.rows if row.system == system]
