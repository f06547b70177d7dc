"""Token and bigram vectors for the encoders that are trained from scratch."""

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.nn.encoders.matching import Matching

# Above every key: what stands in the places of the bigram table that hold no bigram.
_EMPTY = torch.iinfo(torch.int64).max


class TokenEmbedding(nn.Module):
    """The vector of each token and, with `bigram_dim`, of the two bigrams it is part of: (left, it) and (it, right).

    `dim`: the length of what comes out. `bigrams`: how many bigrams the table holds; `learn_bigrams` fills it, and
    until then all are unknown. Beyond the ends of a text stands an id of its own; padding counts as beyond the end. In
    training a token is read as the token `unknown` with probability `token_unknown`, and a bigram as unknown with
    probability `bigram_unknown`, so that both are known when they are met. `unknown` is [UNK] of learned tokenizers.
    `separator`: the id between a question and a text; then `matching` more numbers say what stands on both sides.
    """

    keys: Int[Tensor, " bigrams"]

    def __init__(
        self,
        vocab_size: int,
        *,
        token_dim: int = 128,
        bigram_dim: int = 64,
        bigrams: int = 65536,
        dropout: float = 0.4,
        unknown: int = 1,
        token_unknown: float = 0.05,
        bigram_unknown: float = 0.2,
        separator: int | None = None,
        matching: int = 16,
    ) -> None:
        super().__init__()
        if bigram_dim and bigrams < 1:
            raise ValueError(f"a table of bigrams needs room for at least one, got bigrams={bigrams}")
        if not 0 <= unknown < vocab_size:
            raise ValueError(f"the unknown token must be an id below {vocab_size}, got unknown={unknown}")
        self.vocab_size = vocab_size
        self.match = None if separator is None or not matching else Matching(matching, separator)
        self.dim = token_dim + 2 * bigram_dim + (0 if self.match is None else matching)
        self.unknown = unknown
        self.token_unknown = token_unknown
        self.bigram_unknown = bigram_unknown
        self.token = nn.Embedding(vocab_size, token_dim)
        self.bigram = nn.Embedding(bigrams + 1, bigram_dim) if bigram_dim else None
        if bigram_dim:
            # Persistent: it is saved with the weights, without which the rows of the table mean nothing.
            self.register_buffer("keys", torch.full((bigrams,), _EMPTY))
        self.dropout = nn.Dropout(dropout)
        for table in (self.token, self.bigram):
            if table is not None:
                nn.init.normal_(table.weight, std=table.embedding_dim**-0.5)

    @torch.no_grad()
    def learn_bigrams(self, sequences: Iterable[Sequence[int]], *, min_frequency: int = 2) -> int:
        """Fill the table with the most frequent bigrams of these token ids; how many there are. Before training."""
        if self.bigram is None:
            return 0
        counts: dict[int, int] = {}
        # In pieces, so that a large corpus never stands in memory as one tensor.
        for flat in _pieces(sequences, outside=self.vocab_size):
            found, times = torch.unique(self._keys(flat[:-1], flat[1:]), return_counts=True)
            for key, count in zip(found.tolist(), times.tolist(), strict=True):
                counts[key] = counts.get(key, 0) + count
        counts.pop(self.vocab_size * (self.vocab_size + 1) + self.vocab_size, None)
        kept = [key for key, count in counts.items() if count >= min_frequency]
        kept = sorted(kept, key=lambda key: (-counts[key], key))[: len(self.keys)]
        self.keys.fill_(_EMPTY)
        self.keys[: len(kept)] = torch.tensor(sorted(kept), dtype=torch.int64)
        return len(kept)

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """What comes out for padding is unspecified, but finite."""
        vectors = self.token(self._forgotten(tokens, self.token_unknown, self.unknown))
        if self.bigram is not None:
            outside = tokens.new_full((tokens.shape[0], 1), self.vocab_size)
            inside = tokens.masked_fill(~attention, self.vocab_size)
            padded = torch.cat([outside, inside, outside], dim=1)
            rows = self._rows(padded[:, :-1], padded[:, 1:])
            sides = (self._forgotten(side, self.bigram_unknown, 0) for side in (rows[:, :-1], rows[:, 1:]))
            vectors = torch.cat([vectors, *(self.bigram(side) for side in sides)], dim=-1)
        dropped: Tensor = self.dropout(vectors)
        return dropped if self.match is None else torch.cat([dropped, self.match(tokens, attention)], dim=-1)

    def _keys(self, left: Tensor, right: Tensor) -> Tensor:
        """One number for each pair of ids; int64 holds it for any vocabulary below three billion."""
        return left * (self.vocab_size + 1) + right

    def _rows(self, left: Tensor, right: Tensor) -> Tensor:
        """The rows of the bigram table; 0 is the unknown one."""
        keys = self._keys(left, right)
        place = torch.searchsorted(self.keys, keys).clamp(max=len(self.keys) - 1)
        return torch.where(self.keys[place] == keys, place + 1, 0)

    def _forgotten(self, ids: Tensor, rate: float, unknown: int) -> Tensor:
        if not self.training or not rate:
            return ids
        return ids.masked_fill(torch.rand(ids.shape, device=ids.device) < rate, unknown)


def learn_bigrams(encoder: object, sequences: Iterable[Sequence[int]]) -> int:
    """As `TokenEmbedding.learn_bigrams`, for any encoder; 0 where it has no bigrams."""
    learn = getattr(encoder, "learn_bigrams", None)
    return 0 if learn is None else int(learn(sequences))


def _pieces(sequences: Iterable[Sequence[int]], *, outside: int, size: int = 1 << 20) -> Iterable[Tensor]:
    """The sequences in a row, `outside` around each, in tensors of about `size` ids."""
    flat = [outside]
    for sequence in sequences:
        flat.extend(sequence)
        flat.append(outside)
        if len(flat) > size:
            yield torch.tensor(flat)
            flat = [outside]
    if len(flat) > 1:
        yield torch.tensor(flat)
