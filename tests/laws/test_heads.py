"""The heads against a re-derivation by loops, and the laws of rotary positions."""

import pytest
import torch

import oracles
from globalpointer.nn import Biaffine, EfficientGlobalPointer, GlobalPointer
from globalpointer.nn.heads.rotary import rotate

HIDDEN, TYPES, DIM, TOKENS = 5, 3, 4, 6


def inputs(dtype=torch.float64):
    torch.manual_seed(3)
    return torch.randn(2, TOKENS, HIDDEN, dtype=dtype), torch.ones(2, TOKENS, dtype=torch.bool)


def plain(linear):
    return linear.weight.tolist(), linear.bias.tolist()


def randomise(head):
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    return head.double()


@pytest.mark.parametrize("rotary", [True, False])
def test_global_pointer_is_the_published_one(rotary):
    hidden, legal = inputs()
    head = randomise(GlobalPointer(HIDDEN, TYPES, dim=DIM, rotary=rotary, ordered=False))
    expected = [oracles.global_pointer(each, *plain(head.project), TYPES, DIM, rotary) for each in hidden.tolist()]
    torch.testing.assert_close(head(hidden, legal).logits(), torch.tensor(expected).double(), rtol=1e-5, atol=1e-5)
    exact = torch.tensor(expected, dtype=torch.float64)
    torch.testing.assert_close(head(hidden, legal).logits(), exact, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("typing_input", ["pairs", "hidden"])
@pytest.mark.parametrize("rotary", [True, False])
def test_efficient_global_pointer_is_the_published_one(rotary, typing_input):
    hidden, legal = inputs()
    head = EfficientGlobalPointer(HIDDEN, TYPES, dim=DIM, rotary=rotary, ordered=False, typing_input=typing_input)
    head = randomise(head)
    expected = [
        oracles.efficient_global_pointer(
            each, plain(head.project), plain(head.typing), TYPES, DIM, rotary, typing_input
        )
        for each in hidden.tolist()
    ]
    exact = torch.tensor(expected, dtype=torch.float64)
    torch.testing.assert_close(head(hidden, legal).logits(), exact, rtol=1e-9, atol=1e-9)


def test_biaffine_is_a_product_with_a_matrix_a_type():
    hidden, legal = inputs()
    head = randomise(Biaffine(HIDDEN, TYPES, dim=DIM, ordered=False))
    first, last = head.first(hidden).relu(), head.last(hidden).relu()
    expected = torch.einsum("bid,tde,bje->btij", first, head.product, last)
    expected = expected + head.row(first).mT[..., None] + head.col(last).mT[:, :, None]
    torch.testing.assert_close(head(hidden, legal).logits(), expected)


def test_products_of_rotated_vectors_know_only_the_distance():
    torch.manual_seed(0)
    query, key = torch.randn(2, 1, 8, dtype=torch.float64)
    placed = rotate(query.expand(20, 8)) @ rotate(key.expand(20, 8)).mT
    for distance in (-7, 0, 3):
        diagonal = placed.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal))
    assert (placed[0, 1] - placed[0, 2]).abs() > 1e-6


def test_rotation_is_interleaved():
    turned = rotate(torch.tensor([[1.0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]))
    cos, sin = torch.tensor(1.0).cos(), torch.tensor(1.0).sin()
    torch.testing.assert_close(turned[0], torch.tensor([1.0, 0, 0, 0]))
    torch.testing.assert_close(turned[1], torch.stack([cos, sin, torch.zeros(()), torch.zeros(())]))
    # the second pair turns by 2 / 10000^(2/4) = 0.02 at place 2
    torch.testing.assert_close(turned[2], torch.tensor([0, 0, torch.tensor(0.02).cos(), torch.tensor(0.02).sin()]))
