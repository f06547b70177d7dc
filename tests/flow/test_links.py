"""Relations and events through the real commands: train was the fixture's, then evaluate, predict, and load again."""

import json
from pathlib import Path

import pytest

from globalpointer import Predictor
from globalpointer.data.readers import read
from globalpointer.evaluation import EVALUATIONS

KINDS = ("relation", "event")
FIELDS = {"relation": "relations", "event": "events"}
LEAST = {"relation": 0.3, "event": 0.5}
"""What so short a training must reach on the sample corpus, as F1; much more is the demo's affair."""


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def model(request, kind) -> Path:
    return request.getfixturevalue(f"{kind}_model")


@pytest.fixture
def data(model) -> Path:
    return model.parent / "data"


def test_evaluate_says_what_the_report_says(cli, model, data, kind, tmp_path):
    out, page = tmp_path / "scores.json", tmp_path / "page.html"
    assert cli("evaluate", model, data / "test.jsonl", "--json", out, "--html", page).code == 0
    scores, report = json.loads(out.read_text()), json.loads((model / "report.json").read_text())
    assert scores["task"] == kind
    assert scores["f1"] == pytest.approx(report["dev"]["f1"])
    assert scores["f1"] > LEAST[kind]
    assert scores["threshold"] == report["threshold"]
    assert "<svg" in page.read_text(encoding="utf-8")


def test_prediction_reads_back_and_scores_the_same(cli, model, data, kind, tmp_path):
    found = tmp_path / "found.jsonl"
    assert cli("predict", model, data / "test.jsonl", "--output", found, "--html", tmp_path / "drawn.html").code == 0
    answers, gold = list(read(found, "jsonl")), list(read(data / "test.jsonl", "jsonl"))
    report = EVALUATIONS[kind](gold, answers)
    assert report.f1 == pytest.approx(json.loads((model / "report.json").read_text())["dev"]["f1"])
    assert any(getattr(answer, FIELDS[kind]) for answer in answers)


def test_a_higher_threshold_finds_less_and_every_score_is_above_it(model, data, kind):
    predictor = Predictor.from_pretrained(model)
    texts = [document.text for document in read(data / "test.jsonl", "jsonl")]
    counts = []
    for threshold in (predictor.threshold, 0.9):
        found = [
            each for answer in predictor.predict(texts, threshold=threshold) for each in getattr(answer, FIELDS[kind])
        ]
        assert all(each.score >= threshold for each in found)
        counts.append(len(found))
    assert 0 < counts[1] < counts[0]
    assert predictor.predict(texts[:5], threshold={kind: predictor.threshold}) == predictor.predict(texts[:5])


def test_a_model_saved_again_answers_the_same(model, data, kind, tmp_path):
    predictor = Predictor.from_pretrained(model)
    predictor.save_pretrained(tmp_path / "copy")
    texts = [document.text for document in read(data / "test.jsonl", "jsonl")][:20]
    again = Predictor.from_pretrained(tmp_path / "copy")
    assert again.predict(texts) == predictor.predict(texts)
    assert (again.threshold, again.schema) == (predictor.threshold, predictor.schema)


def test_the_batch_does_not_matter(model, data, kind):
    predictor = Predictor.from_pretrained(model)
    texts = [document.text for document in read(data / "test.jsonl", "jsonl")][:12]
    assert predictor.predict(texts, batch_size=5) == [predictor.predict(text) for text in texts]
