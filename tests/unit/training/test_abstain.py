"""When a question is better not answered: the cut that a search over all thresholds would find."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globalpointer.evaluation import evaluate_answers
from globalpointer.tasks.mrc import MrcTask
from globalpointer.text.spans import Answer, Document, Span
from globalpointer.training import abstain
from globalpointer.training.abstain import best_abstention

TEXT = "Ann met Bob"
ANN, BOB = Answer(Span(0, 3), "Ann"), Answer(Span(8, 11), "Bob")


def question(*answers):
    return Document(TEXT, question="Who?", answers=answers)


def answering(scores):
    """A model that says Ann to every question, with these scores."""
    found = [question(Answer(ANN.span, "Ann", score)) for score in scores]
    return lambda *_, **__: lambda thresholds: found


def best(monkeypatch, gold, scores):
    monkeypatch.setattr(abstain, "answering", answering(scores))
    predictor = SimpleNamespace(model=SimpleNamespace(task=MrcTask()), overlap_policy="allow")
    return best_abstention(predictor, gold)


def test_where_every_question_has_an_answer_all_are_answered(monkeypatch):
    threshold, report = best(monkeypatch, [question(ANN), question(BOB)], [0.9, 0.01])
    assert threshold == 0.0
    assert (report.f1, report.counts.answered) == (0.5, 2)


def test_what_the_text_does_not_say_is_left_unanswered(monkeypatch):
    gold, scores = [question(ANN), question(), question(), question(ANN)], [0.9, 0.2, 0.4, 0.6]
    threshold, report = best(monkeypatch, gold, scores)
    assert threshold == 0.6
    assert report.f1 == 1.0


@given(st.lists(st.tuples(st.sampled_from(((ANN,), (BOB,), ())), st.sampled_from((0.1, 0.3, 0.5, 0.9))), min_size=1))
def test_no_other_threshold_is_better(drawn):
    gold, scores = [question(*answers) for answers, _ in drawn], [score for _, score in drawn]
    with pytest.MonkeyPatch.context() as monkeypatch:
        threshold, report = best(monkeypatch, gold, scores)
    for other in (0.0, *scores, 1.0):
        found = [question(*([ANN] if score >= other else [])) for score in scores]
        assert report.f1 >= evaluate_answers(gold, found).f1 - 1e-9
    assert threshold in (0.0, *scores, 1.0)
