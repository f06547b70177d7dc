"""The threshold that is told after training: where F1 is highest, and 0.5 where nothing is better."""

import pytest
from tests.models import TEXTS, small_predictor

from globalpointer.evaluation import evaluate
from globalpointer.tasks.thresholds import sigmoid
from globalpointer.text.spans import Document
from globalpointer.training.threshold import LOGITS, best_threshold

pytestmark = pytest.mark.filterwarnings("ignore::globalpointer.errors.LimitWarning")


def tried(predictor, gold):
    texts = [document.text for document in gold]
    slope = predictor.model.task.slopes["entity"]
    candidates = [0.5, *(sigmoid(slope * logit) for logit in LOGITS)]
    return {each: evaluate(gold, predictor.predict(texts, threshold=each)).f1 for each in candidates}


def test_no_threshold_that_is_tried_gives_a_better_f1():
    predictor = small_predictor(slope=0.5)
    for weight in predictor.model.extractor.heads.parameters():
        weight.data.mul_(3)  # the logits of an untrained model all lie near 0
    # Gold is what the model says above some logit, so the best threshold is known to be there
    gold = predictor.predict(TEXTS, threshold=sigmoid(0.5 * 1.0))
    best = best_threshold(predictor, "ner", gold)
    scores = tried(predictor, gold)
    assert scores[best] == max(scores.values()) > scores[0.5]


def test_it_is_a_half_where_nothing_is_better():
    predictor = small_predictor()
    assert best_threshold(predictor, "ner", predictor.predict(TEXTS)) == 0.5
    assert best_threshold(predictor, "ner", [Document(text, ()) for text in TEXTS]) == 0.5
