"""What the bar says of the run that is being trained."""

import json
from types import SimpleNamespace

import pytest

from globalpointer.comparison.plan import make_plan
from globalpointer.comparison.progress import Course


@pytest.fixture
def said(recipe, tmp_path):
    (run,) = make_plan([recipe], overrides=["training.num_train_epochs=4"]).runs

    def say(lines, **changes):
        (tmp_path / "history.jsonl").write_text(lines)
        fields = {"run": run, "folder": tmp_path, "before": 1, **changes}
        task = SimpleNamespace(fields=fields, completed=2, total=5, elapsed=90.0)
        return Course().render(task).plain

    return say


def test_the_epoch_and_the_best_f1_and_what_is_left(said):
    rows = [{"epoch": 1.0, "dev_f1": 0.25}, {"epoch": 1.5, "loss": 2.0}, {"epoch": 2.0, "dev_f1": 0.125}]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    # one and a half runs took 90 s, two and a half are left
    assert said(lines) == "epoch 2.0 of 4 · best dev F1 25.00 · about 0:02:30 left"
    assert said(lines + '{"epoch": 3.0, "de') == said(lines)


def test_before_the_first_line_there_is_little_to_say(said, tmp_path):
    assert said("") == "epoch 0.0 of 4 · about 0:04:30 left"
    assert said("", before=2) == "epoch 0.0 of 4"
    assert said("", folder=tmp_path / "not-yet", before=2) == "epoch 0.0 of 4"
    assert said("", run=None) == ""
