# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# ruff: noqa: N803
"""What all kernels share: the factors as a kernel reads them, a tile of scores, and which tiles hold a cell.

A program owns a block of rows (or of columns) of one square and walks over blocks of the other side. Which side it owns
is told by ROWS; all else is symmetric. Names in capitals are known when a kernel is compiled.

`no_type_check` keeps the type checkers of the tests away from functions that Triton compiles from their source.
"""

from typing import Any, NamedTuple, no_type_check

import triton
import triton.language as tl

INTERPRETED = tl.constexpr(bool(triton.knobs.runtime.interpret))


class Side(NamedTuple):
    """Query with row biases, or key with column biases: tensors, and the strides of the first in elements."""

    vectors: Any
    bias: Any
    example: Any
    plane: Any
    token: Any


class Square(NamedTuple):
    """Which cells exist: legal tokens as 0 or 1, for each example (first, end of the first run, end) of them."""

    legal: Any
    extent: Any
    tokens: Any
    width: Any


class Cells(NamedTuple):
    """Rows (example, type, row, col) sorted by line, then by the owned side's place, and the gradients of their scores.

    A line is an (example, type); the rows of its place p begin at bounds[line · tokens + p].
    """

    rows: Any
    bounds: Any
    upstream: Any


class Block(NamedTuple):
    """What a program owns: places of one side of one square, and which of the cells left out lie there."""

    vectors: Any
    bias: Any
    places: Any
    example: Any
    plane: Any
    line: Any
    begin: Any
    stop: Any


@triton.constexpr_function
@no_type_check
def padded(dim):
    """The size of a block along dim: a power of two, as a matrix unit takes it."""
    return max(16, triton.next_power_of_2(dim))


@triton.jit
@no_type_check
def raised(values):
    """As it is; in float32 under the interpreter, which multiplies bfloat16 wrongly."""
    if INTERPRETED:
        return values.to(tl.float32)
    else:  # noqa: RET505 (Triton compiles one branch only if it is an else)
        return values


@triton.jit
@no_type_check
def pointers(side, example, plane, places, DIM: tl.constexpr):
    """Where the vectors of these places lie: [places, padded dim], in 64 bits."""
    start = side.vectors + example.to(tl.int64) * side.example + plane.to(tl.int64) * side.plane
    return start + places.to(tl.int64)[:, None] * side.token + tl.arange(0, padded(DIM))[None, :]


@triton.jit
@no_type_check
def load_vectors(side, example, plane, places, tokens, DIM: tl.constexpr, CHECKED: tl.constexpr):
    """The vectors of these places, 0 beyond `dim`, and beyond the last token if CHECKED."""
    at = pointers(side, example, plane, places, DIM)
    inside = (tl.arange(0, padded(DIM)) < DIM)[None, :]
    if CHECKED:
        values = tl.load(at, mask=inside & (places < tokens)[:, None], other=0.0)
    elif padded(DIM) == DIM:
        values = tl.load(at)
    else:
        values = tl.load(at, mask=inside, other=0.0)
    return raised(values)


@triton.jit
@no_type_check
def load_bias(side, line, places, tokens):
    """The biases of these places in float32."""
    at = line.to(tl.int64) * tokens + places
    return tl.load(side.bias + at, mask=places < tokens, other=0.0).to(tl.float32)


@triton.jit
@no_type_check
def load_legal(square, example, places):
    """Whether these places are legal tokens."""
    at = example.to(tl.int64) * square.tokens + places
    return tl.load(square.legal + at, mask=places < square.tokens, other=0) != 0


@triton.jit
@no_type_check
def reach(square, own, start, ORDERED: tl.constexpr, ROWS: tl.constexpr, OWN: tl.constexpr, OTHER: tl.constexpr):
    """Where the other side's blocks lie that hold a cell of the owned block: low, high, plain_low, plain_high.

    Between the latter two every place makes a cell with every owned legal one, none left out: no tile needs a mask.
    """
    first = tl.load(square.extent + own.example * 3)
    run = tl.load(square.extent + own.example * 3 + 1)
    end = tl.load(square.extent + own.example * 3 + 2)
    if ROWS:
        low = start if ORDERED else 0
        high = start + OWN - 1 + square.width
        plain_low = start + OWN - 1 if ORDERED else 0
        plain_high = start + square.width
    else:
        low = start - square.width + 1
        high = start + OWN if ORDERED else square.tokens
        plain_low = start + OWN - square.width
        plain_high = start + 1 if ORDERED else square.tokens
    low = tl.maximum(low, first) // OTHER * OTHER
    plain_low = tl.cdiv(tl.maximum(plain_low, first), OTHER) * OTHER
    empty = (start >= end) | (start + OWN <= first)
    high = tl.where(empty, low, tl.minimum(high, end))
    plain_high = tl.maximum(plain_low, tl.minimum(plain_high, run) // OTHER * OTHER)
    plain_high = tl.where(empty | (own.begin < own.stop), plain_low, plain_high)
    return low, high, plain_low, plain_high


@triton.jit
@no_type_check
def own_block(side, square, cells, example, plane, line, start, DIM: tl.constexpr, OWN: tl.constexpr):
    """The block that begins at this place; `line` is the number of its (example, type)."""
    places = start + tl.arange(0, OWN)
    vectors = load_vectors(side, example, plane, places, square.tokens, DIM, True)
    bias = None
    if side.bias is not None:
        bias = load_bias(side, line, places, square.tokens)
    begin = 0
    stop = 0
    if cells is not None:
        here = line.to(tl.int64) * square.tokens
        begin = tl.load(cells.bounds + here + start)
        stop = tl.load(cells.bounds + here + tl.minimum(start + OWN, square.tokens))
    return Block(vectors, bias, places, example, plane, line, begin, stop)


@triton.jit
@no_type_check
def tile(
    own, other, square, cells, at, MASKED: tl.constexpr, ORDERED: tl.constexpr, BANDED: tl.constexpr,
    ROWS: tl.constexpr, DIM: tl.constexpr, PRECISION: tl.constexpr, OTHER: tl.constexpr,
):  # fmt: skip
    """Scores in float32, [owned places, other places], -inf where there is no cell if MASKED; and the other's vectors.

    Rows of the tile that belong to illegal owned places hold anything: the caller drops them at the end.
    """
    places = at + tl.arange(0, OTHER)
    vectors = load_vectors(other, own.example, own.plane, places, square.tokens, DIM, MASKED)
    scores = tl.dot(own.vectors, tl.trans(vectors), input_precision=PRECISION)
    if own.bias is not None:
        scores += own.bias[:, None]
    if other.bias is not None:
        scores += load_bias(other, own.line, places, square.tokens)[None, :]
    if MASKED:
        ahead = places[None, :] - own.places[:, None] if ROWS else own.places[:, None] - places[None, :]
        kept = load_legal(square, own.example, places)[None, :]
        if ORDERED:
            kept &= ahead >= 0
        if BANDED:
            kept &= ahead < square.width
        scores = tl.where(kept, scores, float("-inf"))
        if cells is not None:
            scores = without(scores, cells, own, places, ROWS)
    return scores, vectors


@triton.jit
@no_type_check
def cell_at(cells, at, ROWS: tl.constexpr):
    """A cell's place on the owned side and on the other."""
    row = tl.load(cells.rows + at * 4 + 2).to(tl.int32)
    col = tl.load(cells.rows + at * 4 + 3).to(tl.int32)
    mine = row if ROWS else col
    theirs = col if ROWS else row
    return mine, theirs


@triton.jit
@no_type_check
def without(scores, cells, own, places, ROWS: tl.constexpr):
    """The scores with -inf at the cells that are left out: one after another, which takes the fewest registers."""
    for at in range(own.begin, own.stop):
        mine, theirs = cell_at(cells, at, ROWS)
        scores = tl.where((own.places == mine)[:, None] & (places == theirs)[None, :], float("-inf"), scores)
    return scores
