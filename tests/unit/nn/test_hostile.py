"""What nobody should do, and what happens then: a right answer or an error that says so."""

import pytest
import torch
from tests.unit.nn.factories import factors, rows
from torch.utils.checkpoint import checkpoint

from globalpointer.nn import (
    Biaffine,
    EfficientGlobalPointer,
    FactoredScores,
    GlobalPointer,
    divergence,
    find,
    gather,
    multilabel_crossentropy,
)
from globalpointer.nn.kernels import factorized

HEADS = [EfficientGlobalPointer, GlobalPointer, Biaffine]
CELLS = rows((0, 1, 2, 3), (1, 0, 1, 1))


def scores(shared=True, **options):
    return FactoredScores(*factors(2, 3, 9, 4, shared=shared, **options), torch.ones(2, 9, dtype=torch.bool))


@pytest.mark.parametrize("place", [2, 3])
@pytest.mark.parametrize("low", [-float("inf"), torch.finfo(torch.float32).min, -1e30])
def test_a_bias_that_forbids_a_type_leaves_the_others_their_gradients(place, low):
    parts = factors(2, 3, 9, 4, dtype=torch.float32)
    parts[place][0, 2] = low
    results = []
    for impl in ("auto", "reference"):
        inputs = [each.clone().requires_grad_() for each in parts]
        loss = multilabel_crossentropy(FactoredScores(*inputs, torch.ones(2, 9, dtype=torch.bool)), CELLS, impl=impl)
        results.append([loss.detach(), *torch.autograd.grad(loss.sum(), inputs)])
    torch.testing.assert_close(*results)


@pytest.mark.parametrize("dtype", [torch.int32, torch.int16])
@pytest.mark.parametrize("shared", [True, False])
def test_cells_may_be_any_integers(shared, dtype):
    """Numbers of cells pass 2^31 long before the cells themselves do."""
    many = FactoredScores(*factors(1, 600, 2000, 1, shared=shared, dtype=torch.float32), torch.ones(1, 2000).bool())
    cells = rows((0, 480, 1500, 1600), (0, 599, 1999, 1999))
    expected = multilabel_crossentropy(many, cells)
    assert torch.equal(multilabel_crossentropy(many, cells.to(dtype)), expected)
    assert torch.equal(gather(many, cells.to(dtype)), gather(many, cells))


@pytest.mark.parametrize("head", HEADS)
def test_what_stands_at_padding_may_be_no_number(head):
    torch.manual_seed(0)
    made = head(16, 3, dim=8)
    legal = torch.arange(9) < torch.tensor([[9], [5]])
    hidden = torch.randn(2, 9, 16)
    results = []
    for padding in (0.0, float("nan")):
        made.zero_grad()
        promise = made(hidden.masked_fill(~legal[..., None], padding), legal)
        loss = multilabel_crossentropy(promise, CELLS)
        loss.sum().backward()
        results.append([loss.detach(), find(promise)[0], *(each.grad.clone() for each in made.parameters())])
    torch.testing.assert_close(*results)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("shape", [(0, 5), (2, 0), (0, 0)])
def test_no_examples_and_no_tokens(head, shape):
    promise = head(16, 3, dim=8)(torch.randn(*shape, 16), torch.ones(shape, dtype=torch.bool))
    loss = multilabel_crossentropy(promise, rows())
    assert loss.shape == (shape[0], 3)
    loss.sum().backward()
    assert not len(find(promise)[0])


@pytest.mark.parametrize("head", [EfficientGlobalPointer, GlobalPointer])
def test_checkpointing_gives_the_same_gradients(head):
    torch.manual_seed(0)
    made, legal = head(16, 3, dim=8), torch.ones(2, 9, dtype=torch.bool)
    hidden = torch.randn(2, 9, 16, requires_grad=True)

    def loss(vectors):
        return multilabel_crossentropy(made(vectors, legal), CELLS).sum()

    (plain,) = torch.autograd.grad(loss(hidden), hidden)
    (again,) = torch.autograd.grad(checkpoint(loss, hidden, use_reentrant=False), hidden)
    torch.testing.assert_close(plain, again)


@pytest.mark.parametrize("shared", [True, False])
def test_gradients_of_gradients_are_refused(shared):
    promise = scores(shared)
    promise.query.requires_grad_()
    loss = multilabel_crossentropy(promise, CELLS).sum()
    with pytest.raises(RuntimeError, match="impl='reference'"):
        torch.autograd.grad(loss, promise.query, create_graph=True)
    loss = multilabel_crossentropy(promise, CELLS, impl="reference").sum()
    (gradient,) = torch.autograd.grad(loss, promise.query, create_graph=True)
    gradient.square().sum().backward()
    assert promise.query.grad.isfinite().all()


def test_sums_that_are_computed_again_take_turns(monkeypatch):
    """Row and column maxima that never meet, in every (example, type), and room for two of them at once."""
    parts = factors(3, 5, 9, 4, dtype=torch.float32)
    parts[2][:, :, -1] = parts[3][:, :, 0] = 90.0
    mask = torch.ones(3, 9, dtype=torch.bool)
    monkeypatch.setattr(factorized, "AGAIN", 2 * 9 * 4)
    results = []
    for impl in ("auto", "reference"):
        inputs = [each.clone().requires_grad_() for each in parts]
        loss = multilabel_crossentropy(
            FactoredScores(*inputs, mask), rows((0, 0, 0, 8), (0, 1, 0, 0), (1, 2, 8, 8)), impl=impl
        )
        results.append([loss.detach(), *torch.autograd.grad(loss.sum(), inputs)])
    torch.testing.assert_close(*results, rtol=1e-5, atol=1e-5)


def test_what_lies_outside_is_refused():
    with pytest.raises(IndexError, match="lies outside"):
        gather(scores(), rows((0, 0, 9, 2)))
    with pytest.raises((ValueError, TypeError)):  # the type checks of the tests may be first
        multilabel_crossentropy(scores(), CELLS, targets=torch.ones(3))
    with pytest.raises(ValueError, match="NaN"):
        find(scores(), torch.tensor([0.0, float("nan"), 0.0]))


def test_divergence_compares_the_same_cells_only():
    first, second = scores(), scores(seed=1)
    short = FactoredScores(second.query, second.key, second.row_bias, second.col_bias, second.mask, max_width=2)
    with pytest.raises(ValueError, match="same cells"):
        divergence(first, short)


def test_one_bias_alone_is_as_good_as_two():
    query, key, row_bias, _ = factors(2, 3, 9, 4)
    mask = torch.ones(2, 9, dtype=torch.bool)
    alone = multilabel_crossentropy(FactoredScores(query, key, row_bias, None, mask), CELLS)
    both = multilabel_crossentropy(FactoredScores(query, key, row_bias, torch.zeros_like(row_bias), mask), CELLS)
    assert torch.equal(alone, both)
