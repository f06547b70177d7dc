"""The square that all types of a head share, in blocks of rows that stay in the cache of a core.

All exponents are in base 2: `exp2` takes the same 0.3 ns for any number, where `exp` takes 0.8 ns, 10 ns for numbers
far below its range and 20 ns where the result is subnormal (torch 2.13, one core of an AMD EPYC).
"""

import math
from collections.abc import Iterator
from itertools import repeat
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, band
from globalpointer.nn.kernels.tiles import Tile, grouped, positions, tiles

ROWS = 64
"""Rows of a block on a CPU: few enough that little lies below the diagonal, enough for fast products."""

BUDGET = {"cpu": 1 << 18, "cuda": 1 << 26}
"""Scores in a block: on a CPU 1 MiB in float32, the second cache of a core; elsewhere launches are what costs."""

NEVER = -1e37
"""The score of what does not count: finite, as are its sums and differences, and far below what a score can be."""

LOG2E = math.log2(math.e)


class Block(NamedTuple):
    """Rows of some examples, the columns they can reach, and where in the block's memory pairs are left out."""

    examples: slice
    rows: slice
    cols: slice
    left_out: Int[Tensor, " pairs"]


class Square:
    """Products query·key of pairs of tokens, in base 2; NEVER or about that where a pair does not count.

    A pair does not count if its column is illegal, if the two are out of order or too far apart, or if it is left out.
    Illegal rows are the caller's to leave out: by their bias, once, and not for every score.
    """

    def __init__(self, factors: Factors, left_out: Int[Tensor, "pairs 3"]) -> None:
        self.query, self.key = factors.query[:, 0].contiguous(), factors.key[:, 0].contiguous()
        self.ordered, self.max_width = factors.ordered, factors.max_width
        self.penalty = torch.zeros_like(factors.mask, dtype=self.query.dtype).masked_fill_(~factors.mask, NEVER)
        self.place = torch.arange(factors.mask.shape[1], device=factors.mask.device)
        self.below = self.query.new_full((_sizes(factors.mask)[0],) * 2, NEVER).tril_(-1)
        self.blocks = list(blocks(factors, left_out))

    @property
    def size(self) -> int:
        """How many scores all blocks hold together."""
        spans = ([each.stop - each.start for each in block[:3]] for block in self.blocks)
        return sum(math.prod(span) for span in spans)

    def scores(self, block: Block) -> Float[Tensor, "batch rows cols"]:
        """The scores of a block."""
        examples, rows, cols, left_out = block
        query, key = self.query[examples, rows], self.key[examples, cols]
        scores = torch.baddbmm(self.penalty[examples, None, cols], query, key.mT, alpha=LOG2E)
        forbidden = self._forbidden(rows, cols)
        if forbidden is not None:
            scores[:, :, : forbidden.shape[1]] += forbidden
        return scores.view(-1).index_fill_(0, left_out, NEVER).view_as(scores) if len(left_out) else scores

    def _forbidden(self, rows: slice, cols: slice) -> Float[Tensor, "rows cols"] | None:
        """NEVER where two tokens are out of order or too far apart, in the columns where that happens at all."""
        if self.max_width is not None:
            inside = band(self.place[rows, None], self.place[cols], self.ordered, self.max_width)
            return torch.zeros_like(inside, dtype=self.query.dtype).masked_fill_(~inside, NEVER)
        # Right of the diagonal block all pairs are in order
        height = rows.stop - rows.start
        return self.below[:height, :height] if self.ordered else None


def blocks(factors: Factors, left_out: Int[Tensor, "pairs 3"], *, larger: int = 1) -> Iterator[Block]:
    """The blocks of all examples, strip by strip; columns from the diagonal on if the grid is ordered.

    `larger`: how many times as high, for work so light that going from block to block is what costs.
    """
    examples = len(factors.mask)
    height, depth = _sizes(factors.mask, larger)
    every = tiles(factors, height)
    # Most squares of a search, and of a gradient, leave nothing out
    places = _places(left_out, every, depth, -(-examples // depth)) if len(left_out) else repeat(left_out[:, 0])
    for example in range(0, examples, depth):
        for rows, cols in every:
            yield Block(slice(example, min(examples, example + depth)), rows, cols, next(places))


def _places(
    pairs: Int[Tensor, "pairs 3"], every: list[Tile], depth: int, layers: int
) -> Iterator[Int[Tensor, " places"]]:
    """Where the pairs of the first block lie in its memory, those of the second, and so on."""
    example, row, col = pairs.unbind(1)
    tile, place = positions(every, example % depth, row, col)
    return iter(grouped(place, example // depth * len(every) + tile, layers * len(every)))


def _sizes(table: Tensor, larger: int = 1) -> tuple[int, int]:
    """How many rows, and how many examples, a block has."""
    tokens, device = table.shape[1], table.device.type
    budget = larger * BUDGET.get(device, BUDGET["cuda"])
    height = min(tokens, larger * ROWS if device == "cpu" else max(ROWS, budget // tokens))
    return height, max(1, budget // (height * tokens))
