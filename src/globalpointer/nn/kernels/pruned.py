"""Search in heads whose types share one square, by bounds: most pairs are never scored for any type.

No type scores a pair above S + max_t r + max_t c, so pairs whose bound lies below the threshold are left out at once.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, best, legal_pairs, pair_logits

CHUNK = 1 << 18
"""Scores computed at once when single pairs are scored for every type."""


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
