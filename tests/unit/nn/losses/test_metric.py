import pytest
import torch
from tests.unit.nn.factories import rows, scores

from globalpointer.nn import batch_f1, divergence


@pytest.mark.parametrize("shared", [True, False])
def test_the_metric_of_the_description(shared):
    promised = scores(shared=shared)
    logits = promised.logits()
    gold = torch.cat([rows((0, 0, 1, 2), (0, 0, 1, 2)), (logits > 1).nonzero()])
    y = torch.zeros_like(logits)
    y[tuple(gold.unbind(1))] = 1
    found = (logits > 0).double()
    expected = 2 * (y * found).sum() / (y + found).sum()
    assert batch_f1(promised, gold).item() == pytest.approx(expected.item())


def test_nothing_gold_and_nothing_found_is_zero():
    assert batch_f1(scores(), rows(), threshold=1e6) == 0


def test_scores_of_other_cells_are_not_compared():
    with pytest.raises(ValueError, match="same cells"):
        divergence(scores(types=3), scores(types=2))
