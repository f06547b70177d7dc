"""The losses against sums by math.fsum, for any mask, any gold, and scores to ±80."""

import math

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from tests.unit.nn.factories import factors, rows

import oracles
from globalpointer.nn import DenseScores, FactoredScores, divergence, multilabel_crossentropy


@st.composite
def problems(draw):
    """Factors, which cells exist, and some of them as gold and as ignored; doubles included. Scores reach far over 80."""
    batch, types, tokens = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 6))
    shared = draw(st.booleans())
    scale = draw(st.sampled_from([0.1, 3.0, 30.0, 80.0]))
    parts = factors(batch, types, tokens, 2, shared=shared, scale=scale, seed=draw(st.integers(0, 99)))
    kind = draw(st.sampled_from(["all", "none", "some"]))
    bits = draw(st.lists(st.booleans(), min_size=batch * tokens, max_size=batch * tokens))
    mask = torch.tensor([kind == "all" or (kind == "some" and bit) for bit in bits]).view(batch, tokens)
    ordered, width = draw(st.booleans()), draw(st.sampled_from([None, 1, 2]))
    cells = sorted(oracles.every_score(parts, mask, ordered, width))
    gold = draw(st.sampled_from(["none", "all", "some"]))
    some = st.lists(st.sampled_from(cells), max_size=8) if cells else st.just([])
    chosen = {"none": [], "all": cells, "some": draw(some)}[gold]
    return parts, mask, ordered, width, chosen, draw(some) if draw(st.booleans()) else []


def largest_term(parts):
    """Rounding is relative to the terms of a score, which may cancel."""
    query, key, *biases = (None if each is None else each.detach().abs() for each in parts)
    product = (query @ key.mT).max().item()
    return max(1.0, product + sum(each.max().item() for each in biases if each is not None))


@settings(deadline=None, max_examples=120)
@given(problems(), st.sampled_from(["auto", "reference", "tiled"]), st.booleans(), st.data())
def test_loss_is_the_sum_by_fsum(problem, impl, soft, data):
    parts, mask, ordered, width, gold, ignore = problem
    types = FactoredScores(*parts, mask).types
    targets = [data.draw(st.sampled_from([1.0, 0.25, 0.5])) for _ in gold] if soft else None
    threshold = [0.5 * t - 1 for t in range(types)]
    every = oracles.every_score(parts, mask, ordered, width)
    expected = oracles.multilabel_loss(every, (len(mask), types), gold, targets, ignore, threshold)
    for dtype, tolerance in ((torch.float64, 1e-12), (torch.float32, 1e-6)):
        inputs = [None if each is None else each.detach().to(dtype).requires_grad_() for each in parts]
        loss = multilabel_crossentropy(
            FactoredScores(*inputs, mask, ordered, width),
            rows(*gold),
            targets=None if targets is None else torch.tensor(targets, dtype=dtype),
            ignore=rows(*ignore) if ignore else None,
            threshold=torch.tensor(threshold, dtype=dtype),
            impl=impl,
        )
        exact = torch.tensor(expected, dtype=torch.float64)
        torch.testing.assert_close(loss.double(), exact, rtol=tolerance, atol=tolerance * largest_term(parts))
        for each in torch.autograd.grad(loss.sum(), [each for each in inputs if each is not None]):
            assert each.isfinite().all()


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("scale", [1.0, 20.0])
def test_gradients_of_all_implementations_are_those_of_the_reference(shared, scale):
    parts = [each for each in factors(2, 3, 6, 4, shared=shared, scale=scale) if each is not None]
    mask = torch.ones(2, 6, dtype=torch.bool)
    mask[0, 0] = mask[1, 4:] = False
    gold, ignore = rows((0, 1, 1, 3), (0, 2, 1, 3), (0, 1, 2, 2), (1, 0, 0, 1)), rows((0, 0, 1, 5), (1, 2, 0, 0))
    gradients = {}
    for impl in ("reference", "auto", "tiled"):
        inputs = [each.clone().requires_grad_() for each in parts]
        scores = FactoredScores(*inputs, *[None] * (4 - len(inputs)), mask)
        loss = multilabel_crossentropy(scores, gold, ignore=ignore, impl=impl)
        weights = torch.arange(6, dtype=torch.float64).view(2, 3)
        gradients[impl] = torch.autograd.grad((loss * weights).sum(), inputs)
    for impl in ("auto", "tiled"):
        for found, expected in zip(gradients[impl], gradients["reference"], strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("width", [None, 3])
def test_gradcheck(shared, width):
    parts = [each.requires_grad_() for each in factors(2, 2, 5, 2, shared=shared) if each is not None]
    mask = torch.tensor([[False, True, True, True, True], [False, True, True, False, False]])

    def loss(*inputs):
        scores = FactoredScores(*inputs, *[None] * (4 - len(inputs)), mask, True, width)
        return multilabel_crossentropy(
            scores, rows((0, 1, 1, 2), (0, 1, 3, 4), (1, 0, 1, 1)), targets=torch.tensor([1.0, 0.3, 1.0]).double()
        )

    assert torch.autograd.gradcheck(loss, parts)


@pytest.mark.parametrize("shared", [True, False])
def test_a_sentence_of_one_token_that_is_all_gold_has_no_negatives(shared):
    parts = factors(1, 2, 1, 4, shared=shared, dtype=torch.float32)
    inputs = [None if each is None else each.requires_grad_() for each in parts]
    scores = FactoredScores(*inputs, torch.ones(1, 1, dtype=torch.bool))
    loss = multilabel_crossentropy(scores, rows((0, 0, 0, 0), (0, 1, 0, 0)))
    torch.testing.assert_close(loss, torch.nn.functional.softplus(-scores.logits()[:, :, 0, 0]))
    loss.sum().backward()
    assert all(each.grad.isfinite().all() for each in inputs if each is not None)


def test_gold_far_above_the_negatives_does_not_cancel():
    """The published sparse loss gives 13.9 here (reference formula, eps 1e-7, positive 30, negatives -27)."""
    values = torch.full((1, 1, 8, 8), -27.0)
    values[0, 0, 1, 2] = 30.0
    values.requires_grad_()
    loss = multilabel_crossentropy(DenseScores(values, torch.ones(1, 8, dtype=torch.bool)), rows((0, 0, 1, 2)))
    assert loss.item() == pytest.approx(35 * math.exp(-27), rel=0.2, abs=1e-9)
    loss.sum().backward()
    assert values.grad[0, 0, 1, 2] <= 0


@pytest.mark.parametrize("spread", [30.0, 80.0])
def test_sums_too_small_for_float32_are_computed_again(spread):
    """Row and column maxima that never meet in a legal cell: the one product underflows."""
    row_bias, col_bias = (torch.full((1, 2, 4), -spread) for _ in range(2))
    row_bias[0, :, 3] = col_bias[0, 0, 0] = spread
    row_bias.requires_grad_()
    query = torch.zeros(1, 1, 4, 2, requires_grad=True)
    scores = FactoredScores(query, torch.zeros(1, 1, 4, 2), row_bias, col_bias, torch.ones(1, 4, dtype=torch.bool))
    cells = rows((0, 0, 0, 0))
    expected = oracles.multilabel_loss(
        oracles.every_score([query, query, row_bias, col_bias], scores.mask), (1, 2), cells.tolist()
    )
    loss = multilabel_crossentropy(scores, cells)
    torch.testing.assert_close(loss, torch.tensor(expected), rtol=1e-6, atol=1e-5)
    loss.sum().backward()
    assert row_bias.grad.isfinite().all()
    assert query.grad.isfinite().all()


@settings(deadline=None, max_examples=40)
@given(problems(), st.integers(100, 120))
def test_divergence_is_the_sum_by_fsum_and_symmetric(problem, seed):
    parts, mask, ordered, width, _, _ = problem
    types = FactoredScores(*parts, mask).types
    other = factors(len(mask), types, mask.shape[1], 2, shared=parts[2] is not None, seed=seed)
    first, second = (FactoredScores(*each, mask, ordered, width) for each in (parts, other))
    expected = oracles.divergence(
        *(oracles.every_score(each, mask, ordered, width) for each in (parts, other)), (len(mask), types)
    )
    found = divergence(first, second)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64), rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(divergence(second, first), found)
    assert (found >= 0).all()


@pytest.mark.parametrize("shared", [True, False])
def test_divergence_has_gradients_on_both_sides(shared):
    first, second = (
        [each.requires_grad_() for each in factors(2, 2, 4, 2, shared=shared, seed=seed) if each is not None]
        for seed in (1, 2)
    )
    mask = torch.tensor([[True] * 4, [False, True, True, False]])

    def apart(*inputs):
        half = len(inputs) // 2
        none = [None] * (4 - half)
        return divergence(FactoredScores(*inputs[:half], *none, mask), FactoredScores(*inputs[half:], *none, mask))

    assert torch.autograd.gradcheck(apart, [*first, *second])
