"""The threshold that is told after training: where F1 is highest, and 0.5 where nothing is better."""

import pytest
from tests.models import TEXTS, small_predictor

from globalpointer.evaluation import evaluate
from globalpointer.tasks.thresholds import sigmoid
from globalpointer.text.spans import Document
from globalpointer.training.threshold import LEAST, LOGITS, best_threshold

pytestmark = pytest.mark.filterwarnings("ignore::globalpointer.errors.LimitWarning")


@pytest.fixture(autouse=True)
def _untrained_answers_are_worth_decoding(monkeypatch):
    monkeypatch.setattr("globalpointer.training.decoding.MANY", 100.0)


def steep():
    """An untrained model whose logits lie far from 0, and gold that is what it says above logit 1."""
    predictor = small_predictor(slope=0.5)
    for weight in predictor.model.extractor.heads.parameters():
        weight.data.mul_(3)
    return predictor, predictor.predict(TEXTS, threshold=sigmoid(0.5 * 1.0))


def test_no_threshold_that_is_tried_gives_a_better_f1():
    predictor, gold = steep()
    best, report = best_threshold(predictor, "ner", gold)
    texts = [document.text for document in gold]
    scores = {logit: evaluate(gold, predictor.predict(texts, threshold=sigmoid(0.5 * logit))).f1 for logit in LOGITS}
    assert report.f1 >= max(scores.values()) > scores[0.0]
    assert report.f1 == evaluate(gold, predictor.predict(texts, threshold=best)).f1


def test_it_is_a_half_where_nothing_is_better():
    predictor = small_predictor()
    assert best_threshold(predictor, "ner", predictor.predict(TEXTS))[0] == 0.5
    assert best_threshold(predictor, "ner", [Document(text, ()) for text in TEXTS])[0] == 0.5


def test_no_score_is_too_steep_and_no_threshold_next_to_nothing():
    predictor, gold = steep()
    predictor.model.config.slopes = {"entity": 20.0}  # sigmoid(20 * 2) is 1
    assert LEAST <= best_threshold(predictor, "ner", gold)[0] < 1


def test_where_there_is_too_much_to_look_at_nothing_is_decoded(monkeypatch):
    predictor, gold = steep()
    monkeypatch.setattr("globalpointer.training.decoding.MANY", 0.0)
    best, report = best_threshold(predictor, "ner", gold)
    assert (best, report.f1) == (0.5, 0.0)
