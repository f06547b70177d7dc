"""A row is there whole or not at all."""

import json
import os

import pytest

from globalpointer.comparison import rows
from globalpointer.errors import DataError


def test_rows_come_back_and_the_newest_counts(compared, tmp_path):
    path = tmp_path / "rows.jsonl"
    assert rows.read(path) == {}
    for row in compared.found.rows:
        rows.append(path, row)
    first = compared.found.rows[0]
    newer = rows.Row.from_dict({**first.to_dict(), "seconds": 1.0})
    rows.append(path, newer)
    found = rows.read(path)
    assert found == {(row.system, row.seed): row for row in (*compared.found.rows[1:], newer)}


def test_a_row_that_a_kill_cut_short_is_left_aside_and_taken_back_at_every_byte(compared, tmp_path):
    path = tmp_path / "rows.jsonl"
    first, second = compared.found.rows[:2]
    rows.append(path, first)
    whole = path.stat().st_size
    rows.append(path, second)
    both = path.read_bytes()
    for length in (0, 1, whole - 1, whole, whole + 1, len(both) - 1, len(both)):
        path.write_bytes(both[:length])
        kept = [each for each, end in ((first, whole), (second, len(both))) if end <= length]
        assert list(rows.read(path).values()) == kept
        assert os.path.getsize(path) == length  # a reader beside a comparison changes nothing
        rows.repair(path)
        assert os.path.getsize(path) == (whole, len(both))[len(kept) - 1] * bool(kept)
        rows.append(path, second)  # what comes next stands on a line of its own
        assert rows.read(path)[second.system, second.seed] == second


def test_a_line_that_is_no_row_is_told(compared, tmp_path):
    row = compared.found.rows[0].to_dict()
    others = [{"report": "x"}, {"system": []}, {"seed": "1"}, {"circumstances": {}}, {"more": 1}]
    for wrong in ({"system": "x"}, *({**row, **other} for other in others), []):
        (tmp_path / "rows.jsonl").write_text(json.dumps(wrong) + "\n")
        with pytest.raises(DataError, match=r"rows\.jsonl:1: no row of a comparison"):
            rows.read(tmp_path / "rows.jsonl")
