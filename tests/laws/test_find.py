"""Search finds what a walk over all cells finds, for any threshold and limit, in a batch as alone."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from tests.unit.nn.factories import factors

import oracles
from globalpointer.nn import FactoredScores, find
from globalpointer.nn.kernels import dispatch, tiled_search, tiles


@settings(deadline=None, max_examples=60)
@given(st.booleans(), st.booleans(), st.sampled_from([None, 2]), st.sampled_from([None, 1, 3, 50]), st.integers(0, 50))
def test_find_is_a_walk_over_all_cells(shared, ordered, width, limit, seed):
    parts = factors(3, 2, 5, 3, shared=shared, seed=seed)
    mask = torch.rand(3, 5, generator=torch.Generator().manual_seed(seed)) < 0.7
    threshold = [-0.5, 0.7]
    every = oracles.every_score(parts, mask, ordered, width)
    above = {cell: logit for cell, logit in every.items() if logit > threshold[cell[1]]}
    expected = []
    for example in range(3):
        mine = sorted((cell for cell in above if cell[0] == example), key=lambda cell: -above[cell])
        expected += sorted(mine[:limit])
    scores = FactoredScores(*parts, mask, ordered, width)
    cells, logits = find(scores, torch.tensor(threshold), limit=limit)
    assert [tuple(cell) for cell in cells.tolist()] == expected
    torch.testing.assert_close(logits, torch.tensor([above[cell] for cell in expected], dtype=torch.float64))


@settings(deadline=None, max_examples=20)
@given(st.booleans(), st.integers(0, 50))
def test_a_batch_finds_what_single_examples_find(shared, seed):
    """In float32 with padding: the same cells wherever |logit| > 1e-4, logits within 1e-5 of their size."""
    parts = factors(4, 3, 12, 8, shared=shared, seed=seed, dtype=torch.float32)
    lengths = [12, 7, 1, 4]
    mask = torch.arange(12) < torch.tensor(lengths)[:, None]
    together = dict(_found(FactoredScores(*parts, mask)))
    alone = {}
    for example, length in enumerate(lengths):
        one = [None if each is None else each[example : example + 1] for each in parts]
        one = [
            one[0][:, :, :length],
            one[1][:, :, :length],
            *(None if b is None else b[:, :, :length] for b in one[2:]),
        ]
        for cell, logit in _found(FactoredScores(*one, torch.ones(1, length, dtype=torch.bool))):
            alone[example, *cell[1:]] = logit
    for cell in together.keys() | alone.keys():
        first, second = together.get(cell, 0.0), alone.get(cell, 0.0)
        assert abs(first - second) <= 1e-5 * max(1.0, abs(first))


def _found(scores):
    cells, logits = find(scores)
    return [(tuple(cell), logit) for cell, logit in zip(cells.tolist(), logits.tolist(), strict=True)]


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("ordered", [True, False])
def test_of_equals_the_first_are_kept_across_tiles(shared, ordered, monkeypatch):
    """Scores are small whole numbers, so that most cells have many equals; the reference sorts all of them."""
    monkeypatch.setattr(tiles, "ROWS", 4)
    monkeypatch.setitem(tiled_search.BOUNDED, "cpu", 300)
    parts = [None if each is None else each.round() for each in factors(3, 4, 30, 2, shared=shared)]
    scores = FactoredScores(*parts, torch.ones(3, 30, dtype=torch.bool), ordered)
    threshold = torch.tensor([0.0, 1.0, 0.0, -2.0], dtype=torch.float64)
    for limit in (1, 7, 50, 400):
        found, expected = (dispatch.search(scores.source, threshold, limit, impl) for impl in ("tiled", "reference"))
        assert torch.equal(found[0], expected[0])
        assert torch.equal(found[1], expected[1])


def test_the_limit_is_filled_row_by_row(monkeypatch):
    """One cell a row, each lower than the one before: the last of the best may stand alone in its tile."""
    monkeypatch.setattr(tiles, "ROWS", 4)
    query, key = torch.arange(30.0, 0.0, -1.0).view(1, 1, 30, 1), torch.ones(1, 1, 30, 1)
    scores = FactoredScores(query, key, None, None, torch.ones(1, 30, dtype=torch.bool), True, 1)
    for limit in range(1, 40):
        cells, logits = find(scores, 2.5, limit=limit)
        assert logits.tolist() == query.flatten().tolist()[: min(limit, 28)]
        assert cells[:, 2].tolist() == cells[:, 3].tolist() == list(range(min(limit, 28)))
