"""What the compared systems are measured with: they find as much, count as published, and every row is shown."""

from functools import partial

import pytest
import torch
from benchmarks import kernel_tables, measure, relation_tables, relations
from benchmarks.formulations import LOSSES, legal
from benchmarks.formulations import Case as Size
from benchmarks.formulations import gold as cells_of
from benchmarks.systems import PREDICATES, SYSTEMS, TRIPLES, Case, OneSquare, batch, decode, grids, one_by_one, sparse

SMALL = Case("none", 3, 20, 5, 16)


def test_gold_is_legal_sorted_and_distinct():
    gold = batch(SMALL)
    for grid in grids(SMALL.predicates):
        rows = gold.cells[grid.name]
        assert torch.equal(rows, rows.unique(dim=0))
        assert all(kind < len(grid.labels) and grid.holds(row, col) for _, kind, row, col in rows.tolist())
        assert set(rows[:, 0].tolist()) == set(range(SMALL.batch))
        assert len(rows) <= 2 * TRIPLES * SMALL.batch


def test_parameters_are_those_that_were_published():
    (row,) = relations.parameters()
    assert PREDICATES == 49
    assert row["parameters"]["GPLinker, per type"] == 9_843_200
    assert row["parameters"]["GPLinker, efficient"] == 321_096
    assert set(row["parameters"]) == set(SYSTEMS)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_step_gives_every_parameter_a_gradient(name):
    torch.manual_seed(0)
    model = SYSTEMS[name](SMALL)
    assert all(each.isfinite().all() for each in relations.step(model, batch(SMALL))())


@pytest.mark.parametrize("name", [name for name in SYSTEMS if SYSTEMS[name] is not OneSquare])
def test_about_as_many_cells_are_found_as_are_gold(name):
    torch.manual_seed(0)
    case = SMALL._replace(batch=8, tokens=40)
    gold, model = batch(case), SYSTEMS[name](case).eval()
    found = relations.cells_found(model, gold, sparse(model, gold))
    expected = sum(map(len, gold.cells.values()))
    assert expected / 2 < found < expected * 2


def test_one_by_one_finds_what_the_batch_does():
    torch.manual_seed(0)
    model, gold = SYSTEMS["CasRel"](SMALL).eval(), batch(SMALL)
    over = dict.fromkeys(gold.cells, -4.0)
    alone = [triples for one in one_by_one(gold) for triples in decode(model, one, over)]
    assert alone == decode(model, gold, over)
    assert any(alone)


def test_the_one_square_holds_the_gold_of_all_grids(monkeypatch):
    torch.manual_seed(0)
    gold, seen = batch(SMALL), []
    model = OneSquare(SMALL)
    monkeypatch.setattr(model.model, "loss", seen.append)
    model.loss(gold)
    cells = seen[0].cells["all"]
    assert bool((cells[:, 2] <= cells[:, 3]).all())
    assert len(cells.unique(dim=0)) == sum(map(len, gold.cells.values()))
    assert cells[:, 1].max() < model.model.heads["all"].types


def test_all_formulations_are_the_same_loss_over_links():
    case = Size("efficient", 2, 30, 4)
    torch.manual_seed(0)
    head = relations.HEADS[case.head](8, case.types, rotary=False, ordered=False)
    scores, cells = head(torch.randn(2, 30, 8), legal(case)), cells_of(case)
    ours, *usual = (LOSSES[name](scores, cells) for name in ("ours", "sparse", "dense"))
    for other in usual:
        torch.testing.assert_close(ours, other, rtol=1e-5, atol=1e-5)


def test_every_part_gives_rows_and_every_row_is_shown(monkeypatch):
    monkeypatch.setattr(relations, "side_by_side", partial(measure.side_by_side, seconds=0.0))
    small = {
        "step": partial(relations.steps, [SMALL, SMALL._replace(encoder="bilstm")]),
        "decoding": partial(relations.decodings, [SMALL]),
        "loss": partial(relations.losses, (Size("efficient", 2, 40, 3), Size("per-type", 2, 40, 3))),
        "parameters": relations.parameters,
        "untrained": partial(relations.untrained, SMALL._replace(encoder="bilstm"), 6),
    }
    assert set(small) == set(relations.PARTS)
    rows = [
        {"part": part, "machine": "here", "threads": 1, "torch": "2", "date": "today", "commit": "abc", **row}
        for part, make in small.items()
        for row in make()
    ]
    monkeypatch.setattr(relation_tables, "read_rows", lambda name: rows)
    tables = relation_tables.relation_tables()
    for name, table in tables.items():
        lines = [line for line in table.splitlines() if line.startswith("|")]
        assert len(lines) > 2, name
        assert len({line.count("|") for line in lines}) == 1, name
    assert "| 9,843,200 |" in tables["relations-parameters"]
    assert relations.PUBLISHED in tables["relations-decoding"]


def test_the_absence_of_rows_is_said(monkeypatch):
    monkeypatch.setattr(relation_tables, "read_rows", lambda name: [])
    assert set(relation_tables.relation_tables().values()) == {kernel_tables.NOT_MEASURED}
