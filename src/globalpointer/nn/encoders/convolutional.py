"""Convolutional encoders, trained from scratch; padding is zeroed before every convolution, so it never leaks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.nn.encoders.embedding import TokenEmbedding


class MaskedConvolution(nn.Module):
    """A convolution over tokens that keeps the length and reads padding as zeros."""

    def __init__(self, dim: int, hidden: int, kernel: int, *, dilation: int = 1) -> None:
        super().__init__()
        if kernel < 1 or kernel % 2 == 0:
            raise ValueError(f"a kernel that is centred on its token needs an odd size, got {kernel}")
        self.convolution = nn.Conv1d(dim, hidden, kernel, dilation=dilation, padding=dilation * (kernel // 2))
        nn.init.kaiming_normal_(self.convolution.weight, nonlinearity="relu")
        bias = self.convolution.bias
        if bias is not None:
            nn.init.zeros_(bias)

    def forward(
        self, vectors: Float[Tensor, "batch tokens dim"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """`attention`: False is padding."""
        readable = vectors.masked_fill(~attention.unsqueeze(-1), 0.0)
        convolved: Tensor = self.convolution(readable.transpose(1, 2))
        return convolved.transpose(1, 2)


class IdcnnEncoder(nn.Module):
    """Iterated dilated convolutions: the same block of growing dilations, several times over.

    `shared`: all iterations use one block's weights, as in the source; otherwise each has its own. Each convolution
    adds to what it reads, behind a LayerNorm, which the source does not have and deep stacks need.

    Call `learn_bigrams` with the training texts before training. `embedding`: options of TokenEmbedding.

    Source: Strubell et al., 2017, Fast and Accurate Entity Recognition with Iterated Dilated Convolutions.
    """

    def __init__(
        self,
        vocab_size: int,
        *,
        hidden: int = 256,
        dilations: Sequence[int] = (1, 1, 2),
        iterations: int = 4,
        shared: bool = True,
        kernel: int = 3,
        dropout: float = 0.2,
        embedding: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if iterations < 1 or not dilations or min(dilations) < 1:
            raise ValueError(f"needs iterations >= 1 and dilations >= 1, got {iterations} and {tuple(dilations)}")
        self.hidden = hidden
        self.iterations = iterations
        self.embedding = TokenEmbedding(vocab_size, **(embedding or {}))
        self.project = nn.Linear(self.embedding.dim, hidden)
        block = list(dilations) * (1 if shared else iterations)
        self.convolutions = nn.ModuleList(MaskedConvolution(hidden, hidden, kernel, dilation=each) for each in block)
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in range(len(dilations) * iterations))
        self.last_norm = nn.LayerNorm(hidden)
        self.dropout = nn.Dropout(dropout)

    def learn_bigrams(self, sequences: Iterable[Sequence[int]]) -> int:
        """Choose the bigrams from the token ids of the training texts, before training; how many there are."""
        return self.embedding.learn_bigrams(sequences)

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """One vector a token; unspecified, but finite, for padding."""
        vectors: Tensor = self.project(self.embedding(tokens, attention))
        for index, norm in enumerate(self.norms):
            convolution = self.convolutions[index % len(self.convolutions)]
            # Normed before each convolution, not after: otherwise twelve in a row do not learn at usual rates.
            read = torch.relu(convolution(norm(vectors), attention))
            vectors = vectors + self.dropout(read)
        normed: Tensor = self.last_norm(vectors)
        return normed


class TextCnnEncoder(nn.Module):
    """Convolutions of several widths side by side, their answers joined; `hidden` is shared out among them.

    Call `learn_bigrams` with the training texts before training. `embedding`: options of TokenEmbedding.

    Source: Kim, 2014, Convolutional Neural Networks for Sentence Classification; here without pooling.
    """

    def __init__(
        self,
        vocab_size: int,
        *,
        hidden: int = 384,
        kernels: Sequence[int] = (1, 3, 5),
        dropout: float = 0.2,
        embedding: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if not kernels or hidden < 1 or hidden % len(kernels):
            raise ValueError(f"hidden must be a multiple of the {len(kernels)} kernels, got {hidden}")
        self.hidden = hidden
        self.embedding = TokenEmbedding(vocab_size, **(embedding or {}))
        self.convolutions = nn.ModuleList(
            MaskedConvolution(self.embedding.dim, hidden // len(kernels), each) for each in kernels
        )
        self.dropout = nn.Dropout(dropout)

    def learn_bigrams(self, sequences: Iterable[Sequence[int]]) -> int:
        """Choose the bigrams from the token ids of the training texts, before training; how many there are."""
        return self.embedding.learn_bigrams(sequences)

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """One vector a token; unspecified, but finite, for padding."""
        vectors = self.embedding(tokens, attention)
        joined = torch.cat([torch.relu(each(vectors, attention)) for each in self.convolutions], dim=-1)
        dropped: Tensor = self.dropout(joined)
        return dropped
