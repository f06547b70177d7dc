import pytest
import torch
from tests.unit.nn.factories import factors, rows, scores

from globalpointer.nn import DenseScores, FactoredScores, PairScores, find, gather


def test_illegal_cells_are_minus_infinity_and_nothing_else_is():
    mask = torch.tensor([[False, True, True, False]])
    logits = scores(1, 2, 4, mask=mask, max_width=1).logits()
    legal = torch.zeros(4, 4, dtype=torch.bool)
    legal[1, 1] = legal[2, 2] = True
    assert torch.equal(logits.isfinite(), legal.expand(1, 2, 4, 4))


@pytest.mark.parametrize("shared", [True, False])
def test_dense_and_factored_scores_promise_the_same(shared):
    factored = scores(shared=shared)
    dense = DenseScores(factored.logits().nan_to_num(neginf=7.0), factored.mask)
    assert isinstance(dense, PairScores)
    assert isinstance(factored, PairScores)
    assert dense.types == factored.types == 3
    assert torch.equal(dense.logits(), factored.logits())
    torch.testing.assert_close(dense.logsumexp(), factored.logsumexp())
    torch.testing.assert_close(factored.logsumexp(), factored.logits().flatten(2).logsumexp(-1))
    assert torch.equal(dense.top(5).cells, factored.top(5).cells)


def test_logsumexp_of_nothing_is_minus_infinity_with_a_zero_gradient():
    for shared in (True, False):
        parts = [each.requires_grad_() for each in factors(2, 2, 3, shared=shared) if each is not None]
        mask = torch.tensor([[True] * 3, [False] * 3])
        total = FactoredScores(*parts, *[None] * (4 - len(parts)), mask).logsumexp()
        assert (total[1] == float("-inf")).all()
        total[0].sum().backward()
        assert all(each.grad.isfinite().all() for each in parts)


def test_top_is_best_first_padded_and_differentiable():
    parts = factors(2, 3, 4)
    parts[0].requires_grad_()
    promised = FactoredScores(*parts, torch.tensor([[True] * 4, [False, False, True, False]]))
    best = promised.top(5)
    expected = promised.logits()[0].flatten().topk(5).values
    torch.testing.assert_close(best.values[0], expected)
    assert torch.equal(gather(promised, torch.cat([torch.zeros(5, 1).long(), best.cells[0]], 1)), best.values[0])
    assert best.values[1].isfinite().sum() == 3
    assert best.cells[1, 3:].tolist() == [[-1] * 3] * 2
    best.values[0].sum().backward()
    assert parts[0].grad.abs().sum() > 0


def test_find_is_strict_sorted_and_takes_a_threshold_a_type():
    values = torch.zeros(1, 2, 2, 2)
    values[0, 0, 0, 1], values[0, 1, 1, 1], values[0, 1, 0, 0] = 1.0, 2.0, 3.0
    dense = DenseScores(values, torch.ones(1, 2, dtype=torch.bool))
    assert find(dense)[0].tolist() == [[0, 0, 0, 1], [0, 1, 0, 0], [0, 1, 1, 1]]
    assert find(dense, torch.tensor([0.0, 2.0]))[0].tolist() == [[0, 0, 0, 1], [0, 1, 0, 0]]
    assert find(dense, limit=2)[0].tolist() == [[0, 1, 0, 0], [0, 1, 1, 1]]
    assert find(dense, 3.0)[0].shape == (0, 4)


def test_equal_logits_are_cut_in_the_order_of_cells():
    """Half of all cells are equal, as they can be in half precision: the limit still has one answer."""
    for parts in (factors(2, 3, 40, shared=True), factors(2, 3, 40, shared=False)):
        constant = [None if each is None else torch.ones_like(each) for each in parts]
        cells, _ = find(FactoredScores(*constant, torch.ones(2, 40, dtype=torch.bool)), limit=3)
        assert cells.tolist() == [[b, 0, 0, col] for b in range(2) for col in range(3)]


@pytest.mark.parametrize("shared", [True, False])
def test_half_precision_and_autocast_are_raised_to_float32(shared):
    parts = [None if each is None else each.to(torch.bfloat16) for each in factors(shared=shared)]
    mask = torch.ones(2, 7, dtype=torch.bool)
    exact = FactoredScores(*(None if each is None else each.float() for each in parts), mask)
    with torch.autocast("cpu", torch.bfloat16):
        half = FactoredScores(*parts, mask)
        assert half.logits().dtype == half.logsumexp().dtype == torch.float32
        torch.testing.assert_close(half.logsumexp(), exact.logsumexp())
        assert torch.equal(find(half)[0], find(exact)[0])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: find(scores(), limit=0), "at least 1"),
        (lambda: find(scores(), torch.zeros(2)), "3 types"),
        (lambda: scores().top(0), "at least 1"),
        (lambda: scores(max_width=0), "max_width"),
    ],
)
def test_misuse_is_named(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()


def test_one_bias_is_enough():
    query, key, row_bias, col_bias = factors()
    mask = torch.ones(2, 7, dtype=torch.bool)
    for biases in ((row_bias, None), (None, col_bias)):
        one = FactoredScores(query, key, *biases, mask)
        both = FactoredScores(query, key, *(torch.zeros_like(row_bias) if b is None else b for b in biases), mask)
        torch.testing.assert_close(one.logsumexp(), both.logsumexp())
        torch.testing.assert_close(gather(one, rows((0, 1, 2, 3))), gather(both, rows((0, 1, 2, 3))))
