"""Gold documents against found ones: every number that is reported about a model."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from globalpointer.errors import DataError
from globalpointer.evaluation.calibration import Calibration, calibrate
from globalpointer.evaluation.counts import Counts, Matches, ratio
from globalpointer.evaluation.match import ERRORS, MATCHES, errors, relaxed
from globalpointer.evaluation.slices import Tally
from globalpointer.text.spans import Document, Entity

Confusions = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of found entities against raw gold. All rates lie in [0, 1]; 0/0 is 0.

    `counts`: micro, over all labels. `complete`: documents with all their entities found and no other. `unit`: what the
    length and density slices count, "character" (code points) or "word". `confusions`: (gold label, found label, times)
    of the spans found under a wrong label, the most frequent first. `calibration`: of the scores of found entities;
    None where they carry none.
    """

    documents: int
    complete: int
    counts: Counts
    labels: Mapping[str, Counts]
    unit: str
    slices: Mapping[str, Mapping[str, Counts]]
    relaxed: Mapping[str, Matches]
    errors: Mapping[str, int]
    confusions: Confusions = ()
    calibration: Calibration | None = None

    @property
    def precision(self) -> float:
        """Micro precision."""
        return self.counts.precision

    @property
    def recall(self) -> float:
        """Micro recall."""
        return self.counts.recall

    @property
    def f1(self) -> float:
        """Micro F1 over exact matches of label, start and end."""
        return self.counts.f1

    @property
    def macro_f1(self) -> float:
        """The mean F1 over the labels that are in gold or were found."""
        return ratio(sum(counts.f1 for counts in self.labels.values()), len(self.labels))

    @property
    def document_accuracy(self) -> float:
        """The share of documents that are complete: all their entities, and no other."""
        return ratio(self.complete, self.documents)

    @property
    def calibration_error(self) -> float | None:
        """The expected calibration error of the scores; None where the found entities carry none."""
        return None if self.calibration is None else self.calibration.error

    def to_dict(self) -> dict[str, Any]:
        """As JSON: f1, precision and recall at the top level, in [0, 1]."""
        return {
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
            "relaxed": {name: matches.to_dict() for name, matches in self.relaxed.items()},
            "errors": dict(self.errors),
            "confusions": [{"gold": gold, "found": found, "count": count} for gold, found, count in self.confusions],
            "calibration_error": self.calibration_error,
            "calibration": None if self.calibration is None else self.calibration.to_dict(),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Report":
        """The inverse of `to_dict`. Rates are computed anew from the counts. DataError names a key that is missing."""
        try:
            return cls._from_dict(plain)
        except KeyError as error:
            raise DataError(f"a report needs the key {error.args[0]!r}, which this one lacks; evaluate again") from None

    @classmethod
    def _from_dict(cls, plain: Mapping[str, Any]) -> "Report":
        calibration = plain["calibration"]
        return cls(
            documents=plain["documents"],
            complete=plain["complete_documents"],
            counts=_counts(plain),
            labels={label: _counts(each) for label, each in plain["labels"].items()},
            unit=plain["unit"],
            slices={
                group: {part: _counts(each) for part, each in parts.items()} for group, parts in plain["slices"].items()
            },
            relaxed={
                name: Matches(*(each[key] for key in ("COR", "INC", "PAR", "MIS", "SPU")))
                for name, each in plain["relaxed"].items()
            },
            errors=dict(plain["errors"]),
            confusions=tuple((each["gold"], each["found"], each["count"]) for each in plain["confusions"]),
            calibration=None if calibration is None else Calibration.from_dict(calibration),
        )


def evaluate(
    gold: Sequence[Document], found: Sequence[Document], *, unit: str = "character", seen: Collection[str] | None = None
) -> Report:
    """Compare found documents with gold ones, pair by pair in order.

    An entity is (label, start, end); one that a document lists twice counts once. `unit`: "character", or "word" for
    languages with spaces. `seen`: the surface strings of the entities in the training set (`mentions`). DataError where
    the two lists do not fit, or a document has no annotation.
    """
    tallies = _Tallies(Tally(unit, seen))
    for one, other in pairs(gold, found):
        tallies.add(one, other)
    return tallies.report()


def mentions(documents: Sequence[Document]) -> frozenset[str]:
    """The surface strings of all entities: what `evaluate(seen=...)` wants of a training set."""
    return frozenset(doc.text[entity.start : entity.end] for doc in documents for entity in doc.entities or ())


def pairs(gold: Sequence[Document], found: Sequence[Document]) -> list[tuple[Document, Document]]:
    """Gold and found side by side; DataError where they are not about the same texts, or one is not annotated."""
    if len(gold) != len(found):
        raise DataError(
            f"{len(gold)} gold documents but {len(found)} found ones; they must be the same texts in the same order"
        )
    for index, (one, other) in enumerate(zip(gold, found, strict=True)):
        name = f"document {index + 1}" if one.id is None else f"document {index + 1} ({one.id})"
        if one.text != other.text:
            raise DataError(
                f"{name}: gold and found have different texts; they must be the same texts in the same order"
            )
        if one.entities is None or other.entities is None:
            side = "gold" if one.entities is None else "found"
            raise DataError(f"{name}: the {side} document has no annotation (entities is None), so it cannot be scored")
    return list(zip(gold, found, strict=True))


@dataclass
class _Tallies:
    """What grows while the documents are read."""

    slices: Tally
    documents: int = 0
    complete: int = 0
    sides: Counter[tuple[str, str]] = field(default_factory=Counter)
    relaxed: dict[str, Matches] = field(default_factory=lambda: dict.fromkeys(MATCHES, Matches()))
    errors: Counter[str] = field(default_factory=Counter)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    scores: list[float] = field(default_factory=list)
    hits: list[bool] = field(default_factory=list)

    def add(self, one: Document, other: Document) -> None:
        gold, found = frozenset(one.entities or ()), frozenset(other.entities or ())
        self.documents += 1
        self.complete += gold == found
        for side, entities in (("gold", gold), ("found", found), ("right", gold & found)):
            self.sides.update((entity.label, side) for entity in entities)
        for name, matches in relaxed(gold, found).items():
            self.relaxed[name] += matches
        for error in errors(gold, found):
            self.errors[error.kind] += 1
            if error.kind == "wrong label" and error.gold is not None and error.found is not None:
                self.confusions[error.gold.label, error.found.label] += 1
        self.slices.add(one.text, gold, found)
        # in the order found, not in that of a set: sums of floats must not depend on the hash seed
        self._score(gold, dict.fromkeys(other.entities or ()))

    def _score(self, gold: frozenset[Entity], found: Iterable[Entity]) -> None:
        scored = [(entity.score, entity in gold) for entity in found if entity.score is not None]
        self.scores += [score for score, _ in scored]
        self.hits += [hit for _, hit in scored]

    def report(self) -> Report:
        names = sorted({label for label, _ in self.sides})
        labels = {name: Counts(*(self.sides[name, side] for side in ("gold", "found", "right"))) for name in names}
        ranked = sorted(self.confusions.items(), key=lambda item: (-item[1], item[0]))
        return Report(
            documents=self.documents,
            complete=self.complete,
            counts=sum(labels.values(), Counts()),
            labels=labels,
            unit=self.slices.unit,
            slices=self.slices.counts(),
            relaxed=self.relaxed,
            errors={kind: self.errors[kind] for kind in ERRORS},
            confusions=tuple((gold, found, count) for (gold, found), count in ranked),
            calibration=calibrate(self.scores, self.hits) if self.scores else None,
        )


def _counts(plain: Mapping[str, Any]) -> Counts:
    return Counts(plain["gold"], plain["found"], plain["right"])
