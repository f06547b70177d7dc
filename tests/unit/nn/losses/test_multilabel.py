import math

import pytest
import torch
from tests.unit.nn.factories import rows, scores

import oracles
from globalpointer.errors import AlignmentError
from globalpointer.nn import DenseScores, FactoredScores, multilabel_crossentropy


@pytest.mark.parametrize("shared", [True, False])
def test_equal_to_the_usual_formulations(shared):
    promised = scores(2, 3, 9, shared=shared)
    gold = rows((0, 0, 1, 2), (0, 0, 3, 3), (0, 2, 1, 2), (1, 1, 0, 8))
    parts = promised.query, promised.key, promised.row_bias, promised.col_bias
    logits = oracles.usual_logits(*parts, promised.mask)
    loss = multilabel_crossentropy(promised, gold)
    torch.testing.assert_close(loss, oracles.usual_dense_loss(logits, gold), rtol=1e-6, atol=1e-9)
    torch.testing.assert_close(loss, oracles.usual_sparse_loss(logits, gold), rtol=1e-9, atol=1e-9)


def test_a_number_worked_by_hand():
    """Two tokens, scores 1 and 3 beside the gold 2: log(1 + e + e³) + log(1 + e⁻²)."""
    values = torch.tensor([[[[1.0, 2.0], [99.0, 3.0]]]])
    loss = multilabel_crossentropy(DenseScores(values, torch.ones(1, 2, dtype=torch.bool)), rows((0, 0, 0, 1)))
    assert loss.item() == pytest.approx(math.log(1 + math.e + math.e**3) + math.log(1 + math.e**-2), rel=1e-6)


def test_doubles_count_once_and_of_two_targets_the_higher():
    promised = scores()
    once = multilabel_crossentropy(promised, rows((0, 0, 1, 2)))
    assert torch.equal(multilabel_crossentropy(promised, rows((0, 0, 1, 2), (0, 0, 1, 2))), once)
    doubled = rows((0, 0, 1, 2), (0, 0, 1, 2))
    soft = multilabel_crossentropy(promised, doubled, targets=torch.tensor([0.2, 1.0]).double())
    torch.testing.assert_close(soft, once)


def test_targets_of_one_are_hard_labels():
    promised, gold = scores(), rows((0, 0, 1, 2), (1, 2, 0, 0))
    hard = multilabel_crossentropy(promised, gold)
    torch.testing.assert_close(multilabel_crossentropy(promised, gold, targets=torch.ones(2).double()), hard)


def test_soft_targets_have_their_minimum_where_twice_the_score_is_the_target():
    """Source: kexue.fm/archives/9064."""
    logit = torch.zeros(1, 1, 1, 1, dtype=torch.float64, requires_grad=True)
    target = torch.tensor([0.8], dtype=torch.float64)
    at = 0.5 * torch.logit(target).item()
    promised = DenseScores(logit + at, torch.ones(1, 1, dtype=torch.bool))
    multilabel_crossentropy(promised, rows((0, 0, 0, 0)), targets=target).sum().backward()
    assert logit.grad.abs().item() < 1e-12


def test_ignored_cells_are_out_of_both_even_where_gold():
    promised = scores(1, 2, 4)
    ignored = rows((0, 0, 1, 2), (0, 1, 1, 2), (0, 0, 3, 1), (0, 1, 9, 9))
    values = promised.logits().clone()
    values[0, :, 1, 2] = -1e4
    expected = multilabel_crossentropy(DenseScores(values, promised.mask), rows((0, 0, 0, 0)))
    loss = multilabel_crossentropy(promised, rows((0, 0, 0, 0), (0, 0, 1, 2)), ignore=ignored)
    torch.testing.assert_close(loss, expected)


def test_the_threshold_may_differ_by_type():
    promised = scores(1, 3, 4)
    shift = torch.tensor([0.0, -1.0, 2.5]).double()
    shifted = DenseScores(promised.logits() - shift[:, None, None], promised.mask)
    gold = rows((0, 1, 1, 2), (0, 2, 0, 0))
    torch.testing.assert_close(
        multilabel_crossentropy(promised, gold, threshold=shift), multilabel_crossentropy(shifted, gold)
    )


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ((0, 0, 2, 1), r"row 2, col 1.*diagonal"),
        ((0, 0, 0, 1), r"row 0, col 1.*not legal"),
        ((0, 0, 1, 6), r"col 6.*max_width 3"),
        ((0, 3, 1, 1), r"type 3.*outside"),
        ((0, 0, 1, 7), r"col 7.*outside"),
        ((0, 0, -1, 1), r"row -1.*outside"),
    ],
)
def test_a_gold_cell_that_cannot_be_is_named(cell, said):
    mask = torch.tensor([[False] + [True] * 6] * 2)
    promised = scores(mask=mask, max_width=3)
    with pytest.raises(AlignmentError, match=said):
        multilabel_crossentropy(promised, rows((0, 1, 1, 1), cell))
    with pytest.raises(ValueError, match="gold cell"):
        multilabel_crossentropy(promised, rows(cell))


@pytest.mark.parametrize("target", [0.0, 1.5, float("nan")])
def test_targets_outside_of_their_range_are_refused(target):
    with pytest.raises(ValueError, match="targets must lie in"):
        multilabel_crossentropy(scores(), rows((0, 0, 1, 2)), targets=torch.tensor([target]).double())


@pytest.mark.parametrize("shared", [True, False])
def test_float32_inside_autocast_and_from_half_factors(shared):
    promised = scores(shared=shared)
    parts = promised.query, promised.key, promised.row_bias, promised.col_bias
    half = [None if each is None else each.bfloat16().requires_grad_() for each in parts]
    exact = FactoredScores(*(None if each is None else each.detach().float() for each in half), promised.mask)
    gold = rows((0, 0, 1, 2))
    with torch.autocast("cpu", torch.bfloat16):
        loss = multilabel_crossentropy(FactoredScores(*half, promised.mask), gold)
        assert loss.dtype == torch.float32
        torch.testing.assert_close(loss, multilabel_crossentropy(exact, gold))
        loss.sum().backward()
    assert all(each.grad.dtype == torch.bfloat16 for each in half if each is not None)


def test_no_tokens_and_no_examples():
    for batch, tokens in ((0, 3), (2, 0)):
        for shared in (True, False):
            promised = scores(batch, 3, tokens, shared=shared)
            assert multilabel_crossentropy(promised, rows()).sum() == 0
            assert multilabel_crossentropy(promised, rows()).shape == (batch, 3)
