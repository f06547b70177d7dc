"""Heads whose types share one square: score = S[i,j] + r[t,i] + c[t,j], so all types by one matrix product.

```
Σ_{legal (i,j)} exp(S_ij + r_ti + c_tj)  =  Σ_j exp(c_tj) · ( exp(r_t) @ (L ∘ exp S) )_j
```

No tensor of all cells exists, forward or backward. Pairs that must be left out for some type are taken out of L for
all types and scored singly, so nothing is ever subtracted.
"""

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from globalpointer.nn.kernels import tiled
from globalpointer.nn.kernels.pruned import count, search
from globalpointer.nn.kernels.reference import Factors, add_at, differentiable_once, logsumexp, pair_logits
from globalpointer.nn.kernels.square import BUDGET, LOG2E, NEVER, Block, Square

__all__ = ["count", "search", "split"]

RELIABLE = 1e-25
"""The least stabilised sum that is trusted: what float32 loses below 1e-38 is then less than its rounding."""

AGAIN = 1 << 22
"""Numbers in the queries of the squares that are computed again at once."""

KEPT = 1 << 25
"""Weights that are kept for the gradient, 128 MiB in float32; where there are more, they are made again."""


def split(
    factors: Factors, cells: Int[Tensor, "cells 4"]
) -> tuple[Float[Tensor, "batch types"], Float[Tensor, " cells"]]:
    """As reference.split. A sum that came near underflow is computed again by tiles, for its example and type alone."""
    pairs, place = _pairs(factors, cells)
    rest, singles, peak = _Scores.apply(*factors, pairs)  # type: ignore[no-untyped-call]
    inside = singles[place, cells[:, 1]]
    singles = singles.index_put((place, cells[:, 1]), singles.new_tensor(float("-inf")))
    outside = _joined(rest, singles, pairs[:, 0])
    trusted = (outside.detach() - peak >= math.log(RELIABLE)) | (peak < NEVER / 4)
    if not bool(trusted.all()):
        outside = outside.masked_scatter(~trusted, _one_by_one(factors, cells, ~trusted))
    return outside, inside


def _pairs(factors: Factors, cells: Tensor) -> tuple[Int[Tensor, "pairs 3"], Int[Tensor, " cells"]]:
    """The distinct (example, row, col) of the cells, sorted, and which of them each cell has."""
    tokens = factors.mask.shape[1]
    example, _, row, col = cells.unbind(1)
    keys, place = torch.unique((example * tokens + row) * tokens + col, return_inverse=True)
    return torch.stack([keys // tokens**2, keys // tokens % tokens, keys % tokens], 1), place


def _joined(
    rest: Float[Tensor, "batch types"], singles: Float[Tensor, "pairs types"], example: Int[Tensor, " pairs"]
) -> Float[Tensor, "batch types"]:
    """log(e^rest + Σ e^single) over the singles of each example, which are sorted by it."""
    if not len(singles):
        return rest
    example = example.contiguous()
    slot = 1 + torch.arange(len(example), device=example.device) - torch.searchsorted(example, example)
    table = rest.new_full((len(rest), int(slot.max()) + 1, rest.shape[1]), float("-inf"))
    table[:, 0] = rest
    return logsumexp(table.index_put((example, slot), singles).transpose(1, 2))


def _one_by_one(factors: Factors, cells: Tensor, wanted: Tensor) -> Float[Tensor, " found"]:
    """The partition of single (example, type), by tiles: exact, slow, and rarely needed.

    Some at a time, and made again for the gradient: else each would keep a plane of its own.
    """
    squares = torch.split(wanted.nonzero(), max(1, AGAIN // factors.query[0].numel()))
    return torch.cat([checkpoint(_alone, factors, cells, each, use_reentrant=False) for each in squares])


def _alone(factors: Factors, cells: Tensor, squares: Int[Tensor, "found 2"]) -> Float[Tensor, " found"]:
    """The partitions of these (example, type), each as an example of one type."""
    assert factors.row_bias is not None
    assert factors.col_bias is not None
    example, kind = squares.unbind(1)
    alone = factors._replace(
        query=factors.query[example],
        key=factors.key[example],
        row_bias=factors.row_bias[example, kind][:, None],
        col_bias=factors.col_bias[example, kind][:, None],
        mask=factors.mask[example],
    )
    place = squares.new_full((len(factors.mask), factors.types), -1)
    place[example, kind] = torch.arange(len(squares), device=squares.device)
    own = place[cells[:, 0], cells[:, 1]]
    moved = torch.stack([own, torch.zeros_like(own), *cells[:, 2:].unbind(1)], 1)[own >= 0]
    return tiled.partition(alone, moved)[:, 0]


class _Scores(torch.autograd.Function):
    """The partition over all legal pairs but some, the scores of these, and the peak that the partition was taken from.

    A product with the weights W of the square forward, two backward. In base 2, with the row maxima m of the square:
    W_ij = 2^(S_ij - m_i), a_ti = 2^(r_ti + m_i - max_i), b_tj = 2^(c_tj - max_j). The stabilised sum is
    z_t = Σ_ij a_ti W_ij b_tj = e^(partition - peak), and the gradient of log z_t by S_ij is W_ij a_ti b_tj / z_t.
    """

    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> tuple[Tensor, Tensor, Tensor]:
        factors, pairs = Factors(*inputs[:-1]), inputs[-1]
        assert factors.row_bias is not None
        assert factors.col_bias is not None
        square = Square(factors, pairs)
        maxima, kept = _maxima(square)
        a, row_peak = _stabilised(factors.row_bias, square.penalty + maxima)
        b, col_peak = _stabilised(factors.col_bias, square.penalty)
        terms = torch.zeros_like(a)
        for block, scores in zip_longest(square.blocks, kept):
            # In place: what is kept are the weights from here on
            weights = _weights(square, block, maxima, scores)
            terms[block.examples, :, block.cols].baddbmm_(a[block.examples, :, block.rows], weights)
        z = terms.mul_(b).sum(2)
        ctx.save_for_backward(*factors[:5], pairs, a, b, maxima, terms, z, *kept)
        ctx.shape = factors[5:]
        peak = (row_peak + col_peak) / LOG2E
        ctx.mark_non_differentiable(peak)
        rest = (z.log() + peak).masked_fill(peak < NEVER / 4, float("-inf"))
        return rest, pair_logits(factors, pairs), peak

    @staticmethod
    @differentiable_once
    def backward(ctx: Any, upstream: Tensor, of_singles: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        *tensors, pairs, a, b, maxima, terms, z = (saved := ctx.saved_tensors)[:11]
        factors, kept = Factors(*tensors, *ctx.shape), saved[11:]
        # Where nothing flows back z may be 0
        scale = torch.where((upstream != 0) & (z > 0), upstream / z, 0.0)[:, :, None]
        with torch.autocast(upstream.device.type, enabled=False):
            # What is kept has left the pairs out already
            square = Square(factors, pairs[:0] if kept else pairs)
            query, key, row_bias = _products(square, maxima, kept, a, b, scale)
        col_bias = terms * scale
        example, row, col = pairs.unbind(1)
        of_pair = of_singles.sum(1, keepdim=True)
        add_at(query, (example, row), of_pair * factors.key[example, 0, col])
        add_at(key, (example, col), of_pair * factors.query[example, 0, row])
        kind = torch.arange(factors.types, device=pairs.device)
        add_at(row_bias, (example[:, None], kind, row[:, None]), of_singles)
        add_at(col_bias, (example[:, None], kind, col[:, None]), of_singles)
        return query[:, None], key[:, None], row_bias, col_bias, None, None, None, None


def _maxima(square: Square) -> tuple[Float[Tensor, "batch tokens"], list[Tensor]]:
    """The largest score of each row, and the scores of all blocks if they are few enough to be kept."""
    maxima = torch.empty_like(square.penalty)
    kept, few = [], square.size <= KEPT
    for block in square.blocks:
        scores = square.scores(block)
        maxima[block.examples, block.rows] = scores.amax(2)
        if few:
            kept.append(scores)
    return maxima, kept


def _stabilised(
    bias: Float[Tensor, "batch types tokens"], more: Float[Tensor, "batch tokens"]
) -> tuple[Float[Tensor, "batch types tokens"], Float[Tensor, "batch types"]]:
    """2^(bias in base 2 + more - peak), and the peaks; contiguous, whatever the head's biases are."""
    powers, peak = bias.new_empty(bias.shape), bias.new_empty(bias.shape[:2])
    some = max(1, BUDGET["cpu"] // bias[0].numel()) if bias.device.type == "cpu" else len(bias)
    # Some examples at once, that stay in the cache meanwhile
    for first in range(0, len(bias), some):
        here = slice(first, first + some)
        torch.add(more[here, None], bias[here], alpha=LOG2E, out=powers[here])
        # A type whose every bias is -inf has no cell; its peak must be a number all the same
        peak[here] = powers[here].amax(2).clamp_(min=4 * NEVER)
        powers[here].sub_(peak[here, :, None]).exp2_()
    return powers, peak


def _weights(square: Square, block: Block, maxima: Tensor, scores: Tensor | None) -> Float[Tensor, "batch rows cols"]:
    """2^(score - maximum of its row) of a block, from its scores, which are used up, or from the factors again."""
    scores = square.scores(block) if scores is None else scores
    return scores.sub_(maxima[block.examples, block.rows, None]).exp2_()


def _products(
    square: Square, maxima: Tensor, kept: Sequence[Tensor], a: Tensor, b: Tensor, scale: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients by query, key and row bias, for what flows back to z."""
    query, key, row_bias = torch.empty_like(square.query), torch.zeros_like(square.key), torch.empty_like(a)
    for block, weights in zip_longest(square.blocks, kept):
        examples, i, j, _ = block
        weights = _weights(square, block, maxima, None) if weights is None else weights
        rows, cols = a[examples, :, i] * scale[examples], b[examples, :, j]
        torch.mul(torch.bmm(cols, weights.mT), rows, out=row_bias[examples, :, i])
        gradient = torch.bmm(rows.mT, cols).mul_(weights)
        query[examples, i] = torch.bmm(gradient, square.key[examples, j])
        key[examples, j].baddbmm_(gradient.mT, square.query[examples, i])
    return query, key, row_bias
