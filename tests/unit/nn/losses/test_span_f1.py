import math

import pytest
import torch
from tests.unit.nn.factories import Largest, factors, rows, scores

import oracles
from globalpointer.errors import AlignmentError, ConfigError
from globalpointer.nn import DenseScores, FactoredScores
from globalpointer.nn.kernels import tiles
from globalpointer.nn.losses.joint import joint_crossentropy
from globalpointer.nn.losses.span_f1 import span_f1_loss, token_f1

VALUES = torch.tensor([[[[1.0, 2.0], [99.0, 3.0]]]])
"""Two tokens and three cells, of the logits 1, 2 and 3."""


def loss(*cells, values=VALUES, **options):
    promised = DenseScores(values, torch.ones(1, values.shape[-1], dtype=torch.bool))
    return span_f1_loss(promised, rows(*cells), **options)


def test_numbers_worked_by_hand():
    """Of the cells (0, 0), (0, 1), (1, 1): against the answer (0, 1) their F1 is 2/3, 1, 2/3."""
    e = math.e
    total = 1 + e + e**2 + e**3
    assert loss((0, 0, 0, 1), entropy=0).item() == pytest.approx(-(2 / 3 * e + e**2 + 2 / 3 * e**3) / total)
    assert loss(entropy=0).item() == pytest.approx(-1 / total)
    both = loss((0, 0, 0, 0), (0, 0, 1, 1), entropy=0).item()
    assert both == pytest.approx(-(e + 2 / 3 * e**2 + e**3) / total)
    spread = sum(math.exp(x) / total * (x - math.log(total)) for x in range(4))
    assert loss(entropy=0.5).item() == pytest.approx(0.5 * spread - 1 / total)


def test_ignored_cells_take_no_part_even_where_gold():
    ignored = rows((0, 0, 0, 1))
    e = math.e
    found = loss((0, 0, 0, 1), (0, 0, 0, 0), ignore=ignored, entropy=0).item()
    assert found == pytest.approx(-e / (1 + e + e**3))
    assert loss((0, 0, 0, 1), ignore=ignored, entropy=0).item() == pytest.approx(-1 / (1 + e + e**3))


@pytest.mark.parametrize("answers", [[(2, 4)], [(0, 0), (3, 5), (4, 5)], [(0, 6)], []])
def test_f1_is_that_of_sets_of_tokens(answers):
    spans = torch.tensor([answers + [(-1, -1)]]).view(1, 1, -1, 2).double()
    found = token_f1(torch.arange(1, 7).double(), torch.arange(7).double(), spans)
    for row in range(1, 7):
        for col in range(7):
            expected = max((oracles.token_f1((row, col), each) for each in answers), default=0.0)
            assert found[0, 0, row - 1, col].item() == pytest.approx(expected), (row, col)


@pytest.mark.parametrize("entropy", [0.0, 0.05, 1.0])
@pytest.mark.parametrize("legal", [0, 1, 3])
@pytest.mark.parametrize("spread", [0.0, 80.0])
@pytest.mark.parametrize("gold", [True, False])
def test_finite_however_few_cells_and_however_far_apart_scores(entropy, legal, spread, gold):
    signs = torch.tensor([[1.0, -1.0, 1.0], [1.0, -1.0, -1.0], [1.0, 1.0, 1.0]])
    values = (signs * spread).view(1, 1, 3, 3).requires_grad_()
    promised = DenseScores(values, torch.arange(3)[None] < legal)
    cells = rows((0, 0, 0, legal - 1)) if gold and legal else rows()
    for made in (span_f1_loss(promised, cells, entropy=entropy), joint_crossentropy(promised, cells)):
        values.grad = None
        made.sum().backward()
        assert made.isfinite().all()
        assert values.grad.isfinite().all()
    if not legal:
        assert span_f1_loss(promised, cells, entropy=entropy).item() == -1


@pytest.mark.parametrize("entropy", [0.1, 0.5])
def test_at_its_least_probabilities_are_those_that_f1_gives(entropy):
    """p ~ e^(f1/λ): the gradient is 0 at s = f1 / λ, for "no answer" has the F1 0 and the logit 0."""
    spans = torch.tensor([[[[1.0, 2.0]]]], dtype=torch.float64)
    place = torch.arange(4, dtype=torch.float64)
    values = (token_f1(place, place, spans) / entropy).requires_grad_()
    loss((0, 0, 1, 2), values=values, entropy=entropy).sum().backward()
    assert values.grad.abs().max() < 1e-12


@pytest.mark.parametrize("entropy", [-0.1, math.nan, math.inf])
def test_an_impossible_entropy_is_refused(entropy):
    with pytest.raises(ConfigError, match="entropy between 0 and 1"):
        loss(entropy=entropy)


def test_soft_targets_and_grids_that_hold_no_spans_are_refused():
    with pytest.raises(ConfigError, match="soft targets"):
        loss((0, 0, 0, 1), targets=torch.tensor([0.5]))
    with pytest.raises(ConfigError, match="row <= col"):
        span_f1_loss(scores(ordered=False), rows())
    with pytest.raises(AlignmentError, match=r"row 1, col 0.*diagonal"):
        loss((0, 0, 1, 0))
    with pytest.raises(ValueError, match="impl"):
        span_f1_loss(scores(), rows(), impl="fast")


@pytest.mark.parametrize("impl", ["auto", "reference"])
def test_float32_inside_autocast_and_from_half_factors(impl):
    half = [each.bfloat16().requires_grad_() for each in factors(1, 1, 6, 4, shared=False, dtype=torch.float32)[:2]]
    mask = torch.ones(1, 6, dtype=torch.bool)
    exact = FactoredScores(*(each.detach().float() for each in half), None, None, mask)
    with torch.autocast("cpu", torch.bfloat16):
        found = span_f1_loss(FactoredScores(*half, None, None, mask), rows((0, 0, 1, 2)), impl=impl)
        assert found.dtype == torch.float32
        torch.testing.assert_close(found, span_f1_loss(exact, rows((0, 0, 1, 2))))
        found.sum().backward()
    assert all(each.grad.dtype == torch.bfloat16 for each in half)


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
@pytest.mark.parametrize("shared", [True, False])
def test_no_tokens_and_no_examples(shape, shared):
    found = span_f1_loss(scores(shape[0], 2, shape[1], shared=shared), rows())
    assert found.shape == (shape[0], 2)
    assert (found == -1).all()


@pytest.mark.parametrize("width", [None, 30])
def test_neither_scores_nor_f1_are_ever_larger_than_a_tile(width):
    """4,096 tokens, of which the square has 32 tiles' worth of cells."""
    parts = [each.requires_grad_() for each in factors(1, 1, 4096, 16, shared=False, dtype=torch.float32)[:2]]
    promised = FactoredScores(*parts, None, None, torch.ones(1, 4096, dtype=torch.bool), True, width)
    with Largest() as largest:
        span_f1_loss(promised, rows((0, 0, 7, 20), (0, 0, 4090, 4095))).sum().backward()
    assert largest.numel <= tiles.BUDGET["cpu"] == 4096**2 // 32
    assert all(each.grad.isfinite().all() for each in parts)


def test_what_is_kept_for_the_gradient_does_not_grow_with_the_square():
    parts = [each.requires_grad_() for each in factors(1, 1, 2048, 16, shared=False, dtype=torch.float32)[:2]]
    promised = FactoredScores(*parts, None, None, torch.ones(1, 2048, dtype=torch.bool))
    kept = {}

    def count(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        span_f1_loss(promised, rows((0, 0, 7, 20)))
    assert sum(kept.values()) < 2048**2
