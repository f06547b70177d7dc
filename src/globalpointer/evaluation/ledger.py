"""What grows while the documents are read, the same for whatever is compared."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from globalpointer.evaluation.calibration import calibrate
from globalpointer.evaluation.compare import Error, T, split
from globalpointer.evaluation.counts import Counted, Counts

C = TypeVar("C", bound=Counted)

CONFUSED = frozenset({"wrong label", "wrong role", "wrong event label"})
"""The kinds of errors in which gold and found differ in nothing but a name."""


@dataclass
class Ledger(Generic[T]):
    """Counts, errors and scores. `label`: of which label a thing is; `name`: what it is called among confusions."""

    label: Callable[[T], str]
    name: Callable[[Any], str]
    kinds: tuple[str, ...]
    documents: int = 0
    complete: int = 0
    labels: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    errors: Counter[str] = field(default_factory=Counter)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    scores: list[float] = field(default_factory=list)
    hits: list[bool] = field(default_factory=list)

    def add(self, gold: AbstractSet[T], found: AbstractSet[T], wrong: Iterable[Error[Any]], *, complete: bool) -> None:
        """Count one document."""
        self.documents += 1
        self.complete += complete
        for label, counts in split(gold, found, self.label).items():
            self.labels[label] += counts
        for error in wrong:
            self.errors[error.kind] += 1
            if error.kind in CONFUSED:
                self.confusions[self.name(error.gold), self.name(error.found)] += 1

    def score(self, gold: AbstractSet[T], found: Mapping[T, float | None]) -> None:
        """Remember the scores of what was found, in its order: sums of floats must not depend on the hash seed."""
        scored = [(score, each in gold) for each, score in found.items() if score is not None]
        self.scores += [score for score, _ in scored]
        self.hits += [hit for _, hit in scored]

    def outcome(self) -> dict[str, Any]:
        """What every report has but for the slices and their unit, as arguments."""
        ranked = sorted(self.confusions.items(), key=lambda item: (-item[1], item[0]))
        return {
            "documents": self.documents,
            "complete": self.complete,
            "counts": sum(self.labels.values(), Counts()),
            "labels": dict(sorted(self.labels.items())),
            "errors": {kind: self.errors[kind] for kind in self.kinds},
            "confusions": tuple((gold, found, count) for (gold, found), count in ranked),
            "calibration": calibrate(self.scores, self.hits) if self.scores else None,
        }


@dataclass
class Totals(Generic[C]):
    """Counts by group and slice. `groups`: every slice, in the order of the report. `nothing`: a count of 0."""

    groups: Mapping[str, tuple[str, ...]]
    nothing: C
    _counts: dict[tuple[str, str], C] = field(default_factory=dict, init=False)

    def add(self, group: str, counts: Mapping[str, C]) -> None:
        """Let the slices of one group grow."""
        for part, more in counts.items():
            self._counts[group, part] = self._counts.get((group, part), self.nothing) + more

    def slices(self) -> Mapping[str, Mapping[str, C]]:
        """Every slice, also the empty ones."""
        return {
            group: {part: self._counts.get((group, part), self.nothing) for part in parts}
            for group, parts in self.groups.items()
        }
