"""An encoder with another one on top, which reads its vectors instead of tokens."""

from collections.abc import Iterable, Sequence

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.nn.encoders.embedding import learn_bigrams
from globalpointer.nn.encoders.recurrent import BidirectionalLayer, reversal


class BiLstmOnTop(nn.Module):
    """Bidirectional LSTMs over the vectors of an encoder; `hidden` is what comes out, half from each direction.

    `dropout` stands before each layer and behind the last. What is on top has random weights and is trained at the
    learning rate of the head, the encoder beneath at its own.
    """

    def __init__(self, encoder: nn.Module, *, hidden: int = 256, layers: int = 1, dropout: float = 0.3) -> None:
        super().__init__()
        if hidden < 2 or hidden % 2 or layers < 1:
            raise ConfigError(f"a BiLSTM on top needs an even hidden >= 2 and layers >= 1, not {hidden} and {layers}")
        self.encoder = encoder
        self.hidden = hidden
        self.max_tokens = getattr(encoder, "max_tokens", None)
        dims = [int(encoder.hidden), *[hidden] * (layers - 1)]  # type: ignore[arg-type]  # what every Encoder promises
        self.on_top = nn.ModuleList(BidirectionalLayer(dim, hidden // 2) for dim in dims)
        self.dropout = nn.Dropout(dropout)

    def learn_bigrams(self, sequences: Iterable[Sequence[int]]) -> int:
        """As the encoder beneath; 0 where that one has no bigrams."""
        return learn_bigrams(self.encoder, sequences)

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """One vector a token; unspecified, but finite, for padding."""
        turned = reversal(attention)
        vectors: Tensor = self.dropout(self.encoder(tokens, attention))
        for layer in self.on_top:
            vectors = self.dropout(layer(vectors, turned))
        return vectors
