"""The BiLSTM is a bidirectional LSTM, and padding never reaches a token."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from globalpointer.nn.contracts import Encoder
from globalpointer.nn.encoders.recurrent import BidirectionalLayer, BiLstmEncoder, reversal


def test_the_reversal_turns_the_tokens_and_leaves_the_padding() -> None:
    attention = torch.tensor([[True] * 4, [True, True, True, False], [True, False, False, False]])
    assert reversal(attention).tolist() == [[3, 2, 1, 0], [2, 1, 0, 3], [0, 1, 2, 3]]


def test_a_layer_is_torchs_bidirectional_lstm_over_packed_sequences() -> None:
    torch.manual_seed(0)
    layer = BidirectionalLayer(5, 6)
    twin = nn.LSTM(5, 6, batch_first=True, bidirectional=True)
    with torch.no_grad():
        for name, weight in layer.forwards.named_parameters():
            twin.get_parameter(name).copy_(weight)
            twin.get_parameter(f"{name}_reverse").copy_(layer.backwards.get_parameter(name))
    vectors = torch.randn(3, 7, 5)
    lengths = torch.tensor([7, 4, 1])
    attention = torch.arange(7) < lengths.unsqueeze(1)
    packed, _ = twin(pack_padded_sequence(vectors, lengths, batch_first=True))
    expected, _ = pad_packed_sequence(packed, batch_first=True)
    found = layer(vectors, reversal(attention))
    assert torch.allclose(found[attention], expected[attention], atol=1e-6)


def test_the_forget_gate_begins_open() -> None:
    layer = BidirectionalLayer(5, 6)
    assert layer.forwards.bias_ih_l0[6:12].eq(1).all()
    assert layer.forwards.bias_ih_l0.sum() == 6


@pytest.mark.parametrize("options", [{}, {"layers": 2, "norm": True, "residual": True}])
def test_it_fits_the_contract_and_learns_through_every_weight(options: dict) -> None:
    torch.manual_seed(0)
    encoder = BiLstmEncoder(20, hidden=8, embedding={"token_dim": 6, "bigram_dim": 4, "bigrams": 30}, **options)
    assert isinstance(encoder, Encoder)
    assert encoder.learn_bigrams([[1, 2, 3, 4]] * 2) == 5
    tokens = torch.tensor([[1, 2, 3, 4], [4, 3, 0, 0]])
    vectors = encoder(tokens, torch.tensor([[True] * 4, [True, True, False, False]]))
    assert vectors.shape == (2, 4, 8)
    vectors.square().sum().backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in encoder.parameters())


def test_a_residual_layer_adds_to_what_it_reads() -> None:
    torch.manual_seed(0)
    encoder = BiLstmEncoder(20, hidden=8, layers=2, residual=True).eval()
    tokens, attention = torch.tensor([[1, 2]]), torch.ones(1, 2, dtype=torch.bool)
    turned = reversal(attention)
    first = encoder.layers[0](encoder.embedding(tokens, attention), turned)
    assert torch.allclose(encoder(tokens, attention), first + encoder.layers[1](first, turned), atol=1e-6)


@pytest.mark.parametrize("options", [{"hidden": 7}, {"hidden": 0}, {"layers": 0}])
def test_impossible_shapes_are_refused(options: dict) -> None:
    with pytest.raises(ValueError, match="even hidden"):
        BiLstmEncoder(20, **options)
