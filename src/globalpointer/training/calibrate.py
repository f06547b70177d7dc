"""From logits to probabilities: the slopes `a` of sigmoid(a * logit), fitted on the development part."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from globalpointer.evaluation.calibration import fit_slope
from globalpointer.predictor import Predictor
from globalpointer.tasks.thresholds import UNDECIDED, Thresholds, logit, sigmoid
from globalpointer.text.spans import Document, Triple
from globalpointer.training.decoding import decoder, many_cells

DOUBTFUL = sigmoid(-4.0)
"""What is above this score at slope 1 takes part in the fit: what was found and, if it is not too much, nearly was."""


def calibrate(predictor: Predictor, documents: Sequence[Document], *, batch_size: int = 32) -> None:
    """Fit a slope for each kind of annotation on what the model finds or nearly finds, and set it in its configuration.

    A kind of which nothing, or all, is right keeps slope 1, and so does a model that finds too much to look at. Answers
    keep theirs, too: they share one probability, which single slopes would tear apart.
    """
    predictor.model.config.slopes = {}
    if predictor.model.task.asks:
        return
    with many_cells():
        # So far below the decision there may be any number of cells, and the best ones are enough.
        doubtful, decided = (
            Thresholds(named=dict.fromkeys(predictor.model.task.kinds, each)) for each in (DOUBTFUL, UNDECIDED)
        )
        decode = decoder(predictor, documents, doubtful, policy="allow", batch_size=batch_size)
        found = decode(doubtful) or decode(decided) or []
    logits: dict[str, list[float]] = defaultdict(list)
    right: dict[str, list[bool]] = defaultdict(list)
    for gold, each in zip(documents, found, strict=bool(found)):
        for kind, score, hit in _judged(gold, each):
            logits[kind].append(logit(score))
            right[kind].append(hit)
    predictor.model.config.slopes = {
        kind: fit_slope(logits[kind], hits) for kind, hits in right.items() if any(hits) and not all(hits)
    }


def _judged(gold: Document, found: Document) -> Iterator[tuple[str, float, bool]]:
    """Each found annotation as its kind, its score, and whether it is right."""
    entities, events = set(gold.entities or ()), set(gold.events or ())
    relations, triples = set(gold.relations or ()), set(gold.triples or ())
    for entity in found.entities or ():
        if gold.entities is not None:
            yield "entity", entity.score or 0.0, entity in entities
    for relation in found.relations or ():
        triple = Triple(relation.subject.text, relation.label, relation.object.text)
        yield "relation", relation.score or 0.0, relation in relations or triple in triples
    for event in found.events or ():
        yield "event", event.score or 0.0, event in events
