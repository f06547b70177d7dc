"""Heads whose types share one square: score = S[i,j] + r[t,i] + c[t,j], so all types by one matrix product.

```
Σ_{legal (i,j)} exp(S_ij + r_ti + c_tj)  =  Σ_j exp(c_tj) · ( exp(r_t) @ (L ∘ exp S) )_j
```

No tensor of all cells exists, forward or backward. Cells that must be left out for some type are taken out of L for
all types and handled singly, so nothing is ever subtracted.
"""

from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, best, legal_pairs, logsumexp

RELIABLE = 1e-25
"""The least stabilised sum that is trusted: what float32 loses below 1e-38 is then less than its rounding."""

CHUNK = 1 << 18
"""Scores computed at once when single pairs are scored for every type."""


def partition(
    factors: Factors, cells: Int[Tensor, "cells 4"]
) -> tuple[Float[Tensor, "batch types"], Bool[Tensor, "batch types"]]:
    """As reference.partition, and where it may be trusted: elsewhere it must be computed in another way."""
    assert factors.row_bias is not None
    assert factors.col_bias is not None
    square = (factors.query @ factors.key.transpose(-1, -2))[:, 0]
    allowed = legal_pairs(factors)
    pairs = torch.unique(cells[:, [0, 2, 3]], dim=0)
    allowed[tuple(pairs.unbind(1))] = False
    total, trusted = _SharedPartition.apply(  # type: ignore[no-untyped-call]
        square, factors.row_bias, factors.col_bias, allowed
    )
    if len(pairs):
        total = logsumexp(torch.cat([total[:, None], _singly(factors, pairs, cells)], 1).transpose(1, 2))
    return total, trusted


def _singly(factors: Factors, pairs: Tensor, cells: Tensor) -> Float[Tensor, "batch most types"]:
    """The scores of the pairs for every type by example; -inf at `cells` themselves, and as padding."""
    example = pairs[:, 0].contiguous()
    slot = torch.arange(len(pairs), device=pairs.device) - torch.searchsorted(example, example)
    scores = pair_logits(factors, pairs)
    keys = _keys(factors, pairs)
    left_out = torch.zeros_like(scores, dtype=torch.bool)
    left_out[torch.searchsorted(keys, _keys(factors, cells[:, [0, 2, 3]])), cells[:, 1]] = True
    table = scores.new_full((len(factors.mask), int(slot.max()) + 1, factors.types), float("-inf"))
    return table.index_put((example, slot), scores.masked_fill(left_out, float("-inf")))


def _keys(factors: Factors, pairs: Tensor) -> Tensor:
    tokens = factors.mask.shape[1]
    return (pairs[:, 0] * tokens + pairs[:, 1]) * tokens + pairs[:, 2]


def pair_logits(factors: Factors, pairs: Int[Tensor, "cells 3"]) -> Float[Tensor, "cells types"]:
    """The scores of every type at rows (example, row, col), differentiable."""
    assert factors.row_bias is not None
    assert factors.col_bias is not None
    example, row, col = pairs.unbind(1)
    shared = (factors.query[example, 0, row] * factors.key[example, 0, col]).sum(-1, keepdim=True)
    return shared + factors.row_bias[example, :, row] + factors.col_bias[example, :, col]


class _SharedPartition(torch.autograd.Function):
    """The log of Σ_ij allowed_ij exp(S_ij + r_ti + c_tj), one matrix product forward and two backward.

    Stabilised by the row maxima m of S and the maxima of r + m and of c. Where the stabilised sum is below RELIABLE,
    value and gradient are not to be used: the caller masks them, so its upstream gradient is zero there.
    """

    @staticmethod
    def forward(ctx: Any, square: Tensor, row_bias: Tensor, col_bias: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor]:
        lowest = float("-inf")
        square = square.masked_fill(~allowed, lowest)
        empty_row, empty_col = ~allowed.any(2), ~allowed.any(1)
        empty = empty_row.all(1)[:, None]
        peaks = square.amax(2).masked_fill_(empty_row, 0.0)
        weights = square.sub_(peaks[:, :, None]).exp_()
        rows, row_peak = _stabilised(row_bias + peaks[:, None], empty_row)
        cols, col_peak = _stabilised(col_bias, empty_col)
        sums = rows @ weights
        total = (sums * cols).sum(2)
        trusted = (total >= RELIABLE) | empty
        ctx.save_for_backward(weights, rows, cols, sums, total, trusted & ~empty)
        ctx.mark_non_differentiable(trusted)
        return (total.log() + row_peak + col_peak).masked_fill(empty, lowest), trusted

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        weights, rows, cols, sums, total, usable = ctx.saved_tensors
        with torch.autocast(upstream.device.type, enabled=False):
            scale = torch.where(usable, upstream / total, 0.0)[:, :, None]
            scaled_rows = rows * scale
            row_gradient = scaled_rows * (cols @ weights.transpose(1, 2))
            square_gradient = (scaled_rows.transpose(1, 2) @ cols).mul_(weights)
            return square_gradient, row_gradient, sums * cols * scale, None


def _stabilised(values: Tensor, empty: Tensor) -> tuple[Tensor, Tensor]:
    """exp(values - peak) with 0 where empty, and the peak over the last dimension."""
    values = values.masked_fill(empty[:, None], float("-inf"))
    peak = values.amax(2).masked_fill_(empty.all(1)[:, None], 0.0)
    return values.sub_(peak[:, :, None]).exp_(), peak


def search(
    factors: Factors, threshold: Float[Tensor, " types"], limit: int | None
) -> tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]:
    """As reference.search. Only pairs are scored whose bound S + max_t r + max_t c lies above the least threshold."""
    square = _masked_square(factors)
    floor = None if limit is None else _floor(factors, square, threshold, limit)
    found = [(torch.empty(0, 4, dtype=torch.long, device=square.device), square.new_empty(0))]
    for pairs in _candidates(factors, square, threshold.min(), floor):
        scores = pair_logits(factors, pairs)
        hits = scores > threshold
        if floor is not None:
            # A hair below the floor, which another order of summation may have rounded upwards
            hits &= scores >= floor[pairs[:, 0], None]
        place, kind = hits.nonzero().unbind(1)
        example, row, col = pairs[place].unbind(1)
        found.append((torch.stack([example, kind, row, col], 1), scores[place, kind]))
    return best(torch.cat([cells for cells, _ in found]), torch.cat([scores for _, scores in found]), limit)


def _masked_square(factors: Factors) -> Float[Tensor, "batch tokens tokens"]:
    square = (factors.query @ factors.key.transpose(-1, -2))[:, 0]
    return square.masked_fill(~legal_pairs(factors), float("-inf"))


def _floor(factors: Factors, square: Tensor, threshold: Tensor, limit: int) -> Float[Tensor, " batch"]:
    """A logit that `limit` cells above the threshold reach, or -inf: the limit-th best of one such cell a pair."""
    assert factors.row_bias is not None
    assert factors.col_bias is not None
    row_bias, kind = factors.row_bias.max(1)
    tokens = square.shape[1]
    col_bias = factors.col_bias.gather(1, kind[:, :, None].expand(-1, -1, tokens))
    some = square + row_bias[:, :, None] + col_bias
    # Surely above: another order of summation may round a logit to the other side of its threshold
    some = some.masked_fill(some - _slack(some) <= threshold[kind][:, :, None], float("-inf")).flatten(1)
    if some.shape[1] < limit:
        return square.new_full((len(square),), float("-inf"))
    floor = some.topk(limit).values[:, -1]
    return floor - _slack(floor)


def _slack(scores: Tensor) -> Tensor:
    """More than sums of the same terms in another order can differ by, for scores whose terms are of their size."""
    return 1e-4 + 1e-4 * scores.abs().masked_fill(scores == float("-inf"), 0.0)


def _candidates(factors: Factors, square: Tensor, threshold: Tensor, floor: Tensor | None) -> tuple[Tensor, ...]:
    """Pairs that may hold a cell above the threshold (and the floor), in portions."""
    assert factors.row_bias is not None
    assert factors.col_bias is not None
    bound = square + factors.row_bias.amax(1)[:, :, None] + factors.col_bias.amax(1)[:, None, :]
    # The product of one pair may round differently than in the square
    bound = bound + _slack(bound)
    hopeful = (bound > threshold) & (bound > float("-inf"))
    if floor is not None:
        hopeful &= bound >= floor[:, None, None]
    return torch.split(hopeful.nonzero(), max(1, CHUNK // factors.types))


def count(factors: Factors, threshold: Float[Tensor, " types"]) -> Int[Tensor, "batch types"]:
    """As reference.count."""
    total = torch.zeros(len(factors.mask), factors.types, dtype=torch.long, device=factors.mask.device)
    for pairs in _candidates(factors, _masked_square(factors), threshold.min(), None):
        hits = (pair_logits(factors, pairs) > threshold).long()
        total.index_add_(0, pairs[:, 0], hits)
    return total
