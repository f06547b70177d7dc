"""The threshold at which F1 on the development part is highest."""

from collections.abc import Sequence

from globalpointer.evaluation import EVALUATIONS
from globalpointer.evaluation.outcome import Outcome
from globalpointer.predictor import Predictor
from globalpointer.tasks.thresholds import UNDECIDED, Thresholds, sigmoid
from globalpointer.text.spans import Document
from globalpointer.training.abstain import best_abstention
from globalpointer.training.decoding import decoder, many_cells

LOGITS = (0.0, -1.0, -2.0, -3.0, 1.0)
"""What is tried first, as logits of what the task is about; then half a step to both sides of the best."""

LEAST = 0.01
"""No model answers from a lower score on, however steep its scores are."""


def best_threshold(
    predictor: Predictor, kind: str, documents: Sequence[Document], *, batch_size: int = 32
) -> tuple[float, Outcome]:
    """The threshold at which the headline F1 on these documents is highest, and the report there.

    For answers as `best_abstention` has it; else of equal ones the nearest to 0.5. With little training data it lies
    far below: the terms of a relation must all reach it.
    """
    if predictor.model.task.asks:
        return best_abstention(predictor, documents, batch_size=batch_size)
    slope = predictor.model.task.slopes.get(predictor.kind, 1.0)
    nothing = [Document(document.text, (), relations=(), events=()) for document in documents]
    reports: dict[float, Outcome] = {}
    with many_cells():
        lowest = max(LEAST, sigmoid(slope * (min(LOGITS) - 0.5)))
        decode = decoder(predictor, documents, Thresholds(named={predictor.kind: lowest}), batch_size=batch_size)

        def best_of(logits: Sequence[float]) -> float:
            for logit in logits:
                probability = sigmoid(slope * logit) if logit else UNDECIDED
                possible = LEAST <= probability < 1
                found = decode(Thresholds(named={predictor.kind: probability})) if possible else None
                if found is not None or not logit:
                    reports[logit] = EVALUATIONS[kind](documents, nothing if found is None else found)
            return max(reports, key=lambda each: (reports[each].f1, -abs(each)))

        first = best_of(LOGITS)
        best = best_of((first - 0.5, first + 0.5))
    return (sigmoid(slope * best) if best else UNDECIDED), reports[best]
