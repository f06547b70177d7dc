"""Encoders with another one on top, which reads their vectors instead of tokens."""

from collections.abc import Iterable, Sequence

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.nn.encoders.embedding import learn_bigrams
from globalpointer.nn.encoders.recurrent import BidirectionalLayer, reversal


class OnTop(nn.Module):
    """An encoder over the vectors of another: both directions of an LSTM, `hidden` numbers in all, come out.

    `inner`: the size of those vectors. What is in `on_top` has random weights and is trained at the learning rate of
    the head, the encoder beneath at its own.
    """

    on_top: nn.Module

    def __init__(self, encoder: nn.Module, *, hidden: int, dropout: float) -> None:
        super().__init__()
        if hidden < 2 or hidden % 2:
            raise ConfigError(f"what is on top of an encoder needs an even hidden >= 2, not {hidden}")
        self.encoder = encoder
        self.inner = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        self.hidden = hidden
        self.max_tokens = getattr(encoder, "max_tokens", None)
        self.dropout = nn.Dropout(dropout)

    def learn_bigrams(self, sequences: Iterable[Sequence[int]]) -> int:
        """As the encoder beneath; 0 where that one has no bigrams."""
        return learn_bigrams(self.encoder, sequences)


class BiLstmOnTop(OnTop):
    """Bidirectional LSTMs over the vectors of an encoder; `dropout` stands before each layer and behind the last."""

    on_top: nn.ModuleList

    def __init__(self, encoder: nn.Module, *, hidden: int = 256, layers: int = 1, dropout: float = 0.3) -> None:
        super().__init__(encoder, hidden=hidden, dropout=dropout)
        if layers < 1:
            raise ConfigError(f"a BiLSTM on top needs layers >= 1, not {layers}")
        dims = [self.inner, *[hidden] * (layers - 1)]
        self.on_top = nn.ModuleList(BidirectionalLayer(dim, hidden // 2) for dim in dims)

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """One vector a token; unspecified, but finite, for padding."""
        turned = reversal(attention)
        vectors: Tensor = self.dropout(self.encoder(tokens, attention))
        for layer in self.on_top:
            vectors = self.dropout(layer(vectors, turned))
        return vectors
