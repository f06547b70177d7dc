"""Bidirectional LSTMs, trained from scratch; trailing padding never reaches a token."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.nn.encoders.embedding import TokenEmbedding


def reversal(attention: Bool[Tensor, "batch tokens"]) -> Int[Tensor, "batch tokens"]:
    """The index that turns each sequence's tokens round and leaves its padding, at the end, in place."""
    position = torch.arange(attention.shape[1], device=attention.device).expand(attention.shape)
    mirrored = attention.sum(dim=1, keepdim=True) - 1 - position
    return torch.where(mirrored >= 0, mirrored, position)


class BidirectionalLayer(nn.Module):
    """Two LSTMs over the same vectors, one of them from the last token to the first.

    The backward one reads the reversed tokens, so padding comes last for both and needs no packed sequence, which
    would keep the CPU from its fastest path.
    """

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.forwards = nn.LSTM(dim, hidden, batch_first=True)
        self.backwards = nn.LSTM(dim, hidden, batch_first=True)
        for lstm in (self.forwards, self.backwards):
            _initialise(lstm)

    def forward(
        self, vectors: Float[Tensor, "batch tokens dim"], turned: Int[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """`turned`: the index of `reversal`."""
        index = turned.unsqueeze(-1)
        ahead, _ = self.forwards(vectors)
        back, _ = self.backwards(vectors.gather(1, index.expand_as(vectors)))
        return torch.cat([ahead, back.gather(1, index.expand_as(back))], dim=-1)


def _initialise(lstm: nn.LSTM) -> None:
    for name, weight in lstm.named_parameters():
        if name.startswith("weight_hh"):
            for gate in weight.chunk(4):
                nn.init.orthogonal_(gate)
        elif name.startswith("weight_ih"):
            nn.init.xavier_uniform_(weight)
        else:
            nn.init.zeros_(weight)
    # A forget gate that begins open lets the first steps of training reach far.
    forget = slice(lstm.hidden_size, 2 * lstm.hidden_size)
    with torch.no_grad():
        lstm.get_parameter("bias_ih_l0")[forget] = 1.0


class BiLstmEncoder(nn.Module):
    """Token and bigram vectors through bidirectional LSTMs; `hidden` is what comes out, half from each direction.

    Call `learn_bigrams` with the training texts before training. `norm`: a LayerNorm behind each layer. `residual`:
    layers after the first add to what they read. `embedding`: options of TokenEmbedding.
    """

    def __init__(
        self,
        vocab_size: int,
        *,
        hidden: int = 512,
        layers: int = 1,
        dropout: float = 0.5,
        embedding: Mapping[str, Any] | None = None,
        norm: bool = False,
        residual: bool = False,
    ) -> None:
        super().__init__()
        if hidden < 2 or hidden % 2 or layers < 1:
            raise ValueError(f"a BiLSTM needs an even hidden >= 2 and layers >= 1, got {hidden} and {layers}")
        self.hidden = hidden
        self.residual = residual
        self.embedding = TokenEmbedding(vocab_size, **(embedding or {}))
        dims = [self.embedding.dim, *[hidden] * (layers - 1)]
        self.layers = nn.ModuleList(BidirectionalLayer(dim, hidden // 2) for dim in dims)
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) if norm else nn.Identity() for _ in dims)
        self.dropout = nn.Dropout(dropout)

    def learn_bigrams(self, sequences: Iterable[Sequence[int]]) -> int:
        """Choose the bigrams from the token ids of the training texts, before training; how many there are."""
        return self.embedding.learn_bigrams(sequences)

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """One vector a token; unspecified, but finite, for padding."""
        turned = reversal(attention)
        vectors: Tensor = self.embedding(tokens, attention)
        for index, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            read = norm(self.dropout(layer(vectors, turned)))
            vectors = vectors + read if self.residual and index else read
        return vectors
