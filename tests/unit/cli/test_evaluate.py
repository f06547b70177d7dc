"""`globalpointer evaluate`: numbers as JSON, tables for people, errors drawn, two models compared."""

import json
import sys
from dataclasses import replace

import pytest

from globalpointer.config import Recipe
from globalpointer.text.spans import Answer, Span


def test_json_has_the_scores_at_the_top_level(cli, predictor, gold, tmp_path):
    result = cli("evaluate", "m", gold, "--json", tmp_path / "out.json")
    assert result.code == 0, result.err
    numbers = json.loads((tmp_path / "out.json").read_text())
    assert (numbers["precision"], numbers["recall"], numbers["f1"]) == (1.0, 0.5, pytest.approx(2 / 3))
    assert numbers["files"] == [str(gold)]
    assert "66.67" in result.out
    assert predictor.asked == {"threshold": None, "overlap_policy": None, "batch_size": 32}
    assert (numbers["threshold"], numbers["overlap_policy"]) == (0.5, "nested")


def test_json_on_stdout_stands_alone(cli, predictor, gold):
    result = cli("evaluate", "m", gold, "--json", "-", "--against", "n")
    assert json.loads(result.out)["against"]["difference"] == 0
    assert "66.67" in result.err


def test_options_reach_the_predictor(cli, predictor, gold):
    options = ("--threshold", "PER=0.7", "--overlap-policy", "flat", "--batch-size", "3")
    assert cli("evaluate", "m", gold, *options).code == 0
    assert predictor.asked == {"threshold": {"PER": 0.7}, "overlap_policy": "flat", "batch_size": 3}


def test_each_of_two_models_answers_by_its_own_policy(cli, predictor, gold, monkeypatch, tmp_path):
    policies = {"m": "nested", "n": "flat"}
    monkeypatch.setattr(predictor, "from_pretrained", classmethod(lambda cls, name: replaced(cls(), policies[name])))

    def replaced(made, policy):
        made.overlap_policy = policy
        return made

    assert cli("evaluate", "m", gold, "--json", tmp_path / "out.json", "--against", "n").code == 0
    numbers = json.loads((tmp_path / "out.json").read_text())
    assert (numbers["overlap_policy"], numbers["against"]["overlap_policy"]) == ("nested", "flat")
    assert predictor.asked["overlap_policy"] is None


def test_overlapping_gold_is_told_where_the_policy_finds_none(cli, predictor, tmp_path):
    entities = [{"start": 0, "end": 3, "label": "PER"}, {"start": 0, "end": 8, "label": "PER"}]
    (tmp_path / "nested.jsonl").write_text(json.dumps({"text": "Ann Berg", "entities": entities}) + "\n")
    told = "2 of 2 entities of these files overlap another, and of found entities none do"
    assert told in cli("evaluate", "m", tmp_path / "nested.jsonl", "--overlap-policy", "flat").err
    assert told not in cli("evaluate", "m", tmp_path / "nested.jsonl").err


@pytest.mark.parametrize("words", [("evaluate", "m", "--html"), ("evaluate", "m", "--json"), ("check", "--json")])
def test_the_file_that_is_read_is_not_written_over(cli, predictor, gold, words):
    *command, option = words
    before = gold.read_bytes()
    result = cli(*command, gold, option, gold)
    assert result.code == 1
    assert "this is the file that is read" in result.err
    assert gold.read_bytes() == before


@pytest.fixture
def tasks(predictor, monkeypatch):
    """The task of each model by its name, "ner" where it is not named; no prediction is allowed."""
    tasks = {}

    class Tasked(predictor):
        def __init__(self, name):
            self.name = name

        @classmethod
        def from_pretrained(cls, folder):
            return cls(folder)

        @property
        def recipe(self):
            return Recipe.model_validate(
                {"data": {"format": "jsonl", "train": "x"}, "task": {"kind": tasks.get(self.name, "ner")}}
            )

        def predict_stream(self, texts, **options):
            pytest.fail("predicted before it was checked")

    monkeypatch.setattr(sys.modules["globalpointer.predictor"], "Predictor", Tasked)
    return tasks


def test_models_of_two_tasks_are_not_compared(cli, tasks, gold):
    tasks["n"] = "event"
    result = cli("evaluate", "m", gold, "--against", "n")
    assert result.code == 1
    assert "--against n: expected a model for the task 'ner', as m is, found one for 'event'" in result.err


def test_files_without_what_the_model_finds_are_refused_at_once(cli, tasks, gold):
    tasks["m"] = "relation"
    result = cli("evaluate", "m", gold)
    assert result.code == 1
    assert "is not annotated with relations or triples, but with entities, so it cannot be scored" in result.err


def test_html_and_comparison_and_seen_mentions(cli, predictor, gold, tmp_path):
    page, out = tmp_path / "errors.html", tmp_path / "o.json"
    result = cli("evaluate", "m", gold, gold, "--html", page, "--against", "other", "--train", gold, "--json", out)
    assert result.code == 0, result.err
    assert "Oslo" in page.read_text(encoding="utf-8")
    assert "minus that of other" in result.out
    numbers = json.loads(out.read_text())
    assert numbers["documents"] == 4
    assert numbers["slices"]["mention"]["seen"]["gold"] == 4


def test_answers_are_asked_for_by_their_questions(cli, predictor, tmp_path, monkeypatch):
    asked = {"context": "Ann sings in Oslo", "question": "Where?", "answers": [{"text": "Oslo", "answer_start": 13}]}
    (tmp_path / "a.json").write_text(json.dumps(asked) + "\n")

    def predict_stream(self, given, **options):
        for document in given:
            assert document.question == "Where?"
            yield replace(document, answers=(Answer(Span(10, 17), "in Oslo", 0.7),), accepted=None)

    recipe = {"data": {"format": "squad", "train": "x"}, "task": {"kind": "mrc"}}
    monkeypatch.setattr(predictor, "recipe", Recipe.model_validate(recipe))
    monkeypatch.setattr(predictor, "predict_stream", predict_stream)
    page, out = tmp_path / "errors.html", tmp_path / "o.json"
    files = (tmp_path / "a.json", "--train", tmp_path / "a.json")
    result = cli("evaluate", "m", *files, "--html", page, "--json", out, "--against", "n")
    assert result.code == 0, result.err
    assert "CMRC2018 F1 66.67" in result.out
    assert "F1 minus that of n, in points: +0.00" in result.out
    assert "Where?" in page.read_text(encoding="utf-8")
    numbers = json.loads(out.read_text())
    assert (numbers["f1"], numbers["exact"]) == (pytest.approx(2 / 3), 0)
    assert numbers["slices"]["wording"]["seen"]["questions"] == 1


def test_the_format_is_the_models_unless_said(cli, predictor, tmp_path, monkeypatch):
    monkeypatch.setattr(predictor, "format", "bio")
    monkeypatch.setattr(predictor, "joiner", " ")
    (tmp_path / "a.txt").write_text("Ann B-PER\nsings O\n")
    (tmp_path / "b.txt").write_text("Ann S-PER\nsings O\n")
    assert cli("evaluate", "m", tmp_path / "a.txt").code == 0
    assert cli("evaluate", "m", tmp_path / "b.txt").code == 1
    assert cli("evaluate", "m", tmp_path / "b.txt", "--format", "bioes").code == 0


def test_texts_without_labels_are_refused(cli, predictor, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "Ann"}\n')
    result = cli("evaluate", "m", tmp_path / "a.jsonl")
    assert result.code == 1
    assert "annotated" in result.err


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_no_file(cli, predictor, tmp_path, name):
    result = cli("evaluate", "m", tmp_path / name)
    assert result.code == 1
    assert str(tmp_path) in result.err
