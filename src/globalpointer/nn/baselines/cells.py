"""What baselines share: gold cells that are checked, and found cells that are sorted, each once."""

import math
from collections.abc import Mapping

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.errors import AlignmentError
from globalpointer.grid import Grid
from globalpointer.nn.contracts import Batch


def gold(batch: Batch, grid: Grid) -> Int[Tensor, "cells 4"]:
    """The gold cells of a grid, each once, sorted.

    Raises ValueError where the batch has none for it or asks for soft targets, which baselines do not know, and
    AlignmentError for a cell that the grid does not have.
    """
    if grid.name not in batch.cells:
        raise ValueError(f"the batch has no cells for the grid {grid.name!r}; it has: {', '.join(batch.cells)}")
    if batch.targets is not None and grid.name in batch.targets:
        raise ValueError(f"soft targets for grid {grid.name!r}: only a TokenPairModel learns from them")
    cells: Tensor = torch.unique(batch.cells[grid.name].long(), dim=0)
    example, kind, row, col = cells.unbind(1)
    shape = cells.new_tensor([len(batch.tokens), len(grid.labels), *[batch.tokens.shape[1]] * 2])
    inside = ((cells >= 0) & (cells < shape)).all(1)
    example, row, col = (torch.where(inside, each, 0) for each in (example, row, col))
    legal = inside & batch.legal[example, row] & batch.legal[example, col] & within(grid, row, col)
    if not bool(legal.all()):
        example, kind, row, col = cells[~legal][0].tolist()
        raise AlignmentError(
            f"gold cell (example {example}, type {kind}, row {row}, col {col}) is none of grid {grid.name!r}: outside, "
            "on a token that is not legal, below the diagonal or too wide; correct it where the batch is made"
        )
    return cells


def within(grid: Grid, row: Tensor, col: Tensor) -> Tensor:
    """Whether (row, col) is a cell of the grid, whatever stands there; both broadcast. As Grid.holds."""
    inside = row <= col if grid.ordered else torch.ones_like(row <= col)
    return inside if grid.max_width is None else inside & (col - row < grid.max_width)


def limits(
    threshold: Mapping[str, float | Tensor] | float, grid: Grid, device: torch.device
) -> Float[Tensor, " types"]:
    """The threshold of each type of a grid; 0 where the grid is not named."""
    given = threshold.get(grid.name, 0.0) if isinstance(threshold, Mapping) else threshold
    if not isinstance(given, Tensor):
        return torch.full((len(grid.labels),), float(given), device=device)
    if given.shape != (len(grid.labels),):
        raise ValueError(
            f"the threshold of grid {grid.name!r} must be a number or hold one value for each of {len(grid.labels)} "
            f"types, not have the shape {tuple(given.shape)}"
        )
    return given.to(device, torch.float32)


def best(example: Int[Tensor, " found"], logits: Float[Tensor, " found"], limit: int | None) -> Int[Tensor, " kept"]:
    """Which of them to keep, in their order: of each example at most `limit`, those of the highest logit."""
    if limit is None:
        return torch.arange(len(example), device=example.device)
    ranked = logits.argsort(descending=True, stable=True)
    ranked = ranked[example[ranked].argsort(stable=True)]
    of = example[ranked]
    rank = torch.arange(len(ranked), device=of.device) - torch.searchsorted(of, of)
    return ranked[rank < limit].sort().values


def strongest(
    cells: Int[Tensor, "found 4"], logits: Float[Tensor, " found"], limit: int | None
) -> tuple[Int[Tensor, "kept 4"], Float[Tensor, " kept"]]:
    """Each cell once, with its highest logit; sorted, and at most `limit` an example."""
    if not len(cells):
        return cells, logits
    sizes = (cells.amax(0) + 1).tolist()
    key = cells[:, 0]
    for column, size in zip(cells[:, 1:].unbind(1), sizes[1:], strict=True):
        key = key * size + column
    # One number a cell: rows of four take many times as long to sort
    distinct, place = torch.unique(key, return_inverse=True)
    highest = logits.new_full((len(distinct),), float("-inf")).scatter_reduce(0, place, logits, "amax")
    kept = best(distinct // math.prod(sizes[1:]), highest, limit)
    return torch.stack(torch.unravel_index(distinct[kept], sizes), 1), highest[kept]
