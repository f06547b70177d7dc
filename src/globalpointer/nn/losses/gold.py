"""Gold cells as every loss wants them: checked, sorted, each once."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.errors import AlignmentError
from globalpointer.nn.kernels import dispatch
from globalpointer.nn.scores import PairScores


def distinct_gold(
    scores: PairScores, cells: Int[Tensor, "cells 4"], targets: Float[Tensor, " cells"] | None
) -> tuple[Int[Tensor, "distinct 4"], Float[Tensor, " distinct"] | None]:
    """The cells sorted and each once; of several targets of one cell the highest.

    Raises AlignmentError (a ValueError) for a cell that does not exist in these scores, and ValueError for targets that
    are not one number in (0, 1] a cell.
    """
    cells = cells.long()
    if targets is not None and targets.shape != cells.shape[:1]:
        raise ValueError(f"targets must hold one number a cell: {len(cells)}, not {tuple(targets.shape)}")
    _check(scores, cells)
    keys, place = torch.unique(numbered(scores, cells), return_inverse=True)
    if targets is None:
        return cells_of(scores, keys), None
    if not bool(((targets > 0) & (targets <= 1)).all()):
        bad = targets[~((targets > 0) & (targets <= 1))][0].item()
        raise ValueError(f"targets must lie in (0, 1], found {bad}; leave out cells whose target is 0")
    highest = targets.new_zeros(len(keys)).scatter_reduce(0, place, targets, "amax")
    return cells_of(scores, keys), highest.to(torch.promote_types(targets.dtype, torch.float32))


def to_ignore(scores: PairScores, cells: Int[Tensor, "cells 4"]) -> Int[Tensor, "legal 4"]:
    """The cells that exist in these scores; ignored cells that are illegal are no cells."""
    cells = cells.long()
    return cells[dispatch.legal_cells(scores.source, cells)]


def numbered(scores: PairScores, cells: Int[Tensor, "cells 4"]) -> Int[Tensor, " cells"]:
    """One number for each cell, in the order of the cells."""
    tokens = scores.mask.shape[1]
    example, kind, row, col = cells.unbind(1)
    return ((example * scores.types + kind) * tokens + row) * tokens + col


def cells_of(scores: PairScores, numbers: Int[Tensor, " cells"]) -> Int[Tensor, "cells 4"]:
    """The cells with these numbers."""
    tokens = scores.mask.shape[1]
    place, col = numbers // tokens, numbers % tokens
    group, row = place // tokens, place % tokens
    return torch.stack([group // scores.types, group % scores.types, row, col], 1)


def _check(scores: PairScores, cells: Tensor) -> None:
    """Every gold cell must exist: within the tensor, on legal tokens, in order, within the width."""
    source = scores.source
    legal = dispatch.legal_cells(source, cells)
    if bool(legal.all()):
        return
    example, kind, row, col = cells[~legal][0].tolist()
    shape = (len(scores.mask), scores.types, *[scores.mask.shape[1]] * 2)
    if not all(0 <= each < size for each, size in zip((example, kind, row, col), shape, strict=True)):
        why = f"outside of scores of the shape {shape}"
    elif not bool(scores.mask[example, row] & scores.mask[example, col]):
        why = "on a token that is not legal (special token, padding)"
    elif source.ordered and row > col:
        why = "below the diagonal of an ordered grid (ends are inclusive)"
    else:
        why = f"wider than max_width {source.max_width}"
    raise AlignmentError(
        f"gold cell (example {example}, type {kind}, row {row}, col {col}) lies {why}; "
        "leave out or correct it where the batch is made"
    )
