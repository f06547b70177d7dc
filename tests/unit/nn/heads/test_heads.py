import pytest
import torch

from globalpointer.errors import ConfigError
from globalpointer.nn import Biaffine, EfficientGlobalPointer, GlobalPointer

HEADS = [GlobalPointer, EfficientGlobalPointer, Biaffine]


def parameters(head):
    return sum(parameter.numel() for parameter in head.parameters())


@pytest.mark.parametrize(
    ("types", "full", "efficient"),
    [
        (3, 295_296, 99_206),
        (9, 885_888, 100_754),
        (10, 984_320, 101_012),
        (49, 4_823_168, 111_074),
        (100, 9_843_200, 124_232),
    ],
)
def test_as_many_parameters_as_published(types, full, efficient):
    assert parameters(GlobalPointer(768, types)) == full
    assert parameters(EfficientGlobalPointer(768, types)) == efficient


def test_a_type_costs_two_vectors_of_the_hidden_size_in_the_hidden_variant():
    few, many = (parameters(EfficientGlobalPointer(768, types, typing_input="hidden")) for types in (1, 2))
    assert many - few == 2 * (768 + 1)


@pytest.mark.parametrize("head", HEADS)
def test_untrained_logits_are_of_size_one(head):
    torch.manual_seed(0)
    logits = head(256, 6)(torch.randn(4, 20, 256), torch.ones(4, 20, dtype=torch.bool)).logits()
    assert 0.5 < logits[logits.isfinite()].std() < 2.0


@pytest.mark.parametrize("head", HEADS)
def test_biases_start_at_zero_and_weights_with_the_deviation_of_lecun(head):
    torch.manual_seed(0)
    for module in head(256, 6).modules():
        if isinstance(module, torch.nn.Linear):
            assert not module.bias.any()
            assert module.weight.std().item() == pytest.approx(module.in_features**-0.5, rel=0.1)


@pytest.mark.parametrize("head", HEADS)
def test_the_grid_is_honoured(head):
    legal = torch.tensor([[False, True, True, True, False]])
    logits = head(8, 2, ordered=True, max_width=2)(torch.randn(1, 5, 8), legal).logits()
    cells = logits[0, 0].isfinite().nonzero().tolist()
    assert cells == [[1, 1], [1, 2], [2, 2], [2, 3], [3, 3]]
    unordered = head(8, 2, ordered=False)(torch.randn(1, 5, 8), legal).logits()
    assert unordered.isfinite().sum() == 2 * 9


@pytest.mark.parametrize("head", HEADS)
def test_float32_inside_autocast_and_with_half_weights(head):
    torch.manual_seed(0)
    module, hidden, legal = head(8, 2), torch.randn(2, 5, 8), torch.ones(2, 5, dtype=torch.bool)
    expected = module(hidden, legal).logits()
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(module(hidden, legal).logits(), expected)
    assert module(hidden.bfloat16(), legal).logits().dtype == torch.float32
    assert module.bfloat16()(hidden, legal).logits().dtype == torch.float32


@pytest.mark.parametrize("head", HEADS)
def test_no_buffers(head):
    """Buffers that are not saved come back as garbage from transformers' meta device."""
    assert not list(head(8, 2).buffers())


@pytest.mark.parametrize(
    "make",
    [
        lambda: GlobalPointer(8, 2, dim=5),
        lambda: EfficientGlobalPointer(8, 2, dim=5),
        lambda: GlobalPointer(8, 0),
        lambda: EfficientGlobalPointer(8, 2, typing_input="heads"),
        lambda: Biaffine(8, 2, dim=0),
    ],
)
def test_impossible_heads_are_refused(make):
    with pytest.raises(ConfigError, match=r"dim|types|typing_input"):
        make()


def test_an_odd_dim_is_fine_without_rotary():
    assert GlobalPointer(8, 2, dim=5, rotary=False)(torch.randn(1, 3, 8), torch.ones(1, 3, dtype=torch.bool)).types == 2
