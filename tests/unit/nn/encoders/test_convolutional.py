"""The convolutional encoders see as far as their kernels reach, and no padding."""

import pytest
import torch

from globalpointer.nn.contracts import Encoder
from globalpointer.nn.encoders.convolutional import IdcnnEncoder, MaskedConvolution, TextCnnEncoder


def reach(encoder: torch.nn.Module, size: int) -> int:
    """How many tokens to the right of itself a token's vector depends on."""
    encoder.eval()
    tokens = torch.arange(size).unsqueeze(0)
    attention = torch.ones_like(tokens, dtype=torch.bool)
    before = encoder(tokens, attention)[0, 0]
    for distance in range(size - 1, 0, -1):
        other = tokens.clone()
        other[0, distance] = size
        if not encoder(other, attention)[0, 0].equal(before):
            return distance
    return 0


def test_a_masked_convolution_reads_padding_as_zeros() -> None:
    torch.manual_seed(0)
    convolution = MaskedConvolution(3, 4, 3)
    vectors = torch.randn(1, 5, 3)
    attention = torch.tensor([[True, True, True, False, False]])
    expected = convolution(vectors[:, :3], attention[:, :3])
    assert torch.allclose(convolution(vectors, attention)[:, :3], expected, atol=1e-6)
    with pytest.raises(ValueError, match="odd size"):
        MaskedConvolution(3, 4, 2)


def test_dilations_widen_what_a_token_sees() -> None:
    torch.manual_seed(0)
    plain = {"embedding": {"token_dim": 8, "bigram_dim": 0}}
    assert reach(IdcnnEncoder(60, hidden=8, iterations=1, **plain), 40) == 1 + 1 + 2
    assert reach(IdcnnEncoder(60, hidden=8, **plain), 40) == 4 * (1 + 1 + 2)
    assert reach(IdcnnEncoder(60, hidden=8, dilations=(1, 3), iterations=2, **plain), 40) == 2 * (1 + 3)
    assert reach(TextCnnEncoder(60, hidden=9, **plain), 20) == 2


def test_shared_weights_are_those_of_one_block() -> None:
    assert len(IdcnnEncoder(20, hidden=8, shared=True).convolutions) == 3
    assert len(IdcnnEncoder(20, hidden=8, shared=False).convolutions) == 12


@pytest.mark.parametrize("encoder_class", [IdcnnEncoder, TextCnnEncoder])
def test_they_fit_the_contract_and_learn_through_every_weight(encoder_class: type) -> None:
    torch.manual_seed(0)
    encoder = encoder_class(20, hidden=12, embedding={"token_dim": 6, "bigram_dim": 4, "bigrams": 30})
    assert isinstance(encoder, Encoder)
    assert encoder.learn_bigrams([[1, 2, 3, 4]] * 2) == 5
    tokens = torch.tensor([[1, 2, 3, 4], [4, 3, 0, 0]])
    vectors = encoder(tokens, torch.tensor([[True] * 4, [True, True, False, False]]))
    assert vectors.shape == (2, 4, encoder.hidden)
    vectors.square().sum().backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in encoder.parameters())


def test_impossible_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="iterations >= 1"):
        IdcnnEncoder(20, iterations=0)
    with pytest.raises(ValueError, match="multiple of the 3 kernels"):
        TextCnnEncoder(20, hidden=10)
