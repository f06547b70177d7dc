"""The threshold at which F1 on the development part is highest."""

import warnings
from collections.abc import Iterator, Sequence

from globalpointer.errors import LimitWarning
from globalpointer.evaluation import EVALUATIONS
from globalpointer.grid import ScoredCells
from globalpointer.nn.token_pair import TokenPairModel
from globalpointer.predictor import Predictor
from globalpointer.tasks.settle import settle
from globalpointer.tasks.thresholds import UNDECIDED, Limits, Thresholds, sigmoid
from globalpointer.text.spans import Document

LOGITS = tuple(step / 2 for step in range(-8, 5))
"""What is tried, as logits of what the task is about."""

_KINDS = {"ner": "entity", "relation": "relation", "event": "event"}


def best_threshold(predictor: Predictor, kind: str, documents: Sequence[Document], *, batch_size: int = 32) -> float:
    """The threshold for all kinds of annotation at which the headline F1 on these documents is highest.

    0.5 where nothing is better. With little training data it lies far below: the terms of a relation must all reach it.
    """
    slope = predictor.model.task.slopes.get(_KINDS[kind], 1.0)
    tried = [UNDECIDED, *(sigmoid(slope * logit) for logit in LOGITS)]
    # A pair's score does not depend on the threshold; what other systems look at does
    answers = _decoded_anew if isinstance(predictor.model.extractor, TokenPairModel) else _predicted_anew
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimitWarning)
        found = answers(predictor, [document.text for document in documents], tried, batch_size)
        scores = {each: EVALUATIONS[kind](documents, answer).f1 for each, answer in zip(tried, found, strict=True)}
    return max(scores, key=scores.__getitem__)


def _predicted_anew(
    predictor: Predictor, texts: Sequence[str], tried: Sequence[float], batch_size: int
) -> Iterator[list[Document]]:
    for threshold in tried:
        yield predictor.predict(texts, batch_size=batch_size, threshold=threshold)


def _decoded_anew(
    predictor: Predictor, texts: Sequence[str], tried: Sequence[float], batch_size: int
) -> Iterator[list[Document]]:
    """The texts read once, and decoded for each threshold: with a link fewer, an event may come apart."""
    task, policy = predictor.model.task, predictor.overlap_policy
    found = predictor.find(texts, batch_size=batch_size, threshold=predictor.limits(Thresholds(min(tried))))
    for threshold in tried:
        thresholds = Thresholds(threshold)
        limits = task.limits(thresholds)
        decoded = (
            task.decode(_above(each.cells, limits), text, each.encoded.tokens)
            for text, each in zip(texts, found, strict=True)
        )
        yield [settle(each, thresholds, policy) for each in decoded]


def _above(cells: ScoredCells, limits: Limits) -> ScoredCells:
    return {
        name: {cell: logit for cell, logit in found.items() if logit > limits[name][cell.type]}
        for name, found in cells.items()
    }
