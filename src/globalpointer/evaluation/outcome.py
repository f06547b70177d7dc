"""What every report says, whatever was looked for: the rates, the labels, the slices, the errors, the calibration."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from globalpointer.errors import DataError
from globalpointer.evaluation.calibration import Calibration
from globalpointer.evaluation.counts import Counted, Counts, ratio

Confusions = tuple[tuple[str, str, int], ...]
Slices = Mapping[str, Mapping[str, Counted]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(ABC):
    """The scores of what was found against raw gold. All rates lie in [0, 1]; 0/0 is 0.

    `counts`: over all labels; what they count is said by the report's `measure`, and of which class they and those of
    labels and slices are, by `counting`. `complete`: documents with all
    their annotation found and no other. `unit`: what lengths and distances count, "character" (code points) or "word".
    `confusions`: (gold name, found name, times) of what was found under a wrong one, the most frequent first.
    `calibration`: of the scores of what was found; None where they carry none.
    """

    task: ClassVar[str]
    counting: ClassVar[type[Counted]] = Counts
    whole: ClassVar[str] = "complete documents"
    """What `document_accuracy` is called."""

    documents: int
    complete: int
    counts: Counted
    labels: Mapping[str, Counted]
    unit: str
    slices: Slices
    errors: Mapping[str, int]
    confusions: Confusions = ()
    calibration: Calibration | None = None

    @property
    @abstractmethod
    def measure(self) -> str:
        """The name of the headline F1."""

    @property
    def precision(self) -> float:
        """The precision behind the headline."""
        return self.counts.precision

    @property
    def recall(self) -> float:
        """The recall behind the headline."""
        return self.counts.recall

    @property
    def f1(self) -> float:
        """The headline."""
        return self.counts.f1

    @property
    def macro_f1(self) -> float:
        """The mean F1 over the labels that are in gold or were found."""
        return ratio(sum(counts.f1 for counts in self.labels.values()), len(self.labels))

    @property
    def document_accuracy(self) -> float:
        """The share of documents that are complete: all their annotation, and no other."""
        return ratio(self.complete, self.documents)

    @property
    def calibration_error(self) -> float | None:
        """The expected calibration error of the scores; None where nothing that was found carries one."""
        return None if self.calibration is None else self.calibration.error

    def to_dict(self) -> dict[str, Any]:
        """As JSON: f1, precision and recall at the top level, in [0, 1]; `task` says of which kind the report is."""
        return {
            "task": self.task,
            **self.counts.to_dict(),
            "macro_f1": self.macro_f1,
            "documents": self.documents,
            "complete_documents": self.complete,
            "document_accuracy": self.document_accuracy,
            "labels": {label: counts.to_dict() for label, counts in self.labels.items()},
            "unit": self.unit,
            "slices": {
                group: {part: counts.to_dict() for part, counts in parts.items()}
                for group, parts in self.slices.items()
            },
            **self._own(),
            "errors": dict(self.errors),
            "confusions": [{"gold": gold, "found": found, "count": count} for gold, found, count in self.confusions],
            "calibration_error": self.calibration_error,
            "calibration": None if self.calibration is None else self.calibration.to_dict(),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`. Rates are computed anew from the counts. DataError names a key that is missing."""
        try:
            return cls(**_shared(plain, cls.counting), **cls._read(plain))
        except KeyError as error:
            raise DataError(f"a report needs the key {error.args[0]!r}, which this one lacks; evaluate again") from None

    @abstractmethod
    def _own(self) -> dict[str, Any]:
        """As JSON: what only this kind of report has."""

    @classmethod
    @abstractmethod
    def _read(cls, plain: Mapping[str, Any]) -> dict[str, Any]:
        """The inverse of `_own`, as arguments."""


def _shared(plain: Mapping[str, Any], counting: type[Counted]) -> dict[str, Any]:
    calibration = plain["calibration"]
    return {
        "documents": plain["documents"],
        "complete": plain["complete_documents"],
        "counts": counting.from_dict(plain),
        "labels": {label: counting.from_dict(each) for label, each in plain["labels"].items()},
        "unit": plain["unit"],
        "slices": {
            group: {part: counting.from_dict(each) for part, each in parts.items()}
            for group, parts in plain["slices"].items()
        },
        "errors": dict(plain["errors"]),
        "confusions": tuple((each["gold"], each["found"], each["count"]) for each in plain["confusions"]),
        "calibration": None if calibration is None else Calibration.from_dict(calibration),
    }
