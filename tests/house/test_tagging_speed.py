"""What heads and taggers are timed on: the same flat gold, as many finds, gradients for all; every row is shown."""

from functools import partial
from itertools import pairwise

import pytest
import torch
from benchmarks import measure, paper_rows, tagging_speed, tagging_tables
from benchmarks.relations import step
from benchmarks.tagging_speed import EVERY, SYSTEMS, TYPES, Case, batch, cases, count, grid_of, models, settled

SMALL = Case("none", 3, 48, 4)


def test_gold_is_flat_legal_and_distinct():
    gold, grid = batch(SMALL), grid_of(SMALL)
    rows = gold.cells["entity"]
    assert len(rows) == SMALL.batch * SMALL.tokens // EVERY
    assert all(
        kind < SMALL.types and grid.holds(row, col) and col < SMALL.tokens for _, kind, row, col in rows.tolist()
    )
    spans = sorted((example, row, col) for example, _, row, col in rows.tolist())
    for (example, _, before), (following, row, _) in pairwise(spans):
        assert example != following or before < row


def test_batches_are_those_of_a_comparison():
    assert [(case.batch, case.tokens) for case in cases([32, 128, 512])[:3]] == [(32, 32), (32, 128), (8, 512)]
    assert {case.encoder for case in cases([32])} == {"none", "bilstm", "minilm"}
    assert {case.types for case in cases([32])} == {TYPES}


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_step_gives_every_parameter_a_gradient(name):
    model = models(SMALL)[name]
    gradients = step(model.train(), batch(SMALL))()
    assert len(gradients) == len(list(model.parameters()))
    assert all(each.isfinite().all() for each in gradients)


@pytest.mark.parametrize("encoder", ["none", "bilstm"])
@pytest.mark.parametrize("name", SYSTEMS)
def test_about_as_many_cells_are_found_as_are_gold(name, encoder):
    case = SMALL._replace(encoder=encoder, batch=8)
    gold = batch(case)
    found = count(settled(models(case)[name].eval(), gold)())
    expected = len(gold.cells["entity"])
    assert expected / 2 < found < expected * 2


def test_every_part_gives_rows_and_every_row_is_shown(monkeypatch):
    monkeypatch.setattr(tagging_tables, "read_rows", lambda name: [])
    assert set(tagging_tables.tagging_tables().values()) == {paper_rows.NOT_YET}
    monkeypatch.setattr(tagging_speed, "side_by_side", partial(measure.side_by_side, seconds=0.0))
    of = [SMALL, SMALL._replace(encoder="bilstm")]
    where = {"machine": "here", "threads": 1, "torch": "2", "transformers": "5", "date": "today"}
    rows = [{"part": part, **where, **row} for part, run in tagging_speed.PARTS.items() for row in run(of, 1)]
    assert all(set(row["ms"]) == set(SYSTEMS) for row in rows)
    monkeypatch.setattr(tagging_tables, "read_rows", lambda name: rows)
    tables = tagging_tables.tagging_tables()
    assert set(tables) == {f"paper-speed-{part}" for part in tagging_speed.PARTS}
    for table in tables.values():
        lines = [line for line in table.splitlines() if line.startswith("|")]
        assert len(lines) == 4
        assert len({line.count("|") for line in lines}) == 1
        assert lines[2].startswith("| vectors are given | 3 × 48 |")


def test_a_head_in_half_the_time_is_twice_as_fast(monkeypatch):
    ms = {
        name: measure.spread([value])
        for name, value in {"CRF": 8.0, "softmax": 2.0, "efficient": 4.0, "standard": 16.0}.items()
    }
    row = {"part": "training", **SMALL._asdict(), "case": "c", "ms": ms, "machine": "here", "threads": 2}
    row |= {"torch": "2", "transformers": "5", "date": "today"}
    assert "| 2.00 | 0.50 |" in tagging_tables.beside_crf([row])


def test_taggers_are_settled_without_a_trace_in_the_loss():
    """The bias that is moved is that of the tag O alone."""
    before, after = models(SMALL)["CRF"], models(SMALL)["CRF"]
    settled(after.eval(), batch(SMALL))
    changed = {name for name, value in before.state_dict().items() if not torch.equal(value, after.state_dict()[name])}
    assert changed == {"tag.bias"}
    assert torch.equal(before.tag.bias[1:], after.tag.bias[1:])
