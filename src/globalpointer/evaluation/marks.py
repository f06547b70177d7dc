"""What answers are worth: exactly right or not, and how much they share with gold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from globalpointer.evaluation.counts import ratio


class Shared(NamedTuple):
    """How much an answer shares with gold; or sums of that over several questions."""

    precision: float = 0.0
    recall: float = 0.0
    f1: float = 0.0


NONE, ALL = Shared(), Shared(1.0, 1.0, 1.0)


def shared(common: int, gold: int, found: int) -> Shared:
    """Precision, recall and F1 of `common` pieces of `gold` and of `found` ones, neither of them 0."""
    return Shared(common / found, common / gold, 2 * common / (gold + found))


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of some questions, added up.

    `right`: questions whose answer is exactly right, or that have none and got none. `sums`: what the answers share
    with gold, added up; a question without an answer counts as 1 where it got none, else as 0.
    """

    questions: int = 0
    answered: int = 0
    right: int = 0
    sums: Shared = NONE

    def __add__(self, other: "Marks") -> "Marks":
        sums = Shared(*(one + more for one, more in zip(self.sums, other.sums, strict=True)))
        return Marks(self.questions + other.questions, self.answered + other.answered, self.right + other.right, sums)

    @property
    def gold(self) -> int:
        """What the means are over: every question."""
        return self.questions

    @property
    def exact(self) -> float:
        """The share of questions that is exactly right (EM)."""
        return ratio(self.right, self.questions)

    @property
    def precision(self) -> float:
        """The mean share of a found answer that is in gold."""
        return ratio(self.sums.precision, self.questions)

    @property
    def recall(self) -> float:
        """The mean share of a gold answer that was found."""
        return ratio(self.sums.recall, self.questions)

    @property
    def f1(self) -> float:
        """The mean F1 of a question; not the harmonic mean of the two others."""
        return ratio(*self.fraction)

    @property
    def fraction(self) -> tuple[float, float]:
        """F1 before it is divided, so that it can be added up."""
        return self.sums.f1, self.questions

    def to_dict(self) -> dict[str, Any]:
        """As JSON: the rates, then what they are made of."""
        rates = {name: getattr(self, name) for name in ("f1", "exact", "precision", "recall")}
        counts = {name: getattr(self, name) for name in ("questions", "answered", "right")}
        return {**rates, **counts, "sums": self.sums._asdict()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Marks":
        """The inverse of `to_dict`."""
        return cls(plain["questions"], plain["answered"], plain["right"], Shared(**plain["sums"]))
