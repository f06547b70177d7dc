"""When a model had better not answer a question: the score below which F1 on the development part is lost."""

from collections.abc import Sequence
from dataclasses import replace

from globalpointer.evaluation.answers import AnswerReport, answer_marks, evaluate_answers
from globalpointer.predictor import Predictor
from globalpointer.tasks.settle import settle
from globalpointer.tasks.thresholds import Thresholds
from globalpointer.text.spans import Document
from globalpointer.training.answers import answering

ALWAYS = 0.0
"""The threshold of a model that answers every question."""


def best_abstention(
    predictor: Predictor, documents: Sequence[Document], *, batch_size: int = 32
) -> tuple[float, AnswerReport]:
    """The score from which on the best answer is given so that F1 on these documents is highest, and the report there.

    Every cut between two scores is looked at; of equal ones the lowest is taken, and 0 where every answer is worth
    giving, as where all questions have one.

    Source: evaluate-v2.0.py of SQuAD 2.0, its search for the best threshold.
    """
    always = Thresholds(named={"answer": ALWAYS})
    found = answering(predictor, documents, always, batch_size=batch_size)(always) or []
    silent = [replace(document, answers=()) for document in found]
    threshold = _cut(found, [_f1(documents, each) for each in (found, silent)])
    chosen = Thresholds(named={"answer": threshold})
    answers = [settle(document, chosen, predictor.overlap_policy) for document in found]
    return threshold, evaluate_answers(documents, answers)


def _f1(gold: Sequence[Document], found: Sequence[Document]) -> list[float]:
    return [marks.f1 for marks in answer_marks(gold, found)]


def _cut(found: Sequence[Document], f1: Sequence[Sequence[float]]) -> float:
    """The score of the first answer that is worth giving. `f1`: of each question where it is given and where not."""
    given, held = f1
    scores = [(document.answers[0].score or 0.0) if document.answers else 0.0 for document in found]
    best, gain, threshold = 0.0, 0.0, ALWAYS
    ranked = sorted(range(len(scores)), key=scores.__getitem__)
    for place, index in enumerate(ranked):
        gain += held[index] - given[index]
        following = scores[ranked[place + 1]] if place + 1 < len(ranked) else 1.0
        if gain > best + 1e-9 and following > scores[index]:
            best, threshold = gain, following
    return threshold
