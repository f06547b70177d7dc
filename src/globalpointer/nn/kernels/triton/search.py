# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# ruff: noqa: N803
"""Search in two passes: count the hits of every row, then write each where the counts before it say; memory O(found).

Both passes make the scores in the same way and in the same blocks, so they find the same cells; and since the rows are
counted in the order of cells, what is written is sorted.
"""

from typing import no_type_check

import torch
import triton
import triton.language as tl
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, best
from globalpointer.nn.kernels.triton import blocks
from globalpointer.nn.kernels.triton.launch import launch, sides, square


def search(
    factors: Factors, threshold: Float[Tensor, " types"], limit: int | None
) -> tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]:
    """As reference.search.

    With a limit, the limit-th best row of an example (a row is worth its best cell) tells below which score no cell can
    be kept, in a pass of its own. So a flood is written down as at most limit · tokens cells an example, most often a
    little more than `limit`; only cells of equal score may be more.
    """
    threshold = threshold.float().contiguous()
    floor = factors.query.new_full((len(factors.mask),), float("-inf"), dtype=torch.float32)
    counts, peaks = _survey(factors, threshold, floor)
    rows = peaks.view(len(factors.mask), -1)
    if limit is not None and limit < rows.shape[1]:
        floor = rows.topk(limit).values[:, -1].contiguous()
        counts, _ = _survey(factors, threshold, floor)
    cells, scores = _written(factors, threshold, floor, counts.flatten())
    return (cells, scores) if limit is None else best(cells, scores, limit)


def count(factors: Factors, threshold: Float[Tensor, " types"]) -> Int[Tensor, "batch types"]:
    """As reference.count."""
    floor = factors.query.new_full((len(factors.mask),), float("-inf"), dtype=torch.float32)
    return _survey(factors, threshold.float().contiguous(), floor)[0].sum(2)


def _survey(
    factors: Factors, threshold: Tensor, floor: Tensor
) -> tuple[Int[Tensor, "batch types tokens"], Float[Tensor, "batch types tokens"]]:
    """How many cells of a row are above the threshold and not below the example's floor, and the best of them."""
    shape = (len(factors.mask), factors.types, factors.mask.shape[1])
    counts = torch.empty(shape, dtype=torch.int32, device=factors.mask.device)
    peaks = torch.empty(shape, dtype=torch.float32, device=factors.mask.device)
    lines = shape[0] * shape[1]
    launch(
        _count_rows,
        factors,
        lines,
        *sides(factors),
        square(factors),
        threshold,
        floor,
        counts,
        peaks,
        factors.types,
        tuned=False,
    )
    return counts, peaks


def _written(
    factors: Factors, threshold: Tensor, floor: Tensor, counts: Int[Tensor, " rows"]
) -> tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]:
    """The cells that were counted, sorted, and their scores."""
    ends = counts.cumsum(0)
    found = int(ends[-1])
    keys = torch.empty(found, dtype=torch.long, device=counts.device)
    scores = torch.empty(found, dtype=torch.float32, device=counts.device)
    examples, tokens = factors.mask.shape
    if found:
        launch(
            _write_rows, factors, examples * factors.types, *sides(factors), square(factors), threshold, floor, ends,
            keys, scores, factors.types, tuned=False,
        )  # fmt: skip
    return torch.stack(torch.unravel_index(keys, (examples, factors.types, tokens, tokens)), 1), scores


@triton.jit
@no_type_check
def _hits(
    own, key, square, at, least, floor, ORDERED: tl.constexpr, BANDED: tl.constexpr, DIM: tl.constexpr,
    PRECISION: tl.constexpr, OTHER: tl.constexpr,
):  # fmt: skip
    """The scores of a tile, and which of them are found."""
    scores, _ = blocks.tile(own, key, square, None, at, True, ORDERED, BANDED, True, DIM, PRECISION, OTHER)
    legal = blocks.load_legal(square, own.example, own.places)[:, None] & (scores > float("-inf"))
    return scores, legal & (scores > least) & (scores >= floor)


@triton.jit
@no_type_check
def _count_rows(
    query, key, square, threshold, floor, counts, peaks, types, planes, ORDERED: tl.constexpr,
    BANDED: tl.constexpr, DIM: tl.constexpr, PRECISION: tl.constexpr, OWN: tl.constexpr, OTHER: tl.constexpr,
):  # fmt: skip
    """How many cells of each row are found, and the best of their scores."""
    number = tl.cdiv(square.tokens, OWN)
    line = tl.program_id(0) // number
    start = tl.program_id(0) % number * OWN
    own = blocks.own_block(query, square, None, line // types, line % planes, line, start, DIM, OWN)
    least = tl.load(threshold + line % types)
    lowest = tl.load(floor + own.example)
    low, high, _, _ = blocks.reach(square, own, start, ORDERED, True, OWN, OTHER)
    total = tl.zeros([OWN], tl.int32)
    peak = tl.full([OWN], float("-inf"), tl.float32)
    for at in range(low, high, OTHER):
        scores, hits = _hits(own, key, square, at, least, lowest, ORDERED, BANDED, DIM, PRECISION, OTHER)
        total += tl.sum(hits.to(tl.int32), 1)
        peak = tl.maximum(peak, tl.max(tl.where(hits, scores, float("-inf")), 1))
    at = line.to(tl.int64) * square.tokens + own.places
    tl.store(counts + at, total, mask=own.places < square.tokens)
    tl.store(peaks + at, peak, mask=own.places < square.tokens)


@triton.jit
@no_type_check
def _write_rows(
    query, key, square, threshold, floor, ends, keys, found, types, planes, ORDERED: tl.constexpr,
    BANDED: tl.constexpr, DIM: tl.constexpr, PRECISION: tl.constexpr, OWN: tl.constexpr, OTHER: tl.constexpr,
):  # fmt: skip
    """Write the cells found in each row, numbered in the order of cells, and their scores, never beyond the count."""
    number = tl.cdiv(square.tokens, OWN)
    line = tl.program_id(0) // number
    start = tl.program_id(0) % number * OWN
    own = blocks.own_block(query, square, None, line // types, line % planes, line, start, DIM, OWN)
    least = tl.load(threshold + line % types)
    lowest = tl.load(floor + own.example)
    low, high, _, _ = blocks.reach(square, own, start, ORDERED, True, OWN, OTHER)
    first = line.to(tl.int64) * square.tokens + start
    begin = tl.load(ends + first - 1, mask=first > 0, other=0)
    row = first + tl.arange(0, OWN)
    inside = own.places < square.tokens
    stop = (tl.load(ends + row, mask=inside, other=begin) - begin).to(tl.int32)
    place = (tl.load(ends + row - 1, mask=inside & (row > 0), other=0) - begin).to(tl.int32)
    high = tl.where(tl.max(stop, 0) > 0, high, low)
    for at in range(low, high, OTHER):
        scores, hits = _hits(own, key, square, at, least, lowest, ORDERED, BANDED, DIM, PRECISION, OTHER)
        rank = place[:, None] + tl.cumsum(hits.to(tl.int32), 1) - 1
        hits &= rank < stop[:, None]
        cell = (row * square.tokens)[:, None] + (at + tl.arange(0, OTHER))[None, :]
        tl.store(keys + begin + rank, cell, mask=hits)
        tl.store(found + begin + rank, scores, mask=hits)
        place += tl.sum(hits.to(tl.int32), 1)
