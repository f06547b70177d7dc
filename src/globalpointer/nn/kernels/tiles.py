"""How squares of scores are cut, so that no more than a tile of them exists at once.

A part is some types of some examples; a tile is a strip of its rows and the columns that those rows can reach.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors

BUDGET = {"cpu": 1 << 19, "cuda": 1 << 26}
"""Scores in a tile: on a CPU 2 MiB in float32, the second caches of two cores; elsewhere launches are what costs."""

ROWS = 64
"""Rows of a tile: fewer slow the products down, more compute cells below the diagonal."""


class Part(NamedTuple):
    """Some types of some examples. Biases and masks are one: what is added to the scores of a row, and of a column."""

    examples: slice
    types: slice
    query: Float[Tensor, "batch planes tokens dim"]
    key: Float[Tensor, "batch planes tokens dim"]
    row_term: Float[Tensor, "batch types tokens"]
    col_term: Float[Tensor, "batch types tokens"]
    ordered: bool
    max_width: int | None


class Tile(NamedTuple):
    """A strip of rows, and the columns from the first to the last that it can reach."""

    rows: slice
    cols: slice


class Size(NamedTuple):
    """The most examples and types of a part, and how many parts lie side by side."""

    examples: int
    types: int
    columns: int


def size(factors: Factors, budget: dict[str, int] = BUDGET) -> Size:
    """All types of several examples, or some types of one: a slice of contiguous factors is contiguous, too."""
    batch, tokens = factors.mask.shape
    strip = max(1, min(ROWS, tokens) * tokens)
    squares = max(1, budget["cpu" if factors.mask.device.type == "cpu" else "cuda"] // strip)
    columns = -(-factors.types // squares)
    types = -(-factors.types // max(1, columns))
    return Size(max(1, min(batch, squares // max(1, types))), types, columns)


def parts(factors: Factors, unit: float = 1.0, budget: dict[str, int] = BUDGET) -> Iterator[Part]:
    """All parts, by example, then type; scores come in `unit`: they are multiplied with it."""
    some = size(factors, budget)
    outside = torch.zeros_like(factors.mask, dtype=factors.query.dtype).masked_fill_(~factors.mask, float("-inf"))
    for example in range(0, len(factors.mask), some.examples):
        examples = slice(example, example + some.examples)
        for kind in range(0, factors.types, some.types):
            types = slice(kind, min(factors.types, kind + some.types))
            planes = types if factors.query.shape[1] > 1 else slice(0, 1)
            query, key = (each[examples, planes].contiguous() for each in factors[:2])
            terms = (_term(each, examples, types, outside) for each in factors[2:4])
            row_term, col_term = (term if unit == 1.0 else term * unit for term in terms)
            query = query if unit == 1.0 else query * unit
            yield Part(examples, types, query, key, row_term, col_term, factors.ordered, factors.max_width)


def _term(bias: Tensor | None, examples: slice, types: slice, outside: Tensor) -> Float[Tensor, "batch types tokens"]:
    here = outside[examples, None]
    return here.expand(-1, types.stop - types.start, -1) if bias is None else bias[examples, types] + here


def tiles(factors: Factors, height: int | None = None) -> list[Tile]:
    """Strips of ROWS, or of `height`, rows from the first one on; columns from the diagonal on if ordered."""
    tokens, max_width, height = factors.mask.shape[1], factors.max_width, height or ROWS
    strips = [slice(row, min(tokens, row + height)) for row in range(0, tokens, height)]
    reach = tokens if max_width is None else max_width - 1
    return [Tile(each, slice(each.start if factors.ordered else 0, min(tokens, each.stop + reach))) for each in strips]


def products(part: Part, tile: Tile) -> Float[Tensor, "batch planes rows cols"]:
    """Query times key, of any two tokens of a tile."""
    return part.query[:, :, tile.rows] @ part.key[:, :, tile.cols].transpose(-1, -2)


def tile_logits(part: Part, tile: Tile) -> Float[Tensor, "batch types rows cols"]:
    """The scores of a tile, -inf where illegal."""
    scores = products(part, tile).expand(-1, part.types.stop - part.types.start, -1, -1).contiguous()
    scores += part.col_term[:, :, None, tile.cols]
    scores += part.row_term[:, :, tile.rows, None]
    height, width = scores.shape[-2:]
    if part.ordered:
        corner = scores[..., :height]
        corner += scores.new_full((height, height), float("-inf")).tril_(-1)
    if part.max_width is not None:
        first = tile.rows.start - tile.cols.start + part.max_width
        scores += scores.new_full((height, width), float("-inf")).triu_(first)
    return scores


def locate(factors: Factors, cells: Int[Tensor, "cells 4"]) -> list[Sequence[Int[Tensor, " found"]]]:
    """For each part, for each of its tiles: where in its memory its own cells lie. Waits for a GPU once."""
    some, every = size(factors), tiles(factors)
    example, kind, row, col = cells.unbind(1)
    types = (factors.types - kind // some.types * some.types).clamp(max=some.types)
    tile, place = positions(every, example % some.examples * types + kind % some.types, row, col)
    part = example // some.examples * some.columns + kind // some.types
    count = -(-len(factors.mask) // some.examples) * some.columns * len(every)
    found = grouped(place, part * len(every) + tile, count)
    return [found[first : first + len(every)] for first in range(0, count, len(every))]


def positions(
    every: list[Tile], square: Int[Tensor, " cells"], row: Int[Tensor, " cells"], col: Int[Tensor, " cells"]
) -> tuple[Int[Tensor, " cells"], Int[Tensor, " cells"]]:
    """Which tile holds each cell, and where in the tile's memory; `square` counts those that lie in it one by one."""
    tile = row // every[0].rows.stop
    corners = row.new_tensor([(rows.start, rows.stop, cols.start, cols.stop) for rows, cols in every])
    top, bottom, left, right = corners[tile].unbind(1)
    return tile, (square * (bottom - top) + row - top) * (right - left) + col - left


def grouped(
    places: Int[Tensor, " places"], number: Int[Tensor, " places"], groups: int
) -> Sequence[Int[Tensor, " found"]]:
    """The places of group 0, of group 1, and so on. Waits for a GPU if there are several."""
    if groups == 1:
        return [places]
    order = number.argsort(stable=True)
    found: Sequence[Tensor] = torch.split(places[order], number.bincount(minlength=groups).tolist())
    return found
