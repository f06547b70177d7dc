"""The threshold at which F1 on the development part is highest."""

import warnings
from collections.abc import Callable, Sequence

from globalpointer.errors import LimitWarning
from globalpointer.evaluation import EVALUATIONS
from globalpointer.evaluation.outcome import Outcome
from globalpointer.grid import ScoredCells
from globalpointer.nn.token_pair import TokenPairModel
from globalpointer.predictor import Predictor
from globalpointer.tasks.settle import settle
from globalpointer.tasks.thresholds import UNDECIDED, Limits, Thresholds, sigmoid
from globalpointer.text.spans import Document

LOGITS = (0.0, -1.0, -2.0, -3.0, 1.0)
"""What is tried first, as logits of what the task is about; then half a step to both sides of the best."""

LEAST = 0.01
"""No model answers from a lower score on, however steep its scores are."""

MANY = 1.0
"""Cells a token and grid, on average: where there are more, as in an untrained model, no answer is worth decoding."""

Answer = Callable[[float], list[Document] | None]
"""The documents that are found at a threshold; None: too many to look at."""


def best_threshold(
    predictor: Predictor, kind: str, documents: Sequence[Document], *, batch_size: int = 32
) -> tuple[float, Outcome]:
    """The threshold at which the headline F1 on these documents is highest, and the report there.

    0.5 where nothing is better. With little training data it lies far below: the terms of a relation must all reach it.
    """
    slope = predictor.model.task.slopes.get(predictor.kind, 1.0)
    # A pair's score does not depend on the threshold; what other systems look at does
    prepare = _decoding if isinstance(predictor.model.extractor, TokenPairModel) else _predicting
    reports: dict[float, Outcome] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimitWarning)
        lowest = max(LEAST, sigmoid(slope * (min(LOGITS) - 0.5)))
        answer = prepare(predictor, [document.text for document in documents], lowest, batch_size)

        def best_of(logits: Sequence[float]) -> float:
            for logit in logits:
                probability = sigmoid(slope * logit) if logit else UNDECIDED
                found = answer(probability) if LEAST <= probability < 1 else None
                if found is not None or not logit:
                    empty = [Document(each.text, (), relations=(), events=()) for each in documents]
                    reports[logit] = EVALUATIONS[kind](documents, empty if found is None else found)
            return max(reports, key=lambda each: (reports[each].f1, each == 0))

        first = best_of(LOGITS)
        best = best_of((first - 0.5, first + 0.5))
    return (sigmoid(slope * best) if best else UNDECIDED), reports[best]


def _predicting(predictor: Predictor, texts: Sequence[str], _lowest: float, batch_size: int) -> Answer:
    """Each threshold anew."""
    return lambda threshold: list(
        predictor.predict(texts, batch_size=batch_size, threshold={predictor.kind: threshold})
    )


def _decoding(predictor: Predictor, texts: Sequence[str], lowest: float, batch_size: int) -> Answer:
    """The texts read once, and decoded for each threshold: with a link fewer, an event may come apart."""
    task, policy = predictor.model.task, predictor.overlap_policy
    found = predictor.find(
        texts, batch_size=batch_size, threshold=predictor.limits(Thresholds(named={predictor.kind: lowest}))
    )
    most = MANY * len(task.grids) * sum(len(each.encoded.tokens) for each in found)

    def answer(threshold: float) -> list[Document] | None:
        thresholds = Thresholds(named={predictor.kind: threshold})
        limits = task.limits(thresholds)
        cells = [_above(each.cells, limits) for each in found]
        if sum(len(grid) for each in cells for grid in each.values()) > most:
            return None
        decoded = (
            task.decode(each, text, read.encoded.tokens) for text, each, read in zip(texts, cells, found, strict=True)
        )
        return [settle(each, thresholds, policy) for each in decoded]

    return answer


def _above(cells: ScoredCells, limits: Limits) -> ScoredCells:
    return {
        name: {cell: logit for cell, logit in found.items() if logit > limits[name][cell.type]}
        for name, found in cells.items()
    }
