"""The score of "no answer" is a shift of all others, in every form that scores have."""

import pytest
import torch
from tests.unit.nn.factories import rows

from globalpointer.nn import Biaffine, EfficientGlobalPointer, GlobalPointer
from globalpointer.nn.contracts import Head
from globalpointer.nn.heads.null import START, Null
from globalpointer.nn.losses.joint import joint_crossentropy
from globalpointer.nn.scores import find

HEADS = {
    "efficient": lambda: EfficientGlobalPointer(8, 1, dim=4),
    "global_pointer": lambda: GlobalPointer(8, 1, dim=4),
    "biaffine": lambda: Biaffine(8, 1, dim=4),
}
LEGAL = torch.tensor([[False, True, True, True, True, True], [False, False, True, True, False, False], [False] * 6])


def made(name, start=START):
    torch.manual_seed(0)
    head = Null(HEADS[name](), 8, start=start)
    torch.nn.init.normal_(head.null.judge.weight)
    return head, torch.randn(3, 6, 8)


def nulls(head, hidden):
    """By loops: w · [h_first ; the highest of each dimension over legal tokens] + b."""
    weight, bias = head.null.judge.weight[0].tolist(), head.null.judge.bias.item()
    every = []
    for vectors, legal in zip(hidden.tolist(), LEGAL.tolist(), strict=True):
        kept = [vector for vector, yes in zip(vectors, legal, strict=True) if yes] or [[0.0] * 8]
        read = vectors[0] + [max(values) for values in zip(*kept, strict=True)]
        every.append(sum(w * x for w, x in zip(weight, read, strict=True)) + bias)
    return every


@pytest.mark.parametrize("name", HEADS)
def test_scores_are_those_of_the_head_less_the_null_of_the_window(name):
    head, hidden = made(name)
    assert isinstance(head, Head)
    plain, shifted = head.head(hidden, LEGAL), head(hidden, LEGAL)
    expected = plain.logits() - torch.tensor(nulls(head, hidden))[:, None, None, None]
    torch.testing.assert_close(shifted.logits(), expected, rtol=1e-5, atol=1e-5)
    assert (shifted.types, shifted.ordered, shifted.max_width) == (plain.types, plain.ordered, plain.max_width)


@pytest.mark.parametrize("name", HEADS)
def test_what_is_above_0_is_what_beats_no_answer(name):
    head, hidden = made(name, start=0.0)
    plain = head.head(hidden, LEGAL)
    cells, logits = find(head(hidden, LEGAL))
    assert (logits > 0).all()
    limits = torch.tensor(nulls(head, hidden))
    expected = (plain.logits() > limits[:, None, None, None]).nonzero()
    assert torch.equal(cells, expected)


@pytest.mark.parametrize("name", HEADS)
def test_the_null_has_its_gradient_and_a_window_without_legal_tokens_is_finite(name):
    head, hidden = made(name)
    hidden.requires_grad_()
    loss = joint_crossentropy(head(hidden, LEGAL), rows((0, 0, 1, 2)))
    assert loss[2].item() == 0
    loss.sum().backward()
    p = head(hidden, LEGAL).logsumexp().sigmoid()
    # By -null, the gradient is p(any cell) where there is no answer, and 1 less where there is one
    torch.testing.assert_close(head.null.judge.bias.grad, -(p[0] - 1 + p[1]), rtol=1e-4, atol=1e-5)
    assert hidden.grad.isfinite().all()


@pytest.mark.parametrize("tokens", [32, 128])
def test_an_untrained_model_neither_answers_everywhere_nor_never(tokens):
    """No answer and all cells together are about as probable, and the best cell of a window is no answer yet."""
    torch.manual_seed(0)
    head, hidden = Null(GlobalPointer(64, 1), 64), torch.randn(4, tokens + 1, 64)
    legal = torch.arange(tokens + 1).expand(4, -1) > 0
    scores = head(hidden, legal)
    p = scores.logsumexp().sigmoid()
    assert ((p > 0.02) & (p < 0.98)).all()
    assert len(find(scores)[0]) < 4 * 10


def test_what_stands_at_padding_may_be_no_number():
    head, hidden = made("global_pointer")
    attended = LEGAL | (torch.arange(6) == 0)
    results = []
    for padding in (0.0, float("nan")):
        head.zero_grad()
        joint_crossentropy(head(hidden.masked_fill(~attended[..., None], padding), LEGAL), rows()).sum().backward()
        results.append([each.grad.clone() for each in head.parameters()])
    torch.testing.assert_close(*results)


def test_float32_inside_autocast():
    head, hidden = made("global_pointer")
    with torch.autocast("cpu", torch.bfloat16):
        shifted = head(hidden.bfloat16(), LEGAL)
    assert shifted.row_bias.dtype == torch.float32
