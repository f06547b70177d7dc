"""What is kept of a run is numbers: the data's own words stay where they are."""

import pytest
from benchmarks import accuracy
from benchmarks.accuracy import describe, totals
from benchmarks.paper import experiments
from benchmarks.rows import read_rows

from globalpointer.config import load_recipe
from globalpointer.evaluation import evaluate_answers
from globalpointer.training.folder import FitResult


def test_totals_drop_the_examples_and_keep_the_counts():
    notes = ["train.json: 2 annotations left out, such as:", "  train.json:7: born_in from 'Ann' to 'Oslo'", "a note"]
    assert totals(notes) == ["train.json: 2 annotations left out", "a note"]


@pytest.mark.parametrize(("said", "epochs"), [({}, 2), ({"warm_epochs": 1}, 1), ({"warm_epochs": 0}, 0)])
def test_a_row_has_the_warm_start_that_the_run_had(said, epochs, monkeypatch, tmp_path):
    monkeypatch.setattr(accuracy, "parameters", lambda folder: 0)
    recipe = load_recipe(
        None,
        data={"format": "squad", "train": "x"},
        task={"kind": "mrc"},
        model={"loss": "span_f1"},
        training={"num_train_epochs": 3, **said},
    )
    result = FitResult(evaluate_answers([], []), None, tmp_path, 1.0, [])
    assert describe("squad", recipe, recipe.fingerprint, result)["warm_epochs"] == epochs


@pytest.mark.parametrize("name", ["accuracy", "systems", "reading"])
def test_rows_quote_no_data(name):
    rows = read_rows(name)
    assert rows
    assert all(totals(row["notes"]) == row["notes"] for row in rows)


@pytest.mark.parametrize("experiment", experiments())
def test_rows_of_the_paper_quote_no_data(experiment):
    runs = [row for row in read_rows(f"paper/{experiment}") if row["kind"] == "run"]
    assert all(totals(row["notes"]) == row["notes"] for row in runs)
    assert not {"labels", "confusions"} & {key for row in runs for part in ("dev", "test") for key in row[part]}
