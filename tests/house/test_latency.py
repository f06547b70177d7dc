"""What latency is measured on: every model gets every text as often as the others, and the same test part."""

from collections import Counter

import pytest
from benchmarks.latency import in_turns, sample, shared_test
from benchmarks.latency_tables import side_by_side, taught
from benchmarks.paper_rows import NOT_YET

from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError


class Counting:
    """Remembers what it was given, and when."""

    def __init__(self, name, log):
        self.name, self.log = name, log

    def predict(self, text):
        self.log.append((self.name, text))


def test_models_take_turns_over_the_same_texts():
    log = []
    models = {name: Counting(name, log) for name in "abc"}
    times = in_turns(models, ["one", "two"], rounds=3)
    assert {name: len(each) for name, each in times.items()} == {"a": 6, "b": 6, "c": 6}
    assert all(each > 0 for some in times.values() for each in some)
    measured = log[-18:]
    assert set(Counter(measured).values()) == {3}
    assert [name for name, _ in measured[::3]] == list("abcabc")  # another one first each time


def recipe(**data):
    return load_recipe(None, data={"format": "jsonl", "train": "x", "dev": "x", **data})


def test_other_test_parts_are_refused():
    one, other = recipe(test="one"), recipe(test="other")
    assert shared_test({"a": one, "b": one}) is one
    for pair in ({"a": one, "b": other}, {"a": recipe()}):
        with pytest.raises(ConfigError, match="one and the same test part"):
            shared_test(pair)


def test_a_sample_is_always_the_same(tmp_path):
    lines = [f'{{"text": "text {number}", "entities": []}}\n' for number in range(50)]
    (tmp_path / "test.jsonl").write_text("".join(lines), encoding="utf-8")
    made = recipe(test=str(tmp_path / "test.jsonl"))
    assert sample(made, 10) == sample(made, 10)
    assert len(set(sample(made, 10))) == 10
    assert len(sample(made, 99)) == 50


def test_the_table_shows_what_a_model_keeps_and_takes():
    assert side_by_side([]) == NOT_YET
    where = {"machine": "here", "threads": 2, "date": "today", "torch": "2", "transformers": "5"}
    small = {"model": "student", "encoder": "bilstm", "head": "efficient", "distilled": True, "parameters": 5_000_000}
    small |= {"encoder_options": {}}
    small |= {"texts": 300, "characters": 70.4, "median_ms": 3.14159, "p95_ms": 12.0, **where}
    small |= {"test": {"f1": 0.875, "document_accuracy": 0.75}}
    large = small | {
        "model": "teacher",
        "encoder": "runs/minilm",
        "encoder_options": {"layers": 4},
        "distilled": False,
        "parameters": 22_000_000,
    }
    lines = side_by_side([small, large]).splitlines()
    assert lines[2].startswith("| teacher | minilm, 4 layers | efficient |")
    assert lines[3] == "| student, distilled | bilstm | efficient | 87.50 | 75.00 | 5.00 | 3.14 | 12 |"
    assert "300 texts of 70 characters on average" in lines[-1]


def test_a_student_stands_beside_itself_without_a_teacher():
    student = {"model": "student", "test": {"f1": 0.875, "document_accuracy": 0.75}}
    alone = {"student_alone": {"test": {"f1": 0.85, "document_accuracy": 0.76}}}
    assert taught([{**student, "model": "other"}], alone) == NOT_YET
    *_, line = taught([student, {**student, "model": "other"}], alone).splitlines()
    assert line == "| student | 87.50 | 85.00 | +2.50 | 75.00 | 76.00 | -1.00 |"
