"""Memory bounded by a tile, in plain torch: scores are made tile by tile, used, and made again for the gradient.

A tile is some examples, some types, a block of rows, and the columns that those rows can reach. The idea is that of
FlashAttention (Dao et al., 2022) and Cut Cross-Entropy (Wijmans et al., 2024).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, band, best

BUDGET = 1 << 18
"""Scores in a tile: 1 MiB in float32, which stays in the cache of a core."""

ROWS = 64
"""Rows of a tile."""


class Tile(NamedTuple):
    """A rectangle of scores; `planes` are its types in query and key."""

    examples: slice
    types: slice
    planes: slice
    rows: slice
    cols: slice


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


def tiles(factors: Factors) -> Iterator[Tile]:
    """All tiles that hold a cell: an example's types, then its rows; columns from the diagonal on if ordered."""
    examples, tokens, types = factors.mask.shape[0], factors.mask.shape[1], factors.types
    size = min(ROWS, tokens) * tokens
    some_types = min(types, max(1, BUDGET // max(1, size)))
    some_examples = max(1, BUDGET // max(1, size * some_types))
    for example in range(0, examples, some_examples):
        for kind in range(0, types, some_types):
            chosen = slice(kind, min(types, kind + some_types))
            planes = chosen if factors.query.shape[1] > 1 else slice(0, 1)
            for row in range(0, tokens, ROWS):
                end = min(tokens, row + ROWS)
                reach = tokens if factors.max_width is None else min(tokens, end + factors.max_width - 1)
                cols = slice(row if factors.ordered else 0, reach)
                yield Tile(slice(example, example + some_examples), chosen, planes, slice(row, end), cols)


def tile_logits(factors: Factors, tile: Tile) -> Float[Tensor, "batch types rows cols"]:
    """The scores of a tile, -inf where illegal."""
    query = factors.query[tile.examples, tile.planes, tile.rows]
    scores = query @ factors.key[tile.examples, tile.planes, tile.cols].transpose(-1, -2)
    if factors.row_bias is not None:
        scores = scores + factors.row_bias[tile.examples, tile.types, tile.rows, None]
    if factors.col_bias is not None:
        scores = scores + factors.col_bias[tile.examples, tile.types, None, tile.cols]
    mask = factors.mask[tile.examples]
    place = torch.arange(mask.shape[1], device=mask.device)
    inside = band(place[tile.rows, None], place[tile.cols], factors.ordered, factors.max_width)
    illegal = ~(mask[:, tile.rows, None] & mask[:, None, tile.cols] & inside)
    penalty = torch.zeros(illegal.shape, dtype=scores.dtype, device=scores.device)
    return scores.add_(penalty.masked_fill_(illegal, float("-inf"))[:, None])


def add_gradient(sums: Gradients, factors: Factors, tile: Tile, gradient: Tensor) -> None:
    """Add what the gradient of a tile's scores means for the factors. `gradient` is used up."""
    if sums.row_bias is not None:
        sums.row_bias[tile.examples, tile.types, tile.rows] += gradient.sum(-1)
    if sums.col_bias is not None:
        sums.col_bias[tile.examples, tile.types, tile.cols] += gradient.sum(-2)
    if factors.query.shape[1] < factors.types:
        gradient = gradient.sum(1, keepdim=True)
    query = factors.query[tile.examples, tile.planes, tile.rows]
    key = factors.key[tile.examples, tile.planes, tile.cols]
    sums.query[tile.examples, tile.planes, tile.rows] += gradient @ key
    sums.key[tile.examples, tile.planes, tile.cols] += gradient.transpose(-1, -2) @ query


def partition(factors: Factors, cells: Int[Tensor, "cells 4"]) -> Float[Tensor, "batch types"]:
    """As reference.partition."""
    total: Tensor = _Partition.apply(*factors, cells)  # type: ignore[no-untyped-call]
    return total


class _Partition(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> Tensor:
        factors, cells = Factors(*inputs[:-1]), inputs[-1]
        total = factors.query.new_full((factors.mask.shape[0], factors.types), float("-inf"))
        for tile in tiles(factors):
            scores = _without(tile_logits(factors, tile), tile, cells)
            peak = scores.amax((-1, -2), keepdim=True).clamp_(min=torch.finfo(scores.dtype).min)
            here = scores.sub_(peak).exp_().sum((-1, -2)).log_().add_(peak[:, :, 0, 0])
            total[tile.examples, tile.types] = torch.logaddexp(total[tile.examples, tile.types], here)
        ctx.save_for_backward(*factors[:5], cells, total)
        ctx.shape = factors[5:]
        return total

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        *tensors, cells, total = ctx.saved_tensors
        factors = Factors(*tensors, *ctx.shape)
        sums = Gradients.zeros(factors)
        finite = total.masked_fill(total == float("-inf"), 0.0)
        with torch.autocast(upstream.device.type, enabled=False):
            for tile in tiles(factors):
                scores = _without(tile_logits(factors, tile), tile, cells)
                scores = scores.sub_(finite[tile.examples, tile.types, None, None]).exp_()
                add_gradient(sums, factors, tile, scores.mul_(upstream[tile.examples, tile.types, None, None]))
        return *sums, None, None, None, None


def _without(scores: Tensor, tile: Tile, cells: Tensor) -> Tensor:
    """The tile with -inf at those of the cells that lie in it."""
    if not len(cells):
        return scores
    corner = torch.tensor([each.start for each in _sides(tile)], device=cells.device)
    shape = torch.tensor(scores.shape, device=cells.device)
    place = cells - corner
    place = place[((place >= 0) & (place < shape)).all(1)]
    scores[tuple(place.unbind(1))] = float("-inf")
    return scores


def _sides(tile: Tile) -> tuple[slice, slice, slice, slice]:
    return tile.examples, tile.types, tile.rows, tile.cols


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
        for tile in tiles(first):
            s, t = (_zero_where_illegal(tile_logits(each, tile)) for each in (first, second))
            total[tile.examples, tile.types] += s.sigmoid().sub_(t.sigmoid()).mul_(s.sub_(t)).sum((-1, -2))
        ctx.save_for_backward(*first[:5], *second[:5])
        ctx.shape = first[5:]
        return total

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        saved = ctx.saved_tensors
        first, second = Factors(*saved[:5], *ctx.shape), Factors(*saved[5:], *ctx.shape)
        sums = Gradients.zeros(first), Gradients.zeros(second)
        with torch.autocast(upstream.device.type, enabled=False):
            for tile in tiles(first):
                s, t = (_zero_where_illegal(tile_logits(each, tile)) for each in (first, second))
                weight = upstream[tile.examples, tile.types, None, None]
                p, q, apart = s.sigmoid(), t.sigmoid(), s - t
                add_gradient(sums[0], first, tile, ((p * (1 - p)) * apart + p - q).mul_(weight))
                add_gradient(sums[1], second, tile, ((q * (1 - q)) * -apart + q - p).mul_(weight))
        return *sums[0], None, None, None, *sums[1], None, None, None


def _zero_where_illegal(scores: Tensor) -> Tensor:
    return scores.masked_fill_(scores == float("-inf"), 0.0)


def search(
    factors: Factors, threshold: Float[Tensor, " types"], limit: int | None
) -> tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]:
    """As reference.search. With a limit only the best so far are kept between tiles."""
    cells = torch.empty(0, 4, dtype=torch.long, device=factors.mask.device)
    found = cells, factors.query.new_empty(0)
    pieces = [found]
    for tile in tiles(factors):
        scores = tile_logits(factors, tile)
        hits = (scores > threshold[tile.types, None, None]) & (scores > float("-inf"))
        if limit is not None:
            flat = scores.masked_fill(~hits, float("-inf")).flatten(1)
            hits &= scores >= flat.topk(min(limit, flat.shape[1])).values[:, -1, None, None, None]
        place = hits.nonzero()
        corner = torch.tensor([each.start for each in _sides(tile)], device=place.device)
        pieces.append((place + corner, scores[hits]))
        if limit is not None:
            pieces = [best(*_joined(pieces), limit)]
    return best(*_joined(pieces), limit)


def _joined(pieces: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    return torch.cat([cells for cells, _ in pieces]), torch.cat([scores for _, scores in pieces])


def count(factors: Factors, threshold: Float[Tensor, " types"]) -> Int[Tensor, "batch types"]:
    """As reference.count."""
    total = torch.zeros(factors.mask.shape[0], factors.types, dtype=torch.long, device=factors.mask.device)
    for tile in tiles(factors):
        total[tile.examples, tile.types] += (tile_logits(factors, tile) > threshold[tile.types, None, None]).sum((2, 3))
    return total
