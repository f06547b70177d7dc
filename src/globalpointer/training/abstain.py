"""When a model had better not answer a question: how answerable it must be so that F1 on dev is highest."""

from collections.abc import Sequence
from dataclasses import replace

from globalpointer.evaluation.answers import AnswerReport, answer_marks, evaluate_answers
from globalpointer.predictor import Predictor
from globalpointer.tasks.settle import settle
from globalpointer.tasks.thresholds import Thresholds
from globalpointer.text.spans import Document

ALWAYS = 0.0
"""The threshold of a model that answers every question."""


def best_abstention(
    predictor: Predictor, documents: Sequence[Document], *, batch_size: int = 32
) -> tuple[float, AnswerReport]:
    """The threshold on `Document.answerable` at which F1 on these documents is highest, and the report there.

    Every cut between two of them is looked at, and lies in the middle; of equal ones the lowest is taken, and 0 where
    every answer is worth giving, as where all questions have one.

    Source: evaluate-v2.0.py of SQuAD 2.0, its search for the best threshold.
    """
    found = predictor.predict(documents, batch_size=batch_size, threshold=ALWAYS)
    silent = [replace(document, answers=()) for document in found]
    threshold = _cut([each.answerable or 0.0 for each in found], *(_f1(documents, each) for each in (found, silent)))
    chosen = Thresholds(named={"answer": threshold})
    answers = [settle(document, chosen, predictor.overlap_policy) for document in found]
    return threshold, evaluate_answers(documents, answers)


def _f1(gold: Sequence[Document], found: Sequence[Document]) -> list[float]:
    return [marks.f1 for marks in answer_marks(gold, found)]


def _cut(answerable: Sequence[float], given: Sequence[float], held: Sequence[float]) -> float:
    """The threshold. `given`, `held`: the F1 of each question where its answer is given, and where it is not."""
    best, gain, threshold = 0.0, 0.0, ALWAYS
    ranked = sorted(range(len(answerable)), key=answerable.__getitem__)
    for place, index in enumerate(ranked):
        gain += held[index] - given[index]
        following = answerable[ranked[place + 1]] if place + 1 < len(ranked) else 1.0
        middle = (answerable[index] + following) / 2
        # Of neighbouring numbers the middle is one of the two, and not always the upper; 1 is no threshold
        cut = middle if middle > answerable[index] else following
        if gain > best + 1e-9 and answerable[index] < cut < 1:
            best, threshold = gain, cut
    return threshold
