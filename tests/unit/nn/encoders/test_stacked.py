"""An encoder on top of another: what passes through, and whose learning rate its weights have."""

import pytest
import torch
from tests.unit.nn.factories import rows

from globalpointer.errors import ConfigError
from globalpointer.nn.contracts import Batch, Encoder
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder
from globalpointer.nn.encoders.recurrent import BiLstmEncoder
from globalpointer.nn.encoders.stacked import BiLstmOnTop
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.token_pair import TokenPairModel

SMALL = {"token_dim": 6, "bigram_dim": 4, "bigrams": 40}


def beneath():
    torch.manual_seed(0)
    return HuggingFaceEncoder.small(30, hidden=8, layers=1, heads=2, feedforward=16, max_tokens=32)


@pytest.mark.parametrize("layers", [1, 2])
def test_it_is_an_encoder_of_its_own_size_and_of_the_lower_ones_reach(layers):
    encoder = BiLstmOnTop(beneath(), hidden=6, layers=layers)
    assert isinstance(encoder, Encoder)
    assert (encoder.hidden, encoder.max_tokens) == (6, 32)
    tokens = torch.arange(10).view(2, 5)
    assert encoder(tokens, torch.ones(2, 5, dtype=torch.bool)).shape == (2, 5, 6)
    assert BiLstmOnTop(BiLstmEncoder(30, hidden=8, embedding=SMALL)).max_tokens is None


def test_bigrams_are_those_of_the_encoder_beneath():
    lower = BiLstmEncoder(30, hidden=8, embedding=SMALL)
    assert BiLstmOnTop(lower).learn_bigrams([[1, 2, 1, 2]]) == 1
    assert (lower.embedding.keys < lower.embedding.keys.max()).sum() == 1
    assert BiLstmOnTop(beneath()).learn_bigrams([[1, 2, 1, 2]]) == 0


def test_it_learns_in_half_precision_too():
    encoder = BiLstmOnTop(beneath(), hidden=6)
    model = TokenPairModel(encoder, {"entity": EfficientGlobalPointer(6, 2, dim=4)})
    ones = torch.ones(2, 5, dtype=torch.bool)
    batch = Batch(torch.arange(10).view(2, 5), ones, ones, {"entity": rows((0, 1, 1, 2))})
    with torch.autocast("cpu", torch.bfloat16):
        model.loss(batch).backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in model.parameters())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"hidden": 7}, "needs an even hidden >= 2, not 7"),
        ({"hidden": 0}, "needs an even hidden >= 2, not 0"),
        ({"layers": 0}, "needs layers >= 1, not 0"),
    ],
)
def test_sizes_that_cannot_be(options, said):
    with pytest.raises(ConfigError, match=said):
        BiLstmOnTop(beneath(), **options)
