import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.nn.baselines import naive
from tests.unit.nn.factories import rows

from globalpointer.errors import AlignmentError
from globalpointer.grid import Cell, Grid
from globalpointer.nn import Batch
from globalpointer.nn.baselines.cells import best, gold, limits, strongest, within
from globalpointer.nn.token_pair import by_example

SMALL = st.integers(0, 3)
FOUND = st.lists(st.tuples(SMALL, SMALL, SMALL, SMALL, st.sampled_from([-1.5, 0.0, 0.5, 2.0])), max_size=12)


@given(FOUND, st.none() | st.integers(1, 3))
def test_the_strongest_are_what_loops_find(found, limit):
    cells = torch.tensor([each[:4] for each in found], dtype=torch.long).reshape(-1, 4)
    logits = torch.tensor([each[4] for each in found])
    highest = {}
    for *cell, logit in found:
        highest[tuple(cell)] = max(logit, highest.get(tuple(cell), logit))
    expected = {}
    for example in range(4):
        own = sorted(cell for cell in highest if cell[0] == example)
        kept = sorted(own, key=lambda cell: -highest[cell])[:limit]
        expected |= {cell: highest[cell] for cell in sorted(kept)}
    kept, values = strongest(cells, logits, limit)
    assert list(zip(map(tuple, kept.tolist()), values.tolist(), strict=True)) == list(expected.items())


def test_the_best_stay_in_their_order():
    example, logits = torch.tensor([1, 0, 1, 1, 0]), torch.tensor([3.0, 1.0, 1.0, 2.0, 4.0])
    assert best(example, logits, 2).tolist() == [0, 1, 3, 4]
    assert best(example, logits, 1).tolist() == [0, 4]
    assert best(example, logits, None).tolist() == [0, 1, 2, 3, 4]


def test_cells_go_to_their_examples():
    split = by_example(rows((0, 1, 2, 3), (2, 0, 0, 0)), torch.tensor([0.5, 1.5]), 3)
    assert split == [{Cell(1, 2, 3): 0.5}, {}, {Cell(0, 0, 0): 1.5}]


@pytest.mark.parametrize(("ordered", "max_width"), [(True, None), (False, None), (True, 2), (False, 2)])
def test_within_is_what_the_grid_holds(ordered, max_width):
    grid, place = Grid("x", ("a",), ordered=ordered, max_width=max_width), torch.arange(5)
    expected = [[grid.holds(row, col) for col in range(5)] for row in range(5)]
    assert within(grid, place[:, None], place).tolist() == expected


def test_gold_is_sorted_and_each_cell_once():
    batch, _ = naive.batch()
    cells = batch.cells[naive.HEAD]
    doubled = Batch(batch.tokens, batch.attention, batch.legal, {naive.HEAD: torch.cat([cells.flip(0), cells])})
    assert torch.equal(gold(doubled, naive.grids()[1]), cells)


@pytest.mark.parametrize("cell", [(0, 0, 0, 1), (0, 2, 1, 1), (0, 0, 2, 1), (9, 0, 1, 1), (0, 0, 1, 99), (0, 0, 1, -1)])
def test_a_gold_cell_that_does_not_exist_is_refused(cell):
    batch, _ = naive.batch()
    wrong = Batch(batch.tokens, batch.attention, batch.legal, {naive.ENTITY: rows(cell)})
    with pytest.raises(AlignmentError, match=rf"type {cell[1]}, row {cell[2]}, col {cell[3]}"):
        gold(wrong, naive.grids()[0])


def test_what_baselines_cannot_learn_from_is_refused():
    batch, _ = naive.batch()
    with pytest.raises(ValueError, match="no cells for the grid 'entity'"):
        gold(Batch(batch.tokens, batch.attention, batch.legal, {}), naive.grids()[0])
    soft = {naive.ENTITY: torch.ones(len(batch.cells[naive.ENTITY]))}
    with pytest.raises(ValueError, match="soft targets"):
        gold(Batch(batch.tokens, batch.attention, batch.legal, batch.cells, soft), naive.grids()[0])


def test_thresholds_are_a_number_or_one_a_type():
    grid, cpu = naive.grids()[0], torch.device("cpu")
    assert limits(0.5, grid, cpu).tolist() == [0.5, 0.5]
    assert limits({"entity": torch.tensor([1.0, 2.0])}, grid, cpu).tolist() == [1.0, 2.0]
    assert limits({"relation.head": 3.0}, grid, cpu).tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match="2 types"):
        limits({"entity": torch.zeros(3)}, grid, cpu)
