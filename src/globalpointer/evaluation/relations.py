"""Gold documents against found ones: every number that is reported about relations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from globalpointer.evaluation.compare import exact
from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.ledger import Ledger
from globalpointer.evaluation.outcome import Outcome
from globalpointer.evaluation.pairs import ANNOTATION, pairs
from globalpointer.evaluation.report import Report, evaluate
from globalpointer.evaluation.triple_slices import TripleSlices
from globalpointer.evaluation.triples import ERRORS, STRING_ERRORS, boundaries, errors, relations, strings, triple
from globalpointer.text.spans import Document, Relation, Triple


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationReport(Outcome):
    """The scores of found relations.

    `match` is what the headline, the labels, the slices and the errors go by, and `matches` has the counts under every
    comparison there is. "strict": label, both spans, and the labels of both entities. "boundaries": label and both
    spans. "offset-free": label and both surfaces, case folded and white space collapsed, each triple of a document
    once. Where the data has no offsets, offset-free is the only one: the positions of gold are but a guess.

    `entities`: the scores of the entities of the same documents; None where their positions are a guess, or where not
    every document has them annotated.
    """

    task: ClassVar[str] = "relation"

    match: str
    matches: Mapping[str, Counts]
    entities: Report | None = None

    @property
    def measure(self) -> str:
        """It depends on the data, so the name says which it is."""
        return f"{self.match} F1"

    def _own(self) -> dict[str, Any]:
        return {
            "match": self.match,
            "matches": {name: counts.to_dict() for name, counts in self.matches.items()},
            "entities": None if self.entities is None else self.entities.to_dict(),
        }

    @classmethod
    def _read(cls, plain: Mapping[str, Any]) -> dict[str, Any]:
        entities = plain["entities"]
        return {
            "match": plain["match"],
            "matches": {name: Counts.from_dict(each) for name, each in plain["matches"].items()},
            "entities": None if entities is None else Report.from_dict(entities),
        }


def evaluate_relations(
    gold: Sequence[Document], found: Sequence[Document], *, unit: str = "character", seen: Collection[str] | None = None
) -> RelationReport:
    """Compare found documents with gold ones, pair by pair in order.

    Offset-free as soon as one gold document has triples, else strict (see `RelationReport`). `unit`: "character", or
    "word" for languages with spaces. `seen`: the surfaces of the entities in the training set (`mentions`). DataError
    where the two lists do not fit, or a document has neither relations nor triples.
    """
    both = pairs(gold, found, *ANNOTATION["relation"])
    if _without_offsets(gold):
        return _by_strings(both, unit, seen)
    annotated = all(document.entities is not None for pair in both for document in pair)
    return _by_spans(both, unit, seen, evaluate(gold, found, unit=unit, seen=seen) if annotated else None)


def relation_counts(gold: Sequence[Document], found: Sequence[Document]) -> list[Counts]:
    """The counts behind `RelationReport.f1`, document by document."""
    both = pairs(gold, found, *ANNOTATION["relation"])
    if _without_offsets(gold):
        return [exact(strings(one), strings(other)) for one, other in both]
    return [exact(relations(one), relations(other)) for one, other in both]


def _without_offsets(gold: Sequence[Document]) -> bool:
    return any(document.triples is not None for document in gold)


def _by_spans(
    both: Sequence[tuple[Document, Document]], unit: str, seen: Collection[str] | None, entities: Report | None
) -> RelationReport:
    slices = TripleSlices(unit, seen, by_spans=True)
    ledger: Ledger[Relation] = Ledger(lambda each: each.label, lambda each: each.label, ERRORS)
    matches = dict.fromkeys(("strict", "boundaries", "offset-free"), Counts())
    for one, other in both:
        golds, founds = relations(one), relations(other)
        ledger.add(golds, founds, errors(golds, founds, unit), complete=golds == founds)
        ledger.score(golds, {each: each.score for each in dict.fromkeys(other.relations or ())})
        slices.add(one, golds, founds)
        matches["strict"] += exact(golds, founds)
        matches["boundaries"] += boundaries(golds, founds)
        matches["offset-free"] += exact(strings(one), strings(other))
    return RelationReport(
        **ledger.outcome(),
        unit=unit,
        slices=slices.totals.slices(),
        match="strict",
        matches=matches,
        entities=entities,
    )


def _by_strings(both: Sequence[tuple[Document, Document]], unit: str, seen: Collection[str] | None) -> RelationReport:
    slices = TripleSlices(unit, seen, by_spans=False)
    ledger: Ledger[Triple] = Ledger(lambda each: each.label, lambda each: each.label, STRING_ERRORS)
    for one, other in both:
        golds, founds = strings(one), strings(other)
        ledger.add(golds, founds, errors(golds, founds, unit), complete=golds == founds)
        ledger.score(golds, _best_scores(other))
        slices.add(one, golds, founds)
    made = ledger.outcome()
    matches = {"offset-free": made["counts"]}
    return RelationReport(**made, unit=unit, slices=slices.totals.slices(), match="offset-free", matches=matches)


def _best_scores(document: Document) -> dict[Triple, float]:
    """The score of each triple: the best one of the places where it was found."""
    best: dict[Triple, float] = {}
    for relation in document.relations or ():
        if relation.score is not None:
            key = triple(document.text, relation)
            best[key] = max(relation.score, best.get(key, 0.0))
    return best
