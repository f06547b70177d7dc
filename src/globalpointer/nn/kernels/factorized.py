"""Heads whose types share one square: score = S[i,j] + r[t,i] + c[t,j], so all types by one matrix product.

```
Σ_{legal (i,j)} exp(S_ij + r_ti + c_tj)  =  Σ_j exp(c_tj) · ( exp(r_t) @ (L ∘ exp S) )_j
```

No tensor of all cells exists, forward or backward. Pairs that must be left out for some type are taken out of L for
all types and scored singly, so nothing is ever subtracted.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, add_at, logsumexp, pair_logits
from globalpointer.nn.kernels.square import LOG2E, NEVER, Square

RELIABLE = 1e-25
"""The least stabilised sum that is trusted: what float32 loses below 1e-38 is then less than its rounding."""

KEPT = 1 << 25
"""Weights that are kept for the gradient, 128 MiB in float32; where there are more, they are made again."""


class Split(NamedTuple):
    """The partition without the cells, the scores at the cells, and which of the partitions are right."""

    outside: Float[Tensor, "batch types"]
    inside: Float[Tensor, " cells"]
    trusted: Bool[Tensor, "batch types"]


def split(factors: Factors, cells: Int[Tensor, "cells 4"]) -> Split:
    """As reference.partition and reference.gather in one.

    A sum near underflow is not trusted: its value and its gradient are wrong and must be computed in another way.
    """
    pairs, place = _pairs(factors, cells)
    rest, singles, peak = _Scores.apply(*factors, pairs)  # type: ignore[no-untyped-call]
    inside = singles[place, cells[:, 1]]
    singles = singles.index_put((place, cells[:, 1]), singles.new_tensor(float("-inf")))
    outside = _joined(rest, singles, pairs[:, 0])
    empty = peak < NEVER / 4
    return Split(outside, inside, empty | (outside.detach() - peak >= math.log(RELIABLE)))


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


class _Scores(torch.autograd.Function):
    """The partition over all legal pairs but some, the scores of these, and the peak that the partition was taken from.

    A product with the weights W of the square forward, two backward. In base 2, with the row maxima m of the square:
    W_ij = 2^(S_ij - m_i), a_ti = 2^(r_ti + m_i - max_i), b_tj = 2^(c_tj - max_j). The stabilised sum is
    z_t = Σ_ij a_ti W_ij b_tj = e^(partition - peak), and the gradient of log z_t by S_ij is W_ij a_ti b_tj / z_t.
    """

    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> tuple[Tensor, Tensor, Tensor]:
        factors, pairs = Factors(*inputs[:-1]), inputs[-1]
        square = Square(factors, pairs)
        assert factors.row_bias is not None
        assert factors.col_bias is not None
        rows, cols = square.exponents(factors.row_bias), square.exponents(factors.col_bias)
        col_peak = cols.amax(2, keepdim=True)
        cols = cols.sub_(col_peak).exp2_()
        sums, row_peak, maxima, kept = _sums(square, rows)
        terms = sums.mul_(cols)
        z = terms.sum(2)
        ctx.save_for_backward(*factors[:5], pairs, rows, cols, row_peak, maxima, terms, z, *kept)
        ctx.shape = factors[5:]
        peak = (row_peak + col_peak)[:, :, 0] / LOG2E
        ctx.mark_non_differentiable(peak)
        rest = (z.log() + peak).masked_fill(peak < NEVER / 4, float("-inf"))
        return rest, pair_logits(factors, pairs), peak

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor, of_singles: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        *tensors, pairs, rows, cols, row_peak, maxima, terms, z = ctx.saved_tensors[:12]
        factors = Factors(*tensors, *ctx.shape)
        # Where nothing flows back z may be 0
        scale = torch.where((upstream != 0) & (z > 0), upstream / z, 0.0)[:, :, None]
        rows = (rows + maxima[:, None]).sub_(row_peak).exp2_().mul_(scale)
        with torch.autocast(upstream.device.type, enabled=False):
            query, key, row_bias = _products(Square(factors, pairs), rows, cols, maxima, iter(ctx.saved_tensors[12:]))
        col_bias = terms * scale
        example, row, col = pairs.unbind(1)
        of_pair = of_singles.sum(1, keepdim=True)
        add_at(query, (example, row), of_pair * factors.key[example, 0, col])
        add_at(key, (example, col), of_pair * factors.query[example, 0, row])
        kind = torch.arange(factors.types, device=pairs.device)
        add_at(row_bias, (example[:, None], kind, row[:, None]), of_singles)
        add_at(col_bias, (example[:, None], kind, col[:, None]), of_singles)
        return query[:, None], key[:, None], row_bias, col_bias, None, None, None, None


def _products(
    square: Square, rows: Tensor, cols: Tensor, maxima: Tensor, kept: Iterator[Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients by query, key and row bias; `rows` are a, scaled by what flows back."""
    query, key, row_bias = torch.empty_like(square.query), torch.zeros_like(square.key), torch.empty_like(rows)
    for block in square.blocks:
        chosen, i, j, _ = block
        weights = next(kept, None)
        if weights is None:
            weights = square.scores(block).sub_(maxima[chosen, i, None]).exp2_()
        a, b = rows[chosen, :, i], cols[chosen, :, j]
        row_bias[chosen, :, i] = (b @ weights.mT).mul_(a)
        gradient = (a.mT @ b).mul_(weights)
        query[chosen, i] = gradient @ square.key[chosen, j]
        key[chosen, j].baddbmm_(gradient.mT, square.query[chosen, i])
    return query, key, row_bias


def _sums(square: Square, rows: Float[Tensor, "batch types tokens"]) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
    """The product a @ W, the peaks that a was stabilised by, the row maxima of the square, and W if it is kept.

    The peaks are those of the blocks so far; when a block raises one, the sums before it are scaled down.
    """
    examples, types, tokens = rows.shape
    sums = rows.new_zeros(rows.shape)
    peak = rows.new_full((examples, types, 1), torch.finfo(rows.dtype).min)
    maxima = rows.new_empty((examples, tokens))
    kept = []
    for block in square.blocks:
        chosen, i, j, _ = block
        weights = square.scores(block)
        maximum = maxima[chosen, i] = weights.amax(2)
        weights = weights.sub_(maximum[:, :, None]).exp2_()
        a = rows[chosen, :, i] + maximum[:, None]
        raised = torch.maximum(peak[chosen], a.amax(2, keepdim=True))
        sums[chosen].mul_((peak[chosen] - raised).exp2_())
        sums[chosen, :, j].baddbmm_(a.sub_(raised).exp2_(), weights)
        peak[chosen] = raised
        if square.size <= KEPT:
            kept.append(weights)
    return sums, peak, maxima, kept
