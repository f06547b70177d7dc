"""Memory bounded by a tile, in plain torch: scores are made tile by tile, and used at once.

The idea is that of FlashAttention (Dao et al., 2022) and Cut Cross-Entropy (Wijmans et al., 2024). Here the upstream
gradient is one number a square. So the gradient is summed up in the forward pass, up to that number, and no score is
made twice.
"""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, differentiable_once
from globalpointer.nn.kernels.tiled_search import count, search
from globalpointer.nn.kernels.tiles import Part, Tile, locate, parts, tile_logits, tiles

__all__ = ["count", "divergence", "partition", "search", "split"]

LOG2E = 1 / math.log(2)
"""Scores times this are exponents of 2, and exp2 takes a third of the time of exp."""


def partition(factors: Factors, cells: Int[Tensor, "cells 4"]) -> Float[Tensor, "batch types"]:
    """As reference.partition."""
    return split(factors, cells)[0]


def split(
    factors: Factors, cells: Int[Tensor, "cells 4"]
) -> tuple[Float[Tensor, "batch types"], Float[Tensor, " cells"]]:
    """The partition over the legal cells other than `cells`, and the scores at `cells`, which are distinct.

    The gradient has a plane for each type, also where the types share one.
    """
    query, key = _own_planes(factors)
    if not torch.is_grad_enabled():
        query, key = query.detach(), key.detach()
    outside, inside = _Split.apply(query, key, *factors[4:], cells)  # type: ignore[no-untyped-call]
    return outside, inside


def _own_planes(factors: Factors) -> tuple[Float[Tensor, "batch types tokens dim"], ...]:
    """Query and key that give the same scores without biases: q·k + r + c = [q, r, 1]·[k, 1, c]."""
    if factors.row_bias is None:
        return factors.query, factors.key
    query, key = (each.expand(-1, factors.types, -1, -1) for each in factors[:2])
    one = torch.ones_like(factors.row_bias)
    col_bias = torch.zeros_like(one) if factors.col_bias is None else factors.col_bias
    rows, cols = torch.stack([factors.row_bias, one], 3), torch.stack([one, col_bias], 3)
    return torch.cat([query, rows], 3), torch.cat([key, cols], 3)


class _Split(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, *rest: Any) -> tuple[Tensor, Tensor]:
        factors, cells = Factors(query, key, None, None, *rest[:-1]), rest[-1]
        outside = query.new_empty(query.shape[:2])
        wanted = (query, key) if any(ctx.needs_input_grad) else ()
        pulls = [torch.zeros_like(each, memory_format=torch.contiguous_format) for each in wanted]
        every = tiles(factors)
        for part, left_out in zip(parts(factors, LOG2E), locate(factors, cells), strict=True):
            own = zip(every, left_out, strict=True)
            outside[part.examples, part.types] = _sum_up(part, own, [each[part.examples, part.types] for each in pulls])
        example, kind, row, col = cells.unbind(1)
        at_row, at_col = query[example, kind, row], key[example, kind, col]
        ctx.save_for_backward(cells, at_row, at_col, *pulls)
        return outside, (at_row * at_col).sum(1)

    @staticmethod
    @differentiable_once
    def backward(ctx: Any, upstream: Tensor, at_cells: Tensor) -> tuple[Tensor | None, ...]:
        cells, at_row, at_col, *pulls = ctx.saved_tensors
        query, key = (each * upstream[:, :, None, None] for each in pulls)
        example, kind, row, col = cells.unbind(1)
        first = (example * query.shape[1] + kind) * query.shape[2]
        # Row after row, in order, where index_put_ would add them up in any order
        query.flatten(0, 2).index_add_(0, first + row, at_cells[:, None] * at_col)
        key.flatten(0, 2).index_add_(0, first + col, at_cells[:, None] * at_row)
        return query, key, None, None, None, None


def _sum_up(part: Part, own: Iterable[tuple[Tile, Tensor]], pulls: list[Tensor]) -> Float[Tensor, "batch types"]:
    """The partition of each square of a part, whose scores are exponents of 2; sums are kept relative to their peak.

    `own`: the tiles and what is left out of each. `pulls`: if any, filled with Σ_j p_ij k_j and Σ_i p_ij q_i, the
    gradients by query and key, where p is the softmax of the square.
    """
    peak = part.query.new_full(part.query.shape[:2], torch.finfo(part.query.dtype).min)
    total, pulled = torch.zeros_like(peak), []
    for tile, left_out in own:
        scores = tile_logits(part, tile)
        scores.view(-1).index_fill_(0, left_out, float("-inf"))
        before, peak = peak, torch.maximum(peak, scores.amax((2, 3)))
        weights, fade = scores.sub_(peak[:, :, None, None]).exp2_(), (before - peak).exp2_()
        total = total * fade + weights.sum((2, 3))
        if pulls:
            pulled.append((tile, peak, weights @ part.key[:, :, tile.cols]))
            met = pulls[1][:, :, tile.cols]
            torch.addcmul(weights.transpose(2, 3) @ part.query[:, :, tile.rows], met, fade[:, :, None, None], out=met)
    total = total.log2() + peak
    if pulls:
        _normalise(part, pulls, pulled, total)
    return total * math.log(2)


def _normalise(part: Part, pulls: list[Tensor], pulled: list[tuple[Tile, Tensor, Tensor]], total: Tensor) -> None:
    """Make weights relative to a peak those of the softmax. A column's peak is that of the last tile that met it."""
    finite = total.masked_fill(total == float("-inf"), 0.0)
    for tile, peak, to_query in pulled:
        share = (peak - finite).exp2_()[:, :, None, None]
        torch.mul(to_query, share, out=pulls[0][:, :, tile.rows])
        if part.ordered:
            pulls[1][:, :, tile.rows] *= share * math.log(2)
    if not part.ordered:
        pulls[1].mul_(share * math.log(2))


def divergence(first: Factors, second: Factors) -> Float[Tensor, "batch types"]:
    """As reference.divergence."""
    total: Tensor = _Divergence.apply(*first, *second)  # type: ignore[no-untyped-call]
    return total


class _Divergence(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> Tensor:
        half = len(Factors._fields)
        first, second = Factors(*inputs[:half]), Factors(*inputs[half:])
        total = first.query.new_zeros((first.mask.shape[0], first.types))
        for one, other in zip(parts(first), parts(second), strict=True):
            for tile in tiles(first):
                s, t = (_zero_where_illegal(tile_logits(each, tile)) for each in (one, other))
                total[one.examples, one.types] += s.sigmoid().sub_(t.sigmoid()).mul_(s.sub_(t)).sum((-1, -2))
        ctx.save_for_backward(*first[:5], *second[:5])
        ctx.shape = first[5:]
        return total

    @staticmethod
    @differentiable_once
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        saved = ctx.saved_tensors
        first, second = Factors(*saved[:5], *ctx.shape), Factors(*saved[5:], *ctx.shape)
        sums = Gradients.zeros(first), Gradients.zeros(second)
        with torch.autocast(upstream.device.type, enabled=False):
            for one, other in zip(parts(first), parts(second), strict=True):
                weight = upstream[one.examples, one.types, None, None]
                for tile in tiles(first):
                    s, t = (_zero_where_illegal(tile_logits(each, tile)) for each in (one, other))
                    p, q, apart = s.sigmoid(), t.sigmoid(), s - t
                    sums[0].add(one, tile, ((p * (1 - p)) * apart + p - q).mul_(weight))
                    sums[1].add(other, tile, ((q * (1 - q)) * -apart + q - p).mul_(weight))
        return *sums[0], None, None, None, *sums[1], None, None, None


def _zero_where_illegal(scores: Tensor) -> Tensor:
    return scores.masked_fill_(scores == float("-inf"), 0.0)


class Gradients(NamedTuple):
    """Where the gradients of the factors are summed up."""

    query: Tensor
    key: Tensor
    row_bias: Tensor | None
    col_bias: Tensor | None

    @classmethod
    def zeros(cls, factors: Factors) -> "Gradients":
        """Nothing summed yet."""
        return cls(*(None if each is None else torch.zeros_like(each) for each in factors[:4]))  # type: ignore[arg-type]

    def add(self, part: Part, tile: Tile, gradient: Tensor) -> None:
        """Add what the gradient of a tile's scores means for the factors."""
        examples, types, query, key = part[:4]
        if self.row_bias is not None:
            self.row_bias[examples, types, tile.rows] += gradient.sum(-1)
        if self.col_bias is not None:
            self.col_bias[examples, types, tile.cols] += gradient.sum(-2)
        planes = types
        if self.query.shape[1] == 1:
            gradient, planes = gradient.sum(1, keepdim=True), slice(0, 1)
        self.query[examples, planes, tile.rows] += gradient @ key[:, :, tile.cols]
        self.key[examples, planes, tile.cols] += gradient.transpose(-1, -2) @ query[:, :, tile.rows]
