"""Token vectors for the encoders that are trained from scratch, with hashed bigrams by option."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

# The largest prime below 2**31: products of two residues stay below 2**62, so int64 never overflows.
PRIME = 2_147_483_647
MULTIPLIER = 1_103_515_245


def hash_pairs(
    left: Int[Tensor, "batch tokens"], right: Int[Tensor, "batch tokens"], *, ids: int, buckets: int
) -> Int[Tensor, "batch tokens"]:
    """The bucket of each pair of token ids (both below `ids`), by multiplication modulo a prime.

    Source: Carter and Wegman, 1979 (universal hashing).
    """
    keys = (left * ids + right) % PRIME
    return (keys * MULTIPLIER % PRIME) % buckets


class TokenEmbedding(nn.Module):
    """The vector of each token and, with `bigram_dim`, of the two bigrams it is part of: (left, it) and (it, right).

    `dim`: the length of what comes out. Bigrams are hashed from token ids into `bigram_buckets`, so they need no
    vocabulary; beyond the ends of a text stands an id of its own, and padding counts as beyond the end.
    """

    def __init__(
        self,
        vocab_size: int,
        token_dim: int,
        *,
        bigram_dim: int = 0,
        bigram_buckets: int = 65536,
        dropout: float = 0.0,
        norm: bool = False,
    ) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.dim = token_dim + 2 * bigram_dim
        self.token = nn.Embedding(vocab_size, token_dim)
        self.bigram = nn.Embedding(bigram_buckets, bigram_dim) if bigram_dim else None
        self.norm = nn.LayerNorm(self.dim) if norm else None
        self.dropout = nn.Dropout(dropout)
        for table in (self.token, self.bigram):
            if table is not None:
                nn.init.normal_(table.weight, std=table.embedding_dim**-0.5)

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """What comes out for padding is unspecified, but finite."""
        vectors = self.token(tokens)
        if self.bigram is not None:
            outside = tokens.new_full((tokens.shape[0], 1), self.vocab_size)
            inside = tokens.masked_fill(~attention, self.vocab_size)
            padded = torch.cat([outside, inside, outside], dim=1)
            buckets = hash_pairs(
                padded[:, :-1], padded[:, 1:], ids=self.vocab_size + 1, buckets=self.bigram.num_embeddings
            )
            pairs = self.bigram(buckets)
            vectors = torch.cat([vectors, pairs[:, :-1], pairs[:, 1:]], dim=-1)
        if self.norm is not None:
            vectors = self.norm(vectors)
        dropped: Tensor = self.dropout(vectors)
        return dropped
