"""The ablation losses against sums by math.fsum, for any mask, any gold, and scores to ±80."""

import math

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from tests.laws.test_losses import largest_term, problems
from tests.unit.nn.factories import factors, rows

import oracles
from globalpointer.nn import FactoredScores
from globalpointer.nn.losses.ablations import binary_crossentropy, focal_crossentropy, softmax_crossentropy

WEIGHTS = [{}, {"gamma": 0.0}, {"gamma": 1.5, "alpha": 0.25}]
LOSSES = {"binary": binary_crossentropy, "focal": focal_crossentropy, "softmax": softmax_crossentropy}


def assert_equal_in_both_precisions(loss, expected, problem, targets):
    """`loss` of factors of each dtype against `expected`; gradients finite."""
    parts, mask, ordered, width, gold, ignore = problem
    for dtype, tolerance in ((torch.float64, 1e-12), (torch.float32, 2e-6)):
        inputs = [None if each is None else each.detach().to(dtype).requires_grad_() for each in parts]
        soft = None if targets is None else torch.tensor(targets, dtype=dtype)
        left_out = rows(*ignore) if ignore else None
        found = loss(FactoredScores(*inputs, mask, ordered, width), rows(*gold), targets=soft, ignore=left_out)
        exact = torch.tensor(expected, dtype=torch.float64).reshape(len(mask), -1)
        found = found.sum(1, keepdim=True) if exact.shape[1] < found.shape[1] else found
        # Of a sum of cells each is as exact as the terms of its score
        terms = largest_term(parts) * mask.shape[1] ** 2 * (1 if exact.shape[1] > 1 else found.shape[1])
        torch.testing.assert_close(found.double(), exact, rtol=tolerance, atol=tolerance * terms)
        for each in torch.autograd.grad(found.sum(), [each for each in inputs if each is not None]):
            assert each.isfinite().all()


def soft_targets(data, gold):
    return [data.draw(st.sampled_from([1.0, 0.25, 0.5])) for _ in gold] if data.draw(st.booleans()) else None


@settings(deadline=None, max_examples=60)
@given(problems(), st.data())
def test_binary_loss_is_the_sum_by_fsum(problem, data):
    parts, mask, ordered, width, gold, ignore = problem
    targets = soft_targets(data, gold)
    every, shape = oracles.every_score(parts, mask, ordered, width), (len(mask), FactoredScores(*parts, mask).types)
    expected = oracles.focal_loss(every, shape, gold, targets, ignore)
    assert_equal_in_both_precisions(binary_crossentropy, expected, problem, targets)


@settings(deadline=None, max_examples=60)
@given(problems(), st.sampled_from(WEIGHTS), st.data())
def test_focal_loss_is_the_sum_by_fsum(problem, weights, data):
    parts, mask, ordered, width, gold, ignore = problem
    targets = soft_targets(data, gold)
    every, shape = oracles.every_score(parts, mask, ordered, width), (len(mask), FactoredScores(*parts, mask).types)
    expected = oracles.focal_loss(every, shape, gold, targets, ignore, **{"gamma": 2.0, **weights})

    def loss(*args, **options):
        return focal_crossentropy(*args, **options, **weights)

    assert_equal_in_both_precisions(loss, expected, problem, targets)


@settings(deadline=None, max_examples=60)
@given(problems(), st.data())
def test_softmax_loss_of_all_types_is_the_sum_by_fsum(problem, data):
    parts, mask, ordered, width, gold, ignore = problem
    targets = soft_targets(data, gold)
    every, shape = oracles.every_score(parts, mask, ordered, width), (len(mask), FactoredScores(*parts, mask).types)
    expected = oracles.softmax_loss(every, shape, gold, targets, ignore)
    assert_equal_in_both_precisions(softmax_crossentropy, expected, problem, targets)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shared", [True, False])
def test_gradcheck(name, shared):
    parts = [each.requires_grad_() for each in factors(2, 2, 5, 2, shared=shared) if each is not None]
    mask = torch.tensor([[False, True, True, True, True], [False, True, True, False, False]])
    gold, targets = rows((0, 1, 1, 2), (0, 1, 3, 4), (1, 0, 1, 1)), torch.tensor([1.0, 0.3, 1.0]).double()

    def loss(*inputs):
        scores = FactoredScores(*inputs, *[None] * (4 - len(inputs)), mask, True, 3)
        return LOSSES[name](scores, gold, targets=targets, ignore=rows((0, 0, 1, 2)))

    assert torch.autograd.gradcheck(loss, parts)


@settings(deadline=None, max_examples=30)
@given(problems(), st.floats(0, 1), st.integers(0, 99))
def test_sampled_negatives_never_cost_more_than_all(problem, rate, seed):
    parts, mask, ordered, width, gold, ignore = problem
    scores = FactoredScores(*parts, mask, ordered, width)
    torch.manual_seed(seed)
    sampled = softmax_crossentropy(scores, rows(*gold), ignore=rows(*ignore), negatives=rate)
    torch.manual_seed(seed)
    assert torch.equal(softmax_crossentropy(scores, rows(*gold), ignore=rows(*ignore), negatives=rate), sampled)
    every = softmax_crossentropy(scores, rows(*gold), ignore=rows(*ignore))
    assert (sampled <= every + 1e-9 * (1 + every.abs())).all()
    only_gold = softmax_crossentropy(scores, rows(*gold), ignore=rows(*ignore), negatives=0.0)
    assert (only_gold <= sampled + 1e-9 * (1 + sampled.abs())).all()


def test_as_many_negatives_are_drawn_as_asked_for():
    scores = FactoredScores(*(torch.zeros(1, 2, 200, 1) for _ in range(2)), None, None, torch.ones(1, 200) > 0)
    torch.manual_seed(0)
    drawn = softmax_crossentropy(scores, rows((0, 0, 3, 5)), negatives=0.3).sum().item() / math.log(3) - 1
    every = 200 * 201 / 2 - 1
    assert abs(drawn / every - 0.3) < 4 * math.sqrt(0.3 * 0.7 / every)
