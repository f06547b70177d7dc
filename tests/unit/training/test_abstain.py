"""When a question is better not answered: the cut that a search over all thresholds would find."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globalpointer.evaluation import evaluate_answers
from globalpointer.text.spans import Answer, Document, Span
from globalpointer.training.abstain import best_abstention

TEXT = "Ann met Bob"
ANN, BOB = Answer(Span(0, 3), "Ann"), Answer(Span(8, 11), "Bob")


def question(*answers, answerable=None):
    return Document(TEXT, question="Who?", answers=answers, answerable=answerable)


def best(gold, answerable):
    """Of a model that says Ann to every question, and that Bob is the runner-up."""

    def predict(documents, *, threshold, batch_size):
        assert (documents, threshold) == (gold, 0)
        return [question(ANN, BOB, answerable=each) for each in answerable]

    return best_abstention(SimpleNamespace(predict=predict, overlap_policy="allow"), gold)


def test_where_every_question_has_an_answer_all_are_answered():
    threshold, report = best([question(ANN), question(BOB)], [0.9, 0.01])
    assert threshold == 0.0
    assert (report.f1, report.counts.answered) == (0.5, 2)
    assert report.matches["best of 5"].f1 == 1.0


def test_what_the_text_does_not_say_is_left_unanswered_and_the_cut_lies_in_the_middle():
    gold = [question(ANN), question(), question(), question(ANN)]
    threshold, report = best(gold, [0.9, 0.2, 0.4, 0.6])
    assert threshold == pytest.approx(0.5)
    assert report.f1 == 1.0


def test_a_runner_up_stays_where_there_is_an_answer():
    _, report = best([question(BOB), question()], [0.9, 0.2])
    assert (report.f1, report.matches["best of 5"].f1) == (0.5, 1.0)


SCORES = (0.1, 0.3, 0.5, 0.9, *(1 - step * 2**-53 for step in (3, 2, 1)))
"""The last are neighbours: no number lies between two of them, nor between the last and 1."""


@given(st.lists(st.tuples(st.sampled_from(((ANN,), (BOB,), ())), st.sampled_from(SCORES)), min_size=1))
def test_no_other_threshold_is_better(drawn):
    gold, answerable = [question(*answers) for answers, _ in drawn], [each for _, each in drawn]
    threshold, report = best(gold, answerable)
    for other in (0.0, *answerable, *([] if SCORES[-1] in answerable else [1.0])):
        found = [question(*([ANN] if each >= other else [])) for each in answerable]
        assert report.f1 >= evaluate_answers(gold, found).f1 - 1e-9
    assert 0 <= threshold < 1
    given = [question(*([ANN, BOB] if each >= threshold else [])) for each in answerable]
    assert report == evaluate_answers(gold, given)
