"""Gold, found, right; and precision, recall and F1 with 0/0 defined as 0, as seqeval does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from globalpointer.errors import DataError


def ratio(part: float, whole: float) -> float:
    """`part / whole`, and 0 where there is nothing to divide by."""
    return part / whole if whole else 0.0


class Counted(Protocol):
    """What reports count: has an F1 and can be added up. `Counts` of annotations, `Marks` of answers."""

    @property
    def gold(self) -> int:
        """How much there was to find."""
        ...

    @property
    def precision(self) -> float:
        """In [0, 1]."""
        ...

    @property
    def recall(self) -> float:
        """In [0, 1]."""
        ...

    @property
    def f1(self) -> float:
        """In [0, 1]."""
        ...

    @property
    def fraction(self) -> tuple[float, float]:
        """F1 before it is divided: the F1 of a sum is the sum of these, divided."""
        ...

    def __add__(self, other: Self) -> Self: ...

    def to_dict(self) -> dict[str, Any]:
        """As JSON: the rates, then what they are made of."""
        ...

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`."""
        ...


@dataclass(frozen=True, slots=True)
class Counts:
    """How many annotations are gold, how many were found, and how many are both."""

    gold: int = 0
    found: int = 0
    right: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.right <= min(self.gold, self.found):
            raise DataError(f"right must lie in 0..min(gold, found): {self.gold=}, {self.found=}, {self.right=}")

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.gold + other.gold, self.found + other.found, self.right + other.right)

    @property
    def precision(self) -> float:
        """The share of found that is right."""
        return ratio(self.right, self.found)

    @property
    def recall(self) -> float:
        """The share of gold that was found."""
        return ratio(self.right, self.gold)

    @property
    def f1(self) -> float:
        """2 right / (gold + found), the harmonic mean of precision and recall."""
        return ratio(*self.fraction)

    @property
    def fraction(self) -> tuple[float, float]:
        """F1 before it is divided."""
        return 2 * self.right, self.gold + self.found

    def to_dict(self) -> dict[str, float]:
        """As JSON: the rates, then the counts."""
        rates = {"f1": self.f1, "precision": self.precision, "recall": self.recall}
        return {**rates, "gold": self.gold, "found": self.found, "right": self.right}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Counts":
        """The inverse of `to_dict`; other keys are left aside."""
        return cls(plain["gold"], plain["found"], plain["right"])


@dataclass(frozen=True, slots=True)
class Matches:
    """The counts of a relaxed comparison: COR, INC, PAR, MIS, SPU. A partial match is worth a half.

    Source: the names and rates of nervaluate (after SemEval 2013 task 9.1 and MUC-5).
    """

    correct: int = 0
    incorrect: int = 0
    partial: int = 0
    missed: int = 0
    spurious: int = 0

    def __add__(self, other: "Matches") -> "Matches":
        return Matches(
            self.correct + other.correct,
            self.incorrect + other.incorrect,
            self.partial + other.partial,
            self.missed + other.missed,
            self.spurious + other.spurious,
        )

    @property
    def precision(self) -> float:
        """(COR + PAR / 2) / all that was found."""
        return ratio(self.correct + 0.5 * self.partial, self.correct + self.incorrect + self.partial + self.spurious)

    @property
    def recall(self) -> float:
        """(COR + PAR / 2) / all gold."""
        return ratio(self.correct + 0.5 * self.partial, self.correct + self.incorrect + self.partial + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return ratio(2 * self.precision * self.recall, self.precision + self.recall)

    def to_dict(self) -> dict[str, float]:
        """As JSON: the rates, then the counts under their short names."""
        rates = {"f1": self.f1, "precision": self.precision, "recall": self.recall}
        counts = {"COR": self.correct, "INC": self.incorrect, "PAR": self.partial}
        return {**rates, **counts, "MIS": self.missed, "SPU": self.spurious}
