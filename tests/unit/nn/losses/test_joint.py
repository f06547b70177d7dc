import math

import pytest
import torch
from tests.unit.nn.factories import Largest, factors, rows, scores

from globalpointer.errors import AlignmentError, ConfigError
from globalpointer.nn import DenseScores, FactoredScores, multilabel_crossentropy
from globalpointer.nn.kernels import tiles
from globalpointer.nn.losses.joint import joint_crossentropy

VALUES = torch.tensor([[[[1.0, 2.0], [99.0, 3.0]]]])
"""Two tokens and three cells, of the logits 1, 2 and 3."""


def loss(*cells, values=VALUES, **options):
    return joint_crossentropy(DenseScores(values, torch.ones(1, 2, dtype=torch.bool)), rows(*cells), **options).item()


def test_numbers_worked_by_hand():
    total = math.log(1 + math.e + math.e**2 + math.e**3)
    assert loss() == pytest.approx(total)
    assert loss((0, 0, 0, 1)) == pytest.approx(total - 2)
    assert loss((0, 0, 0, 1), (0, 0, 0, 0)) == pytest.approx(total - math.log(math.e + math.e**2))
    without = math.log(1 + math.e**2 + math.e**3)
    assert loss((0, 0, 0, 1), ignore=rows((0, 0, 0, 0), (0, 0, 1, 0))) == pytest.approx(without - 2)


def test_gold_that_is_ignored_is_no_class():
    ignored = rows((0, 0, 0, 1))
    assert loss((0, 0, 0, 1), ignore=ignored) == pytest.approx(loss(ignore=ignored))
    assert loss((0, 0, 0, 1), (0, 0, 1, 1), ignore=ignored) == pytest.approx(loss((0, 0, 1, 1), ignore=ignored))


def test_doubles_count_once():
    assert loss((0, 0, 0, 1), (0, 0, 0, 1)) == loss((0, 0, 0, 1))


def test_one_gold_cell_and_nothing_else_is_the_multilabel_loss():
    """log(1 + Σ_negative) + log(1 + e^-gold) with no negative is log(1 + e^gold) - gold."""
    promised = scores(3, 1, 1)
    gold = rows((0, 0, 0, 0), (2, 0, 0, 0))
    torch.testing.assert_close(joint_crossentropy(promised, gold), multilabel_crossentropy(promised, gold))


def test_gold_far_above_the_rest_does_not_cancel():
    values = torch.full((1, 1, 2, 2), -27.0)
    values[0, 0, 0, 1] = 30.0
    assert loss((0, 0, 0, 1), values=values) == pytest.approx(math.exp(-30), rel=1e-3)
    assert loss((0, 0, 0, 0), values=values) == pytest.approx(57, rel=1e-6)


def test_soft_targets_are_refused():
    with pytest.raises(ConfigError, match=r"soft targets.*multilabel"):
        loss((0, 0, 0, 1), targets=torch.tensor([0.5]))


def test_gold_that_cannot_be_is_named():
    with pytest.raises(AlignmentError, match=r"row 1, col 0.*diagonal"):
        loss((0, 0, 1, 0))


def test_float32_inside_autocast_and_from_half_factors():
    half = [each.bfloat16().requires_grad_() for each in factors(1, 1, 6, 4, shared=False, dtype=torch.float32)[:2]]
    mask = torch.ones(1, 6, dtype=torch.bool)
    exact = FactoredScores(*(each.detach().float() for each in half), None, None, mask)
    with torch.autocast("cpu", torch.bfloat16):
        found = joint_crossentropy(FactoredScores(*half, None, None, mask), rows((0, 0, 1, 2)))
        assert found.dtype == torch.float32
        torch.testing.assert_close(found, joint_crossentropy(exact, rows((0, 0, 1, 2))))
        found.sum().backward()
    assert all(each.grad.dtype == torch.bfloat16 for each in half)


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
@pytest.mark.parametrize("shared", [True, False])
def test_no_tokens_and_no_examples(shape, shared):
    found = joint_crossentropy(scores(shape[0], 2, shape[1], shared=shared), rows())
    assert found.shape == (shape[0], 2)
    assert found.sum() == 0


def test_the_scores_of_all_cells_are_never_built():
    parts = [each.requires_grad_() for each in factors(1, 1, 4096, 16, shared=False, dtype=torch.float32)[:2]]
    promised = FactoredScores(*parts, None, None, torch.ones(1, 4096, dtype=torch.bool))
    with Largest() as largest:
        joint_crossentropy(promised, rows((0, 0, 7, 4000), (0, 0, 9, 9)), ignore=rows((0, 0, 5, 8))).sum().backward()
    assert largest.numel <= tiles.BUDGET["cpu"]
