"""The additive head of TPLinker: every pair of tokens gets a vector of its own, which all types read."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.nn.heads.global_pointer import at_least_float32, at_legal, check_sizes, lecun
from globalpointer.nn.scores import DenseScores

STRIP = 8
"""Rows whose pairs are made at once. Few: so they stay in the cache, and little of an ordered square is in vain."""


class Strip(NamedTuple):
    """Some rows of a square with the columns that can matter to them, and the vectors of those pairs."""

    rows: slice
    cols: slice
    pairs: Float[Tensor, "batch rows cols dim"]


class Handshaking(nn.Module):
    """Pairs of tokens as vectors: tanh(W [h_i; h_j] + b).

    The halves of W multiply each token once, not each pair. Memory, while a gradient is to come: a vector of `dim` for
    every pair, batch · tokens² · dim numbers; half of that where only the upper triangle is asked for.

    Source: Wang et al., 2020, TPLinker, eq. 1; there the kernel is called "cat".
    """

    def __init__(self, hidden: int, dim: int) -> None:
        super().__init__()
        self.combine = lecun(nn.Linear(2 * hidden, dim))

    def strips(
        self, hidden: Float[Tensor, "batch tokens hidden"], *, ordered: bool, max_width: int | None = None
    ) -> Iterator[Strip]:
        """The square from top to bottom. `ordered`: without what lies left of a strip; `max_width`: or beyond it."""
        tokens = hidden.shape[1]
        first, last = self._halves(hidden)
        for top in range(0, max(tokens, 1), STRIP):
            rows = slice(top, min(top + STRIP, tokens))
            end = tokens if max_width is None else min(rows.stop - 1 + max_width, tokens)
            cols = slice(top if ordered else 0, end)
            yield Strip(rows, cols, torch.tanh(first[:, rows, None] + last[:, None, cols]))

    def at(
        self, hidden: Float[Tensor, "batch tokens hidden"], places: Int[Tensor, "pairs 3"]
    ) -> Float[Tensor, "pairs dim"]:
        """The vectors of a few pairs: rows (example, row, col)."""
        example, row, col = places.unbind(1)
        first, last = self._halves(hidden)
        return torch.tanh(first[example, row] + last[example, col])

    def _halves(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """What a token adds as the first of a pair, and as the second."""
        first, last = self.combine.weight.chunk(2, dim=1)
        return nn.functional.linear(hidden, first, self.combine.bias), nn.functional.linear(hidden, last)


class Additive(nn.Module):
    """s_t(i, j) = w_t · tanh(W [h_i; h_j] + b) + c_t: with the loss of the family, this is TPLinker-plus.

    `dim`: size of a pair's vector; None: that of a token's. `per_type`: a W and b for every type, which takes `types`
    times the time and memory. No sum of factors: all scores lie in memory, and so does the vector of every pair; see
    Handshaking. Computed in the dtype of the weights, also inside autocast. No positions but those in the vectors.

    Source: Wang et al., 2020, TPLinker, eq. 1-2; TPLinker-plus of the same authors' repository has one output a type.
    """

    def __init__(
        self,
        hidden: int,
        types: int,
        *,
        dim: int | None = None,
        ordered: bool = True,
        max_width: int | None = None,
        per_type: bool = False,
    ) -> None:
        super().__init__()
        dim = hidden if dim is None else dim
        check_sizes(hidden, types, dim, rotary=False)
        self.types, self.dim, self.ordered, self.max_width, self.per_type = types, dim, ordered, max_width, per_type
        self.handshaking = Handshaking(hidden, dim * types if per_type else dim)
        self.score = lecun(nn.Linear(dim, types))

    def forward(self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]) -> DenseScores:
        """The scores of every pair; 0 where no cell is."""
        tokens = legal.shape[1]
        with torch.autocast(hidden.device.type, enabled=False):
            hidden = at_legal(hidden, legal, self.score.weight.dtype)
            strips = self.handshaking.strips(hidden, ordered=self.ordered, max_width=self.max_width)
            values = [
                nn.functional.pad(self._scores(pairs), (cols.start, tokens - cols.stop)) for _, cols, pairs in strips
            ]
            return DenseScores(at_least_float32(torch.cat(values, 2)), legal, self.ordered, self.max_width)

    def _scores(self, pairs: Float[Tensor, "batch rows cols planes"]) -> Float[Tensor, "batch types rows cols"]:
        """Of all types at these pairs."""
        if self.per_type:
            own = pairs.view(*pairs.shape[:-1], self.types, self.dim)
            scores = torch.einsum("brctd,td->brct", own, self.score.weight) + self.score.bias
        else:
            scores = self.score(pairs)
        return scores.permute(0, 3, 1, 2)
