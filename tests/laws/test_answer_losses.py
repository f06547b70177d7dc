"""The losses of reading comprehension against sums over all spans, for any mask, any gold, and scores far over 80."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from tests.laws.test_losses import largest_term, problems
from tests.unit.nn.factories import factors, rows

import oracles
from globalpointer.nn import DenseScores, FactoredScores
from globalpointer.nn.kernels import tiles
from globalpointer.nn.losses.joint import joint_crossentropy
from globalpointer.nn.losses.span_f1 import span_f1_loss

IMPLS = ["auto", "reference", "tiled"]


@pytest.fixture(autouse=True, scope="module")
def small_tiles():
    """Several tiles a square and several parts a batch, however small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "ROWS", 2)
        patch.setitem(tiles.BUDGET, "cpu", 10)
        yield


def assert_equal_in_both_precisions(loss, expected, problem, dense):
    """`loss` of factors, or of the scores they give, in each dtype against `expected`; gradients finite."""
    parts, mask, ordered, width, _, _ = problem
    exact = torch.tensor(expected, dtype=torch.float64).reshape(len(mask), -1)
    for dtype, tolerance in ((torch.float64, 1e-11), (torch.float32, 2e-6)):
        inputs = [None if each is None else each.detach().to(dtype).requires_grad_() for each in parts]
        scores = FactoredScores(*inputs, mask, ordered, width)
        if dense:
            values = scores.logits().detach().nan_to_num(neginf=99.0).requires_grad_()
            inputs, scores = [values], DenseScores(values, mask, ordered, width)
        found = loss(scores)
        torch.testing.assert_close(found.double(), exact, rtol=tolerance, atol=tolerance * largest_term(parts))
        for each in torch.autograd.grad(found.sum(), [each for each in inputs if each is not None]):
            assert each.isfinite().all()


def options(problem):
    """What both the loss and its truth are given: cells that are ignored, and a threshold for each type."""
    parts, mask, *_, ignore = problem
    types = FactoredScores(*parts, mask).types
    threshold = [0.5 * kind - 1 for kind in range(types)]
    asked = {"ignore": rows(*ignore) if ignore else None, "threshold": torch.tensor(threshold).double()}
    return asked, (len(mask), types), {"ignore": ignore, "threshold": threshold}


@settings(max_examples=50)
@given(problems(), st.sampled_from([*IMPLS, "dense"]))
def test_joint_crossentropy_is_the_sum_over_all_spans(problem, impl):
    parts, mask, ordered, width, gold, _ = problem
    asked, shape, truth = options(problem)
    every = oracles.every_score(parts, mask, ordered, width)
    expected = oracles.joint_loss(every, shape, gold, **truth)
    used = "auto" if impl == "dense" else impl
    assert_equal_in_both_precisions(
        lambda scores: joint_crossentropy(scores, rows(*gold), impl=used, **asked), expected, problem, impl == "dense"
    )


@settings(max_examples=50)
@given(
    problems().filter(lambda problem: problem[2]), st.sampled_from([*IMPLS, "dense"]), st.sampled_from([0.0, 0.01, 1.0])
)
def test_f1_loss_is_the_sum_over_all_spans(problem, impl, entropy):
    parts, mask, ordered, width, gold, _ = problem
    asked, shape, truth = options(problem)
    every = oracles.every_score(parts, mask, ordered, width)
    expected = oracles.span_f1_loss(every, shape, gold, entropy=entropy, **truth)
    asked |= {"impl": "auto" if impl == "dense" else impl, "entropy": entropy}
    assert_equal_in_both_precisions(
        lambda scores: span_f1_loss(scores, rows(*gold), **asked), expected, problem, impl == "dense"
    )


@pytest.mark.parametrize("loss", [joint_crossentropy, span_f1_loss])
@pytest.mark.parametrize("impl", IMPLS)
@pytest.mark.parametrize("shared", [True, False])
def test_gradcheck(loss, impl, shared):
    parts = [each.requires_grad_() for each in factors(2, 2, 5, 2, shared=shared) if each is not None]
    mask = torch.tensor([[False, True, True, True, True], [False, True, True, False, False]])
    gold, ignored = rows((0, 1, 1, 2), (0, 1, 3, 4), (1, 0, 1, 1)), rows((0, 0, 1, 2), (0, 1, 2, 2))
    options = {"entropy": 0.3} if loss is span_f1_loss else {}

    def asked(*inputs):
        scores = FactoredScores(*inputs, *[None] * (4 - len(inputs)), mask, True, 3)
        return loss(scores, gold, ignore=ignored, impl=impl, threshold=0.25, **options)

    assert torch.autograd.gradcheck(asked, parts)


@pytest.mark.parametrize("scale", [1.0, 20.0])
@pytest.mark.parametrize("entropy", [0.0, 0.1])
def test_the_gradient_of_the_f1_loss_is_that_over_all_spans(scale, entropy):
    """By automatic differentiation of the formula as it stands, with p and f1 of every span at once."""
    parts = factors(2, 1, 6, 4, shared=False, scale=scale)[:2]
    mask = torch.ones(2, 6, dtype=torch.bool)
    gold = {0: [(1, 3), (2, 2)], 1: []}
    inputs = [[each.clone().requires_grad_() for each in parts] for _ in range(2)]
    cells = rows(*((example, 0, *span) for example, spans in gold.items() for span in spans))
    span_f1_loss(FactoredScores(*inputs[0], None, None, mask), cells, entropy=entropy).sum().backward()
    spans = [(row, col) for row in range(6) for col in range(row, 6)]
    query, key = inputs[1]
    for example, right in gold.items():
        logits = torch.stack([query[example, 0, row] @ key[example, 0, col] for row, col in spans])
        log_p = torch.cat([torch.zeros(1).double(), logits]).log_softmax(0)
        f1 = [max(oracles.token_f1(span, each) for each in right or [None]) for span in [None, *spans]]
        (log_p.exp() * (entropy * log_p - torch.tensor(f1, dtype=torch.float64))).sum().backward()
    for found, expected in zip(inputs[0], inputs[1], strict=True):
        torch.testing.assert_close(found.grad, expected.grad, rtol=1e-9, atol=1e-12)
