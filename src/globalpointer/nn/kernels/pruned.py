"""Search in heads whose types share one square, by bounds: most pairs are never scored for any type.

A type can only exceed its threshold at (i, j) where S_ij + max_t (r_ti - threshold_t) + max_t c_tj > 0, and only be one
of the best where S_ij + max_t r_ti + max_t c_tj reaches the worst of the best so far.
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, best, pair_logits
from globalpointer.nn.kernels.square import NEVER, Square

CHUNK = 1 << 18
"""Scores computed at once when pairs are scored for every type."""

Found = tuple[Tensor, Tensor]
"""Cells [found 4] and their scores [found]."""


def search(factors: Factors, threshold: Float[Tensor, " types"], limit: int | None) -> Found:
    """As reference.search. With a limit, what is found raises the bar for the rest, the most promising pairs first."""
    bounds = _Bounds(factors, threshold)
    found: list[Found] = [(torch.empty(0, 4, dtype=torch.long, device=threshold.device), factors.query.new_empty(0))]
    for pairs, bound in bounds.candidates():
        if limit is None:
            found += [bounds.above(portion) for portion in torch.split(pairs, bounds.portion)]
        else:
            found = [_best_of(bounds, pairs, bound, found[0], limit)]
    return best(*_together(found), limit)


def count(factors: Factors, threshold: Float[Tensor, " types"]) -> Int[Tensor, "batch types"]:
    """As reference.count."""
    bounds = _Bounds(factors, threshold)
    total = torch.zeros(len(factors.mask), factors.types, dtype=torch.long, device=factors.mask.device)
    for pairs, _ in bounds.candidates():
        for portion in torch.split(pairs, bounds.portion):
            total.index_add_(0, portion[:, 0], (pair_logits(factors, portion) > threshold).long())
    return total


class _Bounds:
    """What no score of a pair can exceed, and which pairs are worth scoring for that reason.

    `floor` [batch]: scores below it are not wanted any more; the search raises it. Bounds are raised by `slack`, more
    than rounding can make of them: 1e-5 of the size of the terms that matter, by Cauchy-Schwarz.
    """

    def __init__(self, factors: Factors, threshold: Float[Tensor, " types"]) -> None:
        assert factors.row_bias is not None
        assert factors.col_bias is not None
        self.factors, self.threshold = factors, threshold
        self.portion = max(1, CHUNK // factors.types)
        self.floor = factors.query.new_full((len(factors.mask),), float("-inf"))
        most_row, most_col = factors.row_bias.amax(1), factors.col_bias.amax(1)
        products = factors.query[:, 0].norm(dim=2) * factors.key[:, 0].norm(dim=2).amax(1, keepdim=True)
        size = 1 + threshold.abs().nan_to_num(posinf=0.0).amax() + most_col.abs().amax(1, keepdim=True)
        slack = 1e-5 * (products + most_row.abs() + size)
        lowest = threshold.amin().clamp(min=NEVER / 8)
        self.most_row = (most_row + slack).masked_fill(~factors.mask, float("-inf"))
        self.least = (lowest - self.most_row).clamp(min=NEVER / 4)
        none = torch.empty(0, 3, dtype=torch.long, device=factors.mask.device)
        self.square = Square(factors, none, unit=1.0, col_bias=most_col)

    def candidates(self) -> Iterator[tuple[Int[Tensor, "pairs 3"], Float[Tensor, " pairs"]]]:
        """Pairs that may hold a wanted cell, block by block, and their bounds."""
        for block in self.square.blocks:
            examples, rows, cols, _ = block
            bound = self.square.scores(block)
            most = self.most_row[examples, rows]
            least = torch.maximum(self.least[examples, rows], self.floor[examples, None] - most)
            # Most rows are without hope: only the others are looked at cell by cell
            example, row = (bound.amax(2) > least).nonzero().unbind(1)
            line, col = (bound[example, row] > least[example, row, None]).nonzero().unbind(1)
            if len(line):
                example, row = example[line], row[line]
                pairs = torch.stack([example + examples.start, row + rows.start, col + cols.start], 1)
                yield pairs, bound[example, row, col] + most[example, row]

    def above(self, pairs: Int[Tensor, "pairs 3"]) -> Found:
        """The wanted cells among these pairs."""
        scores = pair_logits(self.factors, pairs)
        hits = (scores > self.threshold) & (scores >= self.floor[pairs[:, 0], None])
        place, kind = hits.nonzero().unbind(1)
        example, row, col = pairs[place].unbind(1)
        return torch.stack([example, kind, row, col], 1), scores[place, kind]

    def raise_floor(self, cells: Tensor, scores: Tensor, limit: int) -> None:
        """Where an example has `limit` cells, none below the worst of them is wanted any more."""
        worst = torch.full_like(self.floor, float("inf")).scatter_reduce_(0, cells[:, 0], scores, "amin")
        full = torch.bincount(cells[:, 0], minlength=len(self.floor)) >= limit
        self.floor = torch.where(full, worst, self.floor)


def _best_of(bounds: _Bounds, pairs: Tensor, bound: Tensor, found: Found, limit: int) -> Found:
    """The best of what was found and of these pairs; those that cannot reach the floor any more are never scored."""
    # So many that they raise the floor, then twice as many, and so on
    portion = 1 + 2 * limit * len(bounds.floor) // len(bounds.threshold)
    while len(pairs):
        portion = min(portion, bounds.portion, len(pairs))
        first = bound.topk(portion, sorted=False).indices
        found = best(*_together([found, bounds.above(pairs[first])]), limit)
        bounds.raise_floor(*found, limit)
        rest = bound >= bounds.floor[pairs[:, 0]]
        rest[first] = False
        pairs, bound = pairs[rest], bound[rest]
        portion *= 2
    return found


def _together(found: list[Found]) -> Found:
    return torch.cat([cells for cells, _ in found]), torch.cat([scores for _, scores in found])
