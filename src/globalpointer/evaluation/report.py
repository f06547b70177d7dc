"""Gold documents against found ones: every number that is reported about entities."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from globalpointer.evaluation.compare import exact
from globalpointer.evaluation.counts import Counts, Matches
from globalpointer.evaluation.ledger import Ledger
from globalpointer.evaluation.match import ERRORS, MATCHES, errors, relaxed
from globalpointer.evaluation.outcome import Outcome
from globalpointer.evaluation.pairs import ANNOTATION, pairs
from globalpointer.evaluation.slices import Tally
from globalpointer.text.spans import Document, Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Outcome):
    """The scores of found entities: an entity is right if its label, start and end are.

    `relaxed`: the counts under the more lenient comparisons of `MATCHES`.
    """

    task: ClassVar[str] = "ner"

    relaxed: Mapping[str, Matches]

    @property
    def measure(self) -> str:
        """Exact matches of label, start and end need no further name."""
        return "F1"

    def _own(self) -> dict[str, Any]:
        return {"relaxed": {name: matches.to_dict() for name, matches in self.relaxed.items()}}

    @classmethod
    def _read(cls, plain: Mapping[str, Any]) -> dict[str, Any]:
        keys = ("COR", "INC", "PAR", "MIS", "SPU")
        return {"relaxed": {name: Matches(*(each[key] for key in keys)) for name, each in plain["relaxed"].items()}}


def evaluate(
    gold: Sequence[Document], found: Sequence[Document], *, unit: str = "character", seen: Collection[str] | None = None
) -> Report:
    """Compare found documents with gold ones, pair by pair in order.

    An entity is (label, start, end); one that a document lists twice counts once. `unit`: "character", or "word" for
    languages with spaces. `seen`: the surface strings of the entities in the training set (`mentions`). DataError where
    the two lists do not fit, or a document has no annotation.
    """
    slices = Tally(unit, seen)
    totals = dict.fromkeys(MATCHES, Matches())
    ledger: Ledger[Entity] = Ledger(lambda each: each.label, lambda each: each.label, ERRORS)
    for one, other in pairs(gold, found, *ANNOTATION["ner"]):
        golds, founds = frozenset(one.entities or ()), frozenset(other.entities or ())
        ledger.add(golds, founds, errors(golds, founds), complete=golds == founds)
        ledger.score(golds, {entity: entity.score for entity in dict.fromkeys(other.entities or ())})
        totals = {name: totals[name] + matches for name, matches in relaxed(golds, founds).items()}
        slices.add(one.text, golds, founds)
    return Report(**ledger.outcome(), unit=unit, slices=slices.counts(), relaxed=totals)


def entity_counts(gold: Sequence[Document], found: Sequence[Document]) -> list[Counts]:
    """The counts behind `Report.f1`, document by document."""
    return [
        exact(frozenset(one.entities or ()), frozenset(other.entities or ()))
        for one, other in pairs(gold, found, *ANNOTATION["ner"])
    ]


def mentions(documents: Sequence[Document]) -> frozenset[str]:
    """The surfaces of all entities, event arguments and answers: what `evaluate(seen=...)` wants of a training set."""
    return frozenset(
        document.text[span.start : span.end]
        for document in documents
        for span in (
            *(entity.span for entity in document.entities or ()),
            *(each.span for event in document.events or () for each in event.arguments),
            *(answer.span for answer in document.answers or ()),
        )
    )
