"""Attention to the question on top of an encoder: what it sees, and where there is no question."""

import pytest
import torch

from globalpointer.errors import ConfigError
from globalpointer.nn.contracts import Encoder
from globalpointer.nn.encoders.questioning import QuestionOnTop
from globalpointer.nn.encoders.recurrent import BiLstmEncoder

SMALL = {"token_dim": 6, "bigram_dim": 4, "bigrams": 40}
SEPARATOR = 3


def made(**options):
    torch.manual_seed(0)
    return QuestionOnTop(BiLstmEncoder(30, hidden=8, embedding=SMALL), separator=SEPARATOR, hidden=6, **options).eval()


def test_it_is_an_encoder_that_passes_on_what_is_beneath():
    encoder = made()
    assert isinstance(encoder, Encoder)
    assert (encoder.hidden, encoder.max_tokens) == (6, None)
    assert encoder.learn_bigrams([[1, 2, 1, 2]]) == 1
    assert encoder(torch.arange(10).view(2, 5), torch.ones(2, 5, dtype=torch.bool)).shape == (2, 5, 6)


def test_tokens_see_the_question_and_nothing_else():
    encoder = made()
    vectors = torch.randn(2, 5, 8)
    question = torch.tensor([[True, True, False, False, False], [False] * 5])
    seen = encoder._look(vectors, question)
    compared = encoder.on_top["compare"](vectors[0])
    weights = (compared @ compared[:2].T / 6**0.5).softmax(-1)
    torch.testing.assert_close(seen[0], weights @ vectors[0, :2])
    assert not seen[1].any()


def test_sizes_that_cannot_be():
    with pytest.raises(ConfigError, match="even hidden"):
        QuestionOnTop(BiLstmEncoder(30, hidden=8, embedding=SMALL), separator=SEPARATOR, hidden=7)
