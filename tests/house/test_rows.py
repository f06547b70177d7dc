"""What is kept of a run is numbers: the data's own words stay where they are."""

import pytest
from benchmarks.accuracy import totals
from benchmarks.paper import experiments
from benchmarks.rows import read_rows


def test_totals_drop_the_examples_and_keep_the_counts():
    notes = ["train.json: 2 annotations left out, such as:", "  train.json:7: born_in from 'Ann' to 'Oslo'", "a note"]
    assert totals(notes) == ["train.json: 2 annotations left out", "a note"]


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
