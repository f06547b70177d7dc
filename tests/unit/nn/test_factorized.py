"""The shared square in blocks: any size of block, weights kept or made again, and no more than a block in memory."""

import pytest
import torch
from tests.unit.nn.factories import Largest, factors, rows

from globalpointer.nn import FactoredScores
from globalpointer.nn.kernels import dispatch, factorized, square

GOLD = rows((0, 1, 2, 3), (0, 2, 2, 3), (1, 0, 0, 0), (1, 0, 11, 20), (2, 3, 5, 20), (2, 3, 20, 20))


def source(parts, ordered=True, width=None):
    mask = torch.ones(3, 21, dtype=torch.bool)
    mask[1, 12:15] = mask[2, 0] = False
    return FactoredScores(*parts, mask, ordered, width).source


@pytest.mark.parametrize("height", [1, 4, 21, 64])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("kept", [0, 1 << 25])
@pytest.mark.parametrize(("ordered", "width"), [(True, None), (True, 19), (False, None), (False, 21)])
def test_any_blocks_give_what_the_reference_gives(monkeypatch, height, depth, kept, ordered, width):
    monkeypatch.setattr(square, "ROWS", height)
    monkeypatch.setitem(square.BUDGET, "cpu", depth * min(height, 21) * 21)
    monkeypatch.setattr(factorized, "KEPT", kept)
    parts = [each.requires_grad_() for each in factors(3, 4, 21, 4)]
    weights = torch.arange(12, dtype=torch.float64).view(3, 4), torch.arange(6, dtype=torch.float64)
    results = []
    for impl in ("factorized", "reference"):
        outside, inside = dispatch.split(source(parts, ordered, width), GOLD, impl)
        loss = (outside * weights[0]).sum() + (inside * weights[1]).sum()
        results.append([outside.detach(), inside.detach(), *torch.autograd.grad(loss, parts)])
    torch.testing.assert_close(*results, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("height", [1, 5])
@pytest.mark.parametrize("limit", [None, 1, 4, 30])
@pytest.mark.parametrize("threshold", [float("-inf"), 0.0, 2.0])
def test_any_blocks_and_portions_find_what_the_reference_finds(monkeypatch, height, limit, threshold):
    monkeypatch.setattr(square, "ROWS", height)
    monkeypatch.setitem(square.BUDGET, "cpu", height * 21 * 2)
    monkeypatch.setattr("globalpointer.nn.kernels.pruned.CHUNK", 12)
    scores = source(factors(3, 4, 21, 4))
    limits = torch.full((4,), threshold, dtype=torch.float64) + torch.tensor([0.0, 0.1, 0.2, 0.0])
    found, expected = (dispatch.search(scores, limits, limit, impl) for impl in ("auto", "reference"))
    assert torch.equal(found[0], expected[0])
    torch.testing.assert_close(found[1], expected[1])
    assert torch.equal(dispatch.count(scores, limits), dispatch.count(scores, limits, "reference"))


def test_equal_scores_are_cut_in_the_order_of_the_cells(monkeypatch):
    monkeypatch.setattr("globalpointer.nn.kernels.pruned.CHUNK", 4)
    flat = [torch.zeros(1, 1, 9, 2), torch.zeros(1, 1, 9, 2), torch.ones(1, 3, 9), torch.zeros(1, 3, 9)]
    scores = FactoredScores(*flat, torch.ones(1, 9, dtype=torch.bool)).source
    cells, _ = dispatch.search(scores, torch.zeros(3), 5)
    assert cells.tolist() == [[0, 0, 0, col] for col in range(5)]


def test_memory_is_that_of_a_block(monkeypatch):
    """A document of 3,000 tokens: no tensor on the way has tokens² numbers."""
    monkeypatch.setattr(factorized, "KEPT", 0)
    parts = [each.requires_grad_() for each in factors(1, 3, 3000, 4, dtype=torch.float32)]
    scores = FactoredScores(*parts, torch.ones(1, 3000, dtype=torch.bool)).source
    with Largest() as largest:
        outside, inside = dispatch.split(scores, rows((0, 0, 2000, 2001)))
        (outside.sum() + inside.sum()).backward()
        dispatch.search(scores, torch.full((3,), 20.0), 100)
        dispatch.search(scores, torch.full((3,), -20.0), 100)
    # Three numbers name a pair of a block, and a search has blocks four times as high
    assert largest.numel <= 3 * 4 * square.ROWS * 3000 < 3000**2


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 1e30, -1e30])
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("limit", [None, 40])
def test_what_is_no_number_spoils_only_its_own_cells(bad, place, limit):
    parts = factors(2, 3, 9, 4, dtype=torch.float32)
    parts[place][0, 0, 4] = bad
    scores = FactoredScores(*parts, torch.ones(2, 9, dtype=torch.bool)).source
    found, expected = (dispatch.search(scores, torch.zeros(3), limit, impl) for impl in ("auto", "reference"))
    assert torch.equal(found[0], expected[0])
    ours, theirs = (dispatch.partition(scores, rows((0, 1, 2, 3)), impl) for impl in ("auto", "reference"))
    assert torch.equal(ours.isfinite(), theirs.isfinite())
    finite = theirs.isfinite()
    torch.testing.assert_close(ours[finite], theirs[finite])
