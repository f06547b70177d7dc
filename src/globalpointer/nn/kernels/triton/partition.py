# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# ruff: noqa: N803
"""The log-partition of every square and its gradient, the scores made anew in each kernel and never stored.

Forward: a program a block of rows, an online log-sum-exp over its columns, and a small table of what the blocks gave.
Backward: one kernel owns rows and sums up the gradient of the query, the same kernel owns columns and sums up that of
the key; so nothing is added by two programs, and a result has the same bits each time it is computed.

Factors come rotated. To turn them here would spare one read and write of query and key, but every block is loaded
again by each program that meets it, in three kernels, and would be turned each time.

Block sizes are measured once a process, and other sizes sum in another order; after
`torch.use_deterministic_algorithms(True)` they are fixed, so that processes agree too.
Source: Dao et al., 2022, FlashAttention; Wijmans et al., 2024, Cut Your Losses.
"""

from typing import Any, no_type_check

import torch
import triton
import triton.language as tl
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors, differentiable_once
from globalpointer.nn.kernels.triton import blocks
from globalpointer.nn.kernels.triton.blocks import Cells, Side, Square
from globalpointer.nn.kernels.triton.launch import LEAST, by_side, launch, sides, square

LOG2E = tl.constexpr(1.4426950408889634)
LN2 = tl.constexpr(0.6931471805599453)

SLOT = tl.constexpr(LEAST)
"""Rows for which the table of partial results has room."""

HEADROOM = tl.constexpr(15.0)
SHRINK = tl.constexpr(2.0**-15)
"""Probabilities are multiplied by 2^15 and divided at the end: as float16 they would vanish in a large square."""


def partition(factors: Factors, cells: Int[Tensor, "cells 4"]) -> Float[Tensor, "batch types"]:
    """As reference.partition, in float32; query and key may be in half precision, their products are summed in float32.

    `cells` must be sorted. Their number costs time only in the blocks of rows and columns where they stand.
    """
    return split(factors, cells)[0]


def split(
    factors: Factors, cells: Int[Tensor, "cells 4"]
) -> tuple[Float[Tensor, "batch types"], Float[Tensor, " cells"]]:
    """The partition without the cells, and the scores at the cells; the gradients of both are summed in one place."""
    outside, inside = _Split.apply(*factors, cells)
    return outside, inside


@triton.jit
@no_type_check
def _log_sum_exp(
    query, key, square, cells, parts, types, planes, ORDERED: tl.constexpr, BANDED: tl.constexpr, DIM: tl.constexpr,
    PRECISION: tl.constexpr, OWN: tl.constexpr, OTHER: tl.constexpr,
):  # fmt: skip
    """parts[line, slot]: the log of Σ exp(score) over a block of rows in the first of its slots, -inf in the rest."""
    number = tl.cdiv(square.tokens, OWN)
    line = tl.program_id(0) // number
    start = tl.program_id(0) % number * OWN
    own = blocks.own_block(query, square, cells, line // types, line % planes, line, start, DIM, OWN)
    low, high, plain_low, plain_high = blocks.reach(square, own, start, ORDERED, True, OWN, OTHER)
    peak = tl.full([OWN], float("-inf"), tl.float32)
    mass = tl.zeros([OWN], tl.float32)
    for at in range(plain_low, plain_high, OTHER):
        scores, _ = blocks.tile(own, key, square, cells, at, False, ORDERED, BANDED, True, DIM, PRECISION, OTHER)
        peak, mass = _absorb(peak, mass, scores)
    for step in range(low, high - (plain_high - plain_low), OTHER):
        at = tl.where(step < plain_low, step, step + plain_high - plain_low)
        scores, _ = blocks.tile(own, key, square, cells, at, True, ORDERED, BANDED, True, DIM, PRECISION, OTHER)
        peak, mass = _absorb(peak, mass, scores)
    kept = blocks.load_legal(square, own.example, own.places) & (mass > 0)
    total = _sum_rows(tl.where(kept, peak * LOG2E + tl.log2(tl.where(kept, mass, 1.0)), float("-inf")))
    slot = start // SLOT + tl.arange(0, OWN // SLOT)
    slots = tl.cdiv(square.tokens, SLOT)
    values = tl.where(slot == start // SLOT, total * LN2, float("-inf"))
    tl.store(parts + line.to(tl.int64) * slots + slot, values, mask=slot < slots)


@triton.jit
@no_type_check
def _absorb(peak, mass, scores):
    """The greatest score of each row so far, and Σ exp(score - greatest)."""
    highest = tl.maximum(peak, tl.max(scores, 1))
    finite = tl.where(highest == float("-inf"), 0.0, highest)
    here = tl.sum(tl.exp2(scores * LOG2E - (finite * LOG2E)[:, None]), 1)
    return highest, mass * tl.exp2((peak - finite) * LOG2E) + here


@triton.jit
@no_type_check
def _sum_rows(values):
    """The log2 of Σ 2^value; -inf where every value is."""
    highest = tl.max(values, 0)
    finite = tl.where(highest == float("-inf"), 0.0, highest)
    total = tl.sum(tl.exp2(values - finite), 0)
    return tl.where(total > 0, finite + tl.log2(tl.maximum(total, 1.0)), float("-inf"))


@triton.jit
@no_type_check
def _sum_gradients(
    own_side, other, out, square, cells, total, upstream, planes, ROWS: tl.constexpr,
    REPEAT: tl.constexpr, ORDERED: tl.constexpr, BANDED: tl.constexpr, DIM: tl.constexpr, PRECISION: tl.constexpr,
    OWN: tl.constexpr, OTHER: tl.constexpr,
):  # fmt: skip
    """The gradient of a block of one side and of its biases, p being exp(score - total).

    REPEAT: the types that share a plane, whose gradients are added up one after another.
    """
    number = tl.cdiv(square.tokens, OWN)
    group = tl.program_id(0) // number
    start = tl.program_id(0) % number * OWN
    example = group // planes
    places = start + tl.arange(0, OWN)
    legal = blocks.load_legal(square, example, places)
    gradient = tl.zeros([OWN, blocks.padded(DIM)], tl.float32)
    for repeat in range(REPEAT):
        line = group * REPEAT + repeat
        own = blocks.own_block(own_side, square, cells, example, group % planes, line, start, DIM, OWN)
        shift = tl.load(total + line) * LOG2E - HEADROOM
        vectors, mass = _expect(
            own, other, out, square, cells, start, shift, ROWS, ORDERED, BANDED, DIM, PRECISION, OWN, OTHER
        )
        weight = tl.load(upstream + line) * SHRINK
        vectors = tl.where(legal[:, None], vectors * weight, 0.0)
        mass = tl.where(legal, mass * weight, 0.0)
        if cells is not None and cells.upstream is not None:
            vectors, mass = _add_cells(vectors, mass, own, other, cells, ROWS, DIM)
        gradient += vectors
        if out.bias is not None:
            tl.store(out.bias + line.to(tl.int64) * square.tokens + places, mass, mask=places < square.tokens)
    inside = (places < square.tokens)[:, None] & (tl.arange(0, blocks.padded(DIM)) < DIM)[None, :]
    tl.store(blocks.pointers(out, example, group % planes, places, DIM), gradient, mask=inside)


@triton.jit
@no_type_check
def _expect(
    own, other, out, square, cells, start, shift, ROWS: tl.constexpr, ORDERED: tl.constexpr, BANDED: tl.constexpr,
    DIM: tl.constexpr, PRECISION: tl.constexpr, OWN: tl.constexpr, OTHER: tl.constexpr,
):  # fmt: skip
    """Σ p·vector over the other side for each owned place, and Σ p; p = 2^(score in base 2 - shift)."""
    low, high, plain_low, plain_high = blocks.reach(square, own, start, ORDERED, ROWS, OWN, OTHER)
    vectors = tl.zeros([OWN, blocks.padded(DIM)], tl.float32)
    mass = tl.zeros([OWN], tl.float32)
    for at in range(plain_low, plain_high, OTHER):
        scores, theirs = blocks.tile(own, other, square, cells, at, False, ORDERED, BANDED, ROWS, DIM, PRECISION, OTHER)
        vectors, mass = _add(vectors, mass, scores, shift, theirs, other, out, PRECISION)
    for step in range(low, high - (plain_high - plain_low), OTHER):
        at = tl.where(step < plain_low, step, step + plain_high - plain_low)
        scores, theirs = blocks.tile(own, other, square, cells, at, True, ORDERED, BANDED, ROWS, DIM, PRECISION, OTHER)
        vectors, mass = _add(vectors, mass, scores, shift, theirs, other, out, PRECISION)
    return vectors, mass


@triton.jit
@no_type_check
def _add(vectors, mass, scores, shift, theirs, other, out, PRECISION: tl.constexpr):
    """Add a tile's p·vector, and p where a bias needs it."""
    p = tl.exp2(scores * LOG2E - shift)
    if out.bias is not None:
        mass += tl.sum(p, 1)
    p = blocks.raised(p.to(other.vectors.dtype.element_ty))
    return tl.dot(p, theirs, vectors, input_precision=PRECISION), mass


@triton.jit
@no_type_check
def _add_cells(vectors, mass, own, other, cells, ROWS: tl.constexpr, DIM: tl.constexpr):
    """Add the gradients of the scores at the cells that were left out of the partition."""
    lanes = tl.arange(0, blocks.padded(DIM))
    for at in range(own.begin, own.stop):
        mine, theirs = blocks.cell_at(cells, at, ROWS)
        weight = tl.where(own.places == mine, tl.load(cells.upstream + at), 0.0)
        start = own.example.to(tl.int64) * other.example + own.plane.to(tl.int64) * other.plane
        vector = tl.load(other.vectors + start + theirs.to(tl.int64) * other.token + lanes, mask=lanes < DIM, other=0.0)
        vectors += weight[:, None] * vector.to(tl.float32)[None, :]
        mass += weight
    return vectors, mass


class _Split(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> tuple[Tensor, Tensor]:
        factors, cells = Factors(*inputs[:-1]), inputs[-1]
        examples, tokens = factors.mask.shape
        grid, left_out = square(factors), by_side(factors, cells, rows=True)
        parts = factors.query.new_empty(examples * factors.types, triton.cdiv(tokens, LEAST), dtype=torch.float32)
        launch(_log_sum_exp, factors, len(parts), *sides(factors), grid, left_out, parts, factors.types, tuned=True)
        total = parts.logsumexp(1).view(examples, factors.types)
        ctx.save_for_backward(*factors[:5], cells, total)
        ctx.shape, ctx.grid = factors[5:], grid
        ctx.set_materialize_grads(False)
        return total, _scores_at(factors, cells)

    @staticmethod
    @differentiable_once
    def backward(ctx: Any, of_total: Tensor | None, of_cells: Tensor | None) -> tuple[Tensor | None, ...]:
        *tensors, cells, total = ctx.saved_tensors
        factors = Factors(*tensors, *ctx.shape)
        empty = total == float("-inf")
        upstream = torch.zeros_like(total) if of_total is None else of_total.float().masked_fill(empty, 0.0)
        weights = (total.masked_fill(empty, 0.0), upstream.contiguous())
        of_cells = None if of_cells is None else of_cells.float().contiguous()
        gradients: list[Tensor | None] = [None, None, None, None]
        for rows, own in ((True, 0), (False, 1)):
            if ctx.needs_input_grad[own] or ctx.needs_input_grad[own + 2]:
                left_out = by_side(factors, cells, of_cells, rows=rows)
                gradients[own::2] = _gradient(factors, ctx.grid, left_out, weights, rows=rows)
        return *gradients, None, None, None, None


def _scores_at(factors: Factors, cells: Int[Tensor, "cells 4"]) -> Float[Tensor, " cells"]:
    """The scores of single cells, in float32: only their own vectors are raised to it."""
    example, kind, row, col = cells.unbind(1)
    plane = kind % factors.query.shape[1]
    scores = (factors.query[example, plane, row].float() * factors.key[example, plane, col].float()).sum(-1)
    for bias, place in ((factors.row_bias, row), (factors.col_bias, col)):
        if bias is not None:
            scores = scores + bias[example, kind, place].float()
    return scores


def _gradient(
    factors: Factors, square: Square, left_out: Cells | None, weights: tuple[Tensor, Tensor], *, rows: bool
) -> tuple[Tensor, Tensor | None]:
    """The gradients of query and row bias, or of key and column bias."""
    own, other = sides(factors) if rows else sides(factors)[::-1]
    vectors = torch.empty_like(own.vectors)
    bias = None if own.bias is None else torch.empty_like(own.bias)
    out = Side(vectors, bias, *vectors.stride()[:3])
    planes = factors.query.shape[1]
    launch(
        _sum_gradients, factors, len(factors.mask) * planes, own, other, out, square, left_out, *weights,
        tuned=True, ROWS=rows, REPEAT=factors.types // planes,
    )  # fmt: skip
    return vectors, bias
