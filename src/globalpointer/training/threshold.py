"""The threshold that would have been best on the development part: told, never applied unasked."""

import warnings
from collections.abc import Sequence

from globalpointer.errors import LimitWarning
from globalpointer.evaluation import EVALUATIONS
from globalpointer.grid import ScoredCells
from globalpointer.predictor import Predictor
from globalpointer.tasks.settle import settle
from globalpointer.tasks.thresholds import UNDECIDED, Limits, Thresholds, sigmoid
from globalpointer.text.spans import Document

LOGITS = tuple(step / 2 for step in range(-8, 5))
"""What is tried, as logits of what the task is about."""

_KINDS = {"ner": "entity", "relation": "relation", "event": "event"}


def best_threshold(predictor: Predictor, kind: str, documents: Sequence[Document], *, batch_size: int = 32) -> float:
    """The threshold for all kinds of annotation at which the headline F1 on these documents is highest.

    The model reads the texts once; each threshold decodes what it found anew, for a link fewer can part an event in
    two. 0.5 where nothing is better. With little training data it lies far below: four terms must all be above it.
    """
    task, policy = predictor.model.task, predictor.overlap_policy
    slope = task.slopes.get(_KINDS[kind], 1.0)
    tried = [UNDECIDED, *(sigmoid(slope * logit) for logit in LOGITS)]
    lowest = predictor.limits(Thresholds(min(tried)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimitWarning)
        found = predictor.find([document.text for document in documents], batch_size=batch_size, threshold=lowest)
        scores: dict[float, float] = {}
        for probability in tried:
            thresholds = Thresholds(probability)
            limits = task.limits(thresholds)
            decoded = [
                task.decode(_above(each.cells, limits), document.text, each.encoded.tokens)
                for document, each in zip(documents, found, strict=True)
            ]
            answers = [settle(each, thresholds, policy) for each in decoded]
            scores[probability] = EVALUATIONS[kind](documents, answers).f1
    return max(scores, key=scores.__getitem__)


def _above(cells: ScoredCells, limits: Limits) -> ScoredCells:
    return {
        name: {cell: logit for cell, logit in found.items() if logit > limits[name][cell.type]}
        for name, found in cells.items()
    }
