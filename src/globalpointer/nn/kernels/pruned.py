"""Search in heads whose types share one square, by bounds: most pairs are never scored for any type.

No score at (i, j) exceeds S_ij + max_t r_ti + max_t c_tj. Where that is below the lowest threshold, or below the worst
of the best so far, the pair is not scored. First a whole row is judged, by its largest product alone.
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, band, best, pair_logits, raised
from globalpointer.nn.kernels.square import blocks

CHUNK = 1 << 18
"""Scores computed at once when pairs are scored for every type."""

Found = tuple[Tensor, Tensor]
"""Cells [found 4] and their scores [found]."""


def search(factors: Factors, threshold: Float[Tensor, " types"], limit: int | None) -> Found:
    """As reference.search. With a limit, what is found raises the bar for the rest, the most promising pairs first."""
    bounds = _Bounds(factors, threshold)
    found: list[Found] = [(torch.empty(0, 4, dtype=torch.long, device=threshold.device), factors.query.new_empty(0))]
    for pairs, bound in bounds.portions():
        if limit is None:
            found += [bounds.above(portion) for portion in torch.split(pairs, bounds.portion)]
        else:
            found = [_best_of(bounds, pairs, bound, found[0], limit)]
    return best(*_together(found), limit)


def count(factors: Factors, threshold: Float[Tensor, " types"]) -> Int[Tensor, "batch types"]:
    """As reference.count."""
    bounds = _Bounds(factors, threshold)
    total = torch.zeros(len(factors.mask), factors.types, dtype=torch.long, device=factors.mask.device)
    for pairs, _ in bounds.portions():
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
        self.query, self.key = factors.query[:, 0], factors.key[:, 0]
        row, col = factors.row_bias.amax(1), factors.col_bias.amax(1)
        products = self.query.norm(dim=2) * self.key.norm(dim=2).amax(1, keepdim=True)
        size = 1 + threshold.abs().nan_to_num(posinf=0.0).amax() + col.abs().amax(1, keepdim=True)
        slack = 1e-5 * (products + row.abs() + size)
        self.row = (row + slack).masked_fill(~factors.mask, float("-inf"))
        self.col = col.masked_fill(~factors.mask, float("-inf"))
        self.place = torch.arange(factors.mask.shape[1], device=factors.mask.device)

    def portions(self) -> Iterator[tuple[Int[Tensor, "pairs 3"], Float[Tensor, " pairs"]]]:
        """The candidates of as many blocks together as make a portion worth its while."""
        waiting: list[tuple[Tensor, Tensor]] = []
        for found in self.candidates():
            waiting.append(found)
            if sum(len(pairs) for pairs, _ in waiting) >= self.portion:
                yield _together(waiting)
                waiting = []
        if waiting:
            yield _together(waiting)

    def candidates(self) -> Iterator[tuple[Int[Tensor, "pairs 3"], Float[Tensor, " pairs"]]]:
        """Pairs that may hold a wanted cell, block by block, and their bounds."""
        lowest, none = self.threshold.amin(), self.place.new_empty(0, 3)
        for examples, rows, cols, _ in blocks(self.factors, none, larger=4):
            products = torch.bmm(self.query[examples, rows], self.key[examples, cols].mT)
            wanted = torch.maximum(self.floor[examples], lowest)[:, None]
            # Most rows are without hope: only the others are looked at cell by cell. Where a factor is no number, so is
            # the bound, which is then not below anything
            most = products.amax(2) + self.row[examples, rows] + self.col[examples, cols].amax(1, keepdim=True)
            example, row = (~(most < wanted)).nonzero().unbind(1)
            if len(example):
                bound = products[example, row] + self.col[examples, cols][example]
                example, row = example + examples.start, row + rows.start
                yield from self._promising(bound + self.row[example, row, None], example, row, cols)

    def _promising(
        self, bound: Float[Tensor, "lines cols"], example: Tensor, row: Tensor, cols: slice
    ) -> Iterator[tuple[Int[Tensor, "pairs 3"], Float[Tensor, " pairs"]]]:
        """Those of some rows' pairs that exist and whose bound is high enough, or no number; none, nothing."""
        mask = self.factors.mask
        legal = mask[example, row, None] & mask[example, cols]
        legal &= band(row[:, None], self.place[cols], self.factors.ordered, self.factors.max_width)
        wanted = torch.maximum(self.floor[example], self.threshold.amin())[:, None]
        line, col = (legal & ~(bound < wanted)).nonzero().unbind(1)
        if len(line):
            yield torch.stack([example[line], row[line], col + cols.start], 1), bound[line, col]

    def above(self, pairs: Int[Tensor, "pairs 3"]) -> Found:
        """The wanted cells among these pairs."""
        scores = pair_logits(self.factors, pairs)
        hits = (scores > self.threshold) & (scores >= self.floor[pairs[:, 0], None])
        place, kind = hits.nonzero().unbind(1)
        example, row, col = pairs[place].unbind(1)
        return torch.stack([example, kind, row, col], 1), scores[place, kind]


def _best_of(bounds: _Bounds, pairs: Tensor, bound: Tensor, found: Found, limit: int) -> Found:
    """The best of what was found and of these pairs; those that cannot reach the floor any more are never scored."""
    # So many that they raise the floor, then twice as many, and so on
    portion = 1 + 2 * limit * len(bounds.floor) // len(bounds.threshold)
    while len(pairs):
        portion = min(portion, bounds.portion, len(pairs))
        first = bound.topk(portion, sorted=False).indices
        found = best(*_together([found, bounds.above(pairs[first])]), limit)
        bounds.floor = raised(bounds.floor, *found, limit)
        rest = ~(bound < bounds.floor[pairs[:, 0]])
        rest[first] = False
        pairs, bound = pairs[rest], bound[rest]
        portion *= 2
    return found


def _together(found: list[Found]) -> Found:
    return torch.cat([cells for cells, _ in found]), torch.cat([scores for _, scores in found])
