import math

import pytest
import torch
from tests.unit.nn.factories import rows, scores

from globalpointer.errors import AlignmentError, ConfigError
from globalpointer.nn import DenseScores
from globalpointer.nn.losses.ablations import binary_crossentropy, focal_crossentropy, softmax_crossentropy

LOSSES = [binary_crossentropy, focal_crossentropy, softmax_crossentropy]
TWO_TOKENS = torch.tensor([[[[1.0, 2.0], [99.0, 3.0]], [[-1.0, 0.5], [99.0, 0.0]]]])
"""Two types; the cell (1, 0) lies below the diagonal."""


def of_two_tokens(requires_grad=False):
    return DenseScores(TWO_TOKENS.clone().requires_grad_(requires_grad), torch.ones(1, 2, dtype=torch.bool))


def softplus(value):
    return math.log1p(math.exp(value))


def test_numbers_worked_by_hand():
    gold = rows((0, 0, 0, 1))
    binary = [softplus(1) + softplus(-2) + softplus(3), softplus(-1) + softplus(0.5) + softplus(0)]
    assert binary_crossentropy(of_two_tokens(), gold)[0].tolist() == pytest.approx(binary)
    none = [math.log(1 + math.e + math.exp(-1)), math.log(1 + math.exp(3) + 1)]
    softmax = [sum(none) / 2 + math.log(1 + math.exp(2) + math.exp(0.5)) - 2, sum(none) / 2]
    assert softmax_crossentropy(of_two_tokens(), gold)[0].tolist() == pytest.approx(softmax)


def test_sure_answers_hardly_weigh_in_the_focal_loss():
    gold = rows((0, 0, 0, 1))
    plain, focal = binary_crossentropy(of_two_tokens(), gold), focal_crossentropy(of_two_tokens(), gold)
    assert (focal < plain).all()
    torch.testing.assert_close(focal_crossentropy(of_two_tokens(), gold, gamma=0.0), plain)
    torch.testing.assert_close(focal_crossentropy(of_two_tokens(), gold, gamma=0.0, alpha=0.5), plain / 2)


def test_two_gold_types_of_a_pair_share_its_answer():
    gold = rows((0, 0, 0, 1), (0, 1, 0, 1))
    loss = softmax_crossentropy(of_two_tokens(True), gold, negatives=0.0)
    partition = math.log(1 + math.exp(2) + math.exp(0.5))
    assert loss[0].tolist() == pytest.approx([(partition - 2) / 2, (partition - 0.5) / 2])


@pytest.mark.parametrize("loss", LOSSES)
def test_ignored_cells_have_no_part_even_where_gold(loss):
    promised, gold = scores(1, 2, 4), rows((0, 0, 0, 0), (0, 0, 1, 2))
    values = promised.logits().clone()
    values[0, :, 1, 2] = -1e4
    expected = loss(DenseScores(values, promised.mask), rows((0, 0, 0, 0)))
    ignored = rows((0, 0, 1, 2), (0, 1, 1, 2), (0, 0, 3, 1), (0, 1, 9, 9))
    torch.testing.assert_close(loss(promised, gold, ignore=ignored), expected)


@pytest.mark.parametrize("loss", LOSSES)
def test_gold_is_checked_as_by_the_multilabel_loss(loss):
    with pytest.raises(AlignmentError, match=r"row 2, col 1.*diagonal"):
        loss(scores(), rows((0, 0, 2, 1)))
    with pytest.raises(ValueError, match="targets must lie in"):
        loss(scores(), rows((0, 0, 1, 2)), targets=torch.tensor([0.0]).double())
    doubled = loss(scores(), rows((0, 0, 1, 2), (0, 0, 1, 2)))
    assert torch.equal(doubled, loss(scores(), rows((0, 0, 1, 2))))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_nan_is_not_hidden(loss):
    values = TWO_TOKENS.clone()
    values[0, 0, 0, 0] = float("nan")
    assert loss(DenseScores(values, torch.ones(1, 2, dtype=torch.bool)), rows((0, 0, 0, 1))).isnan().any()


@pytest.mark.parametrize("loss", LOSSES)
def test_no_tokens_no_examples_and_no_legal_token(loss):
    for batch, tokens in ((0, 3), (2, 0)):
        assert loss(scores(batch, 3, tokens), rows()).shape == (batch, 3)
    assert not loss(scores(2, 3, 4, mask=torch.zeros(2, 4, dtype=torch.bool)), rows()).any()


@pytest.mark.parametrize("loss", LOSSES)
def test_float32_inside_autocast(loss):
    with torch.autocast("cpu", torch.bfloat16):
        found = loss(of_two_tokens(), rows((0, 0, 0, 1)))
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, loss(of_two_tokens(), rows((0, 0, 0, 1))))


@pytest.mark.parametrize(
    ("loss", "options"),
    [
        (focal_crossentropy, {"gamma": -1.0}),
        (focal_crossentropy, {"gamma": float("nan")}),
        (focal_crossentropy, {"alpha": 1.0}),
        (softmax_crossentropy, {"negatives": 1.5}),
        (softmax_crossentropy, {"negatives": float("nan")}),
    ],
)
def test_options_outside_of_their_range(loss, options):
    with pytest.raises(ConfigError, match="needs"):
        loss(of_two_tokens(), rows((0, 0, 0, 1)), **options)
