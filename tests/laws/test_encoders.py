"""The vectors of a text depend on nothing beside it: not on padding, not on its neighbours in the batch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from globalpointer.nn.encoders.convolutional import IdcnnEncoder, TextCnnEncoder
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder
from globalpointer.nn.encoders.questioning import QuestionOnTop
from globalpointer.nn.encoders.recurrent import BiLstmEncoder
from globalpointer.nn.encoders.stacked import BiLstmOnTop

VOCAB = 30
torch.manual_seed(0)
SMALL = {"token_dim": 6, "bigram_dim": 4, "bigrams": 40}
ENCODERS = {
    "bilstm": BiLstmEncoder(VOCAB, hidden=8, layers=2, norm=True, embedding=SMALL),
    "idcnn": IdcnnEncoder(VOCAB, hidden=8, embedding=SMALL),
    "idcnn, own weights": IdcnnEncoder(VOCAB, hidden=8, shared=False, embedding=SMALL),
    "textcnn": TextCnnEncoder(VOCAB, hidden=9, embedding=SMALL),
    "transformer": HuggingFaceEncoder.small(VOCAB, hidden=8, layers=2, heads=2, feedforward=16, max_tokens=32),
    "albert": HuggingFaceEncoder.albert(VOCAB, embedding=4, hidden=8, layers=2, heads=2, feedforward=16, max_tokens=32),
    "question on bilstm": QuestionOnTop(
        BiLstmEncoder(VOCAB, hidden=8, embedding={**SMALL, "separator": 3, "matching": 2}), separator=3, hidden=8
    ),
    "bilstm on textcnn": BiLstmOnTop(TextCnnEncoder(VOCAB, hidden=9, embedding=SMALL), hidden=8, layers=2),
}
for _encoder in ENCODERS.values():
    _encoder.eval()
    if hasattr(_encoder, "learn_bigrams"):
        _encoder.learn_bigrams([[index % 7, index % 5] for index in range(40)])

sequences = st.lists(st.lists(st.integers(0, VOCAB - 1), min_size=1, max_size=9), min_size=1, max_size=4)


@pytest.mark.parametrize("name", ENCODERS)
@settings(max_examples=30)
@given(sequences=sequences, padding=st.integers(0, VOCAB - 1), more=st.integers(0, 5))
@torch.no_grad()
def test_padding_and_neighbours_never_matter(name: str, sequences: list[list[int]], padding: int, more: int) -> None:
    encoder = ENCODERS[name]
    size = max(map(len, sequences)) + more
    tokens = torch.tensor([[*each, *[padding] * (size - len(each))] for each in sequences])
    attention = torch.arange(size) < torch.tensor([[len(each)] for each in sequences])
    together = encoder(tokens, attention)
    assert together.isfinite().all()
    for index, each in enumerate(sequences):
        row = torch.tensor([each])
        alone = encoder(row, torch.ones_like(row, dtype=torch.bool))[0]
        assert torch.allclose(together[index, : len(each)], alone, atol=2e-5)


@pytest.mark.parametrize("name", ENCODERS)
def test_every_buffer_is_saved(name: str) -> None:
    """What is not saved comes back as garbage from from_pretrained, but for what transformers refills itself."""
    encoder = ENCODERS[name]
    saved = set(encoder.state_dict())
    assert all(key in saved or key.startswith("model.") for key, _ in encoder.named_buffers())
