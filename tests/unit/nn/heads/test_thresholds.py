"""A threshold is a shift of the scores, in every form that scores have, and can be learned."""

import math

import pytest
import torch
from tests.unit.nn.factories import rows
from transformers import Trainer

from globalpointer.nn import Biaffine, EfficientGlobalPointer, GlobalPointer, TokenPairModel, multilabel_crossentropy
from globalpointer.nn.contracts import Head
from globalpointer.nn.heads.additive import Additive
from globalpointer.nn.heads.thresholds import Thresholds
from globalpointer.nn.scores import DenseScores, find

HEADS = {
    "efficient": lambda types: EfficientGlobalPointer(8, types, dim=4),
    "global_pointer": lambda types: GlobalPointer(8, types, dim=4),
    "additive": lambda types: Additive(8, types, dim=4),
    "biaffine": lambda types: Biaffine(8, types, dim=4),
}


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("types", [1, 3])
def test_loss_and_search_are_those_at_these_thresholds(name, types):
    torch.manual_seed(0)
    head, limits = HEADS[name](types), torch.tensor([0.3, -0.2, 0.1][:types])
    wrapped = Thresholds(head, types)
    with torch.no_grad():
        wrapped.bias.copy_(-limits)
    assert isinstance(wrapped, Head)
    assert torch.equal(wrapped.values, limits)
    hidden, legal = torch.randn(2, 6, 8), torch.tensor([[True] * 6, [False, True, True, True, False, False]])
    gold = rows((0, 0, 1, 2), (1, types - 1, 2, 3))
    plain, shifted = head(hidden, legal), wrapped(hidden, legal)
    torch.testing.assert_close(
        multilabel_crossentropy(shifted, gold), multilabel_crossentropy(plain, gold, threshold=limits)
    )
    cells, logits = find(plain, limits)
    assert len(cells)
    assert torch.equal(find(shifted)[0], cells)
    torch.testing.assert_close(find(shifted)[1], logits - limits[cells[:, 1]])


@pytest.mark.parametrize("impl", ["auto", "reference", "tiled"])
@pytest.mark.parametrize("name", ["efficient", "global_pointer"])
def test_gradients_reach_the_thresholds_through_every_kernel(name, impl):
    torch.manual_seed(0)
    head = Thresholds(HEADS[name](3), 3)
    hidden, legal = torch.randn(2, 6, 8), torch.ones(2, 6, dtype=torch.bool)

    def loss(implementation):
        return multilabel_crossentropy(head(hidden, legal), rows((0, 1, 1, 2)), impl=implementation).sum()

    (found,) = torch.autograd.grad(loss(impl), head.bias)
    (expected,) = torch.autograd.grad(loss("reference"), head.bias)
    torch.testing.assert_close(found, expected)
    assert (found != 0).all()


class Same(torch.nn.Module):
    """A head that scores the gold cells of its two types with 2 and 5, and the others with 1 and -3."""

    def forward(self, hidden, legal):
        values = torch.tensor([[[2.0, 1.0], [0.0, 1.0]], [[-3.0, 5.0], [0.0, -3.0]]])
        return DenseScores(values[None].expand(len(hidden), -1, -1, -1), legal)


def test_each_type_learns_a_threshold_between_its_gold_and_the_rest():
    """At rest both sides pull alike: n e^(other-θ) = e^(θ-gold) for one gold cell and n = 2 others of one score each."""
    head, legal = Thresholds(Same(), 2), torch.ones(1, 2, dtype=torch.bool)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.05)
    for _ in range(400):
        optimizer.zero_grad()
        loss = multilabel_crossentropy(head(torch.zeros(1, 2, 8), legal), rows((0, 0, 0, 0), (0, 1, 0, 1)))
        loss.sum().backward()
        optimizer.step()
    middle = torch.tensor([(2 + 1 + math.log(2)) / 2, (5 - 3 + math.log(2)) / 2])
    torch.testing.assert_close(head.values.detach(), middle, atol=1e-3, rtol=0)


def test_a_fixed_threshold_is_kept_and_not_trained():
    head = Thresholds(HEADS["efficient"](2), 2, start=1.5, learned=False)
    assert head.values.tolist() == [1.5, 1.5]
    assert [name for name, weight in head.named_parameters() if not weight.requires_grad] == ["bias"]
    assert "bias" in head.state_dict()


def test_no_weight_decay_pulls_at_thresholds():
    model = TokenPairModel(torch.nn.Identity(), {"entity": Thresholds(HEADS["global_pointer"](2), 2)})
    decayed = Trainer.get_decay_parameter_names(None, model)
    assert "heads.entity.head.project.weight" in decayed
    assert "heads.entity.bias" not in decayed
