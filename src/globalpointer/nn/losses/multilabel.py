"""The loss of the family: softmax cross-entropy for any number of right answers, from factors."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.errors import AlignmentError
from globalpointer.nn.kernels import dispatch
from globalpointer.nn.scores import PairScores, gather, per_type


def multilabel_crossentropy(
    scores: PairScores,
    cells: Int[Tensor, "cells 4"],
    *,
    targets: Float[Tensor, " cells"] | None = None,
    ignore: Int[Tensor, "ignored 4"] | None = None,
    threshold: float | Float[Tensor, " types"] = 0.0,
    impl: str = "auto",
) -> Float[Tensor, "batch types"]:
    """Compute log(1 + Σ_negative e^(s-TH)) + log(1 + Σ_gold e^(TH-s)) for each example and type; the caller reduces.

    `cells`: gold, as rows (example, type, row, col); doubles count once. `targets`: soft labels t in (0, 1] beside
    them; such a cell enters the negatives as s + log(1-t) and the gold as -s + log t. `ignore`: cells that enter
    neither, even where they are gold. Gold cells are left out of the sum over negatives, never subtracted from it, so
    nothing cancels. `impl`: see kernels.dispatch. Raises AlignmentError (a ValueError) for a gold cell that does not
    exist in these scores.

    Source: Su, kexue.fm/archives/7359 (loss), 9064 (soft labels); Su et al., 2022, GlobalPointer, section 3.2.
    """
    _check(scores, cells)
    cells, targets = _distinct(scores, cells, targets)
    left_out = cells
    if ignore is not None and len(ignore):
        cells, targets, left_out = _ignored(scores, cells, targets, ignore)
    limits = per_type(scores, threshold)
    gold = gather(scores, cells) - limits[cells[:, 1]]
    negative = dispatch.partition(scores.source, left_out, impl) - limits
    base = torch.zeros_like(negative)
    negative = torch.logaddexp(negative, base)
    if targets is None:
        return negative + _joined(base, cells, -gold)
    return _joined(negative, cells, gold + torch.log1p(-targets)) + _joined(base, cells, -gold + targets.log())


def _joined(
    base: Float[Tensor, "batch types"], cells: Int[Tensor, "cells 4"], values: Float[Tensor, " cells"]
) -> Float[Tensor, "batch types"]:
    """Compute log(e^base + Σ e^value) over the values of each (example, type); `cells` are sorted.

    A padded table instead of a scatter: the same sum in the same order at each run, also on a GPU.
    """
    if not len(cells):
        return base
    group = cells[:, 0] * base.shape[1] + cells[:, 1]
    slot = torch.arange(len(group), device=group.device) - torch.searchsorted(group, group)
    table = values.new_full((base.numel(), int(slot.max()) + 1), float("-inf")).index_put((group, slot), values)
    return torch.cat([base.reshape(-1, 1), table], 1).logsumexp(1).view_as(base)


def _check(scores: PairScores, cells: Tensor) -> None:
    """Every gold cell must exist: within the tensor, on legal tokens, in order, within the width."""
    size = torch.tensor([len(scores.mask), scores.types, *[scores.mask.shape[1]] * 2], device=cells.device)
    inside = ((cells >= 0) & (cells < size)).all(1)
    if not bool(inside.all()):
        _refuse(cells[~inside][0], f"outside of scores of the shape {tuple(size.tolist())}")
    example, _, row, col = cells.unbind(1)
    legal = scores.mask[example, row] & scores.mask[example, col]
    if not bool(legal.all()):
        _refuse(cells[~legal][0], "on a token that is not legal (special token, padding)")
    source = scores.source
    if source.ordered and bool((row > col).any()):
        _refuse(cells[row > col][0], "below the diagonal of an ordered grid (ends are inclusive)")
    if source.max_width is not None and bool((wide := col - row >= source.max_width).any()):
        _refuse(cells[wide][0], f"wider than max_width {source.max_width}")


def _refuse(cell: Tensor, why: str) -> None:
    example, kind, row, col = cell.tolist()
    raise AlignmentError(
        f"gold cell (example {example}, type {kind}, row {row}, col {col}) lies {why}; "
        "leave out or correct it where the batch is made"
    )


def _keys(scores: PairScores, cells: Tensor) -> Tensor:
    tokens = scores.mask.shape[1]
    example, kind, row, col = cells.unbind(1)
    return ((example * scores.types + kind) * tokens + row) * tokens + col


def _cells(scores: PairScores, keys: Tensor) -> Tensor:
    tokens = scores.mask.shape[1]
    place, col = keys // tokens, keys % tokens
    group, row = place // tokens, place % tokens
    return torch.stack([group // scores.types, group % scores.types, row, col], 1)


def _distinct(scores: PairScores, cells: Tensor, targets: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """The cells sorted and each once; of several targets of one cell the highest."""
    keys, place = torch.unique(_keys(scores, cells), return_inverse=True)
    if targets is None:
        return _cells(scores, keys), None
    if not bool(((targets > 0) & (targets <= 1)).all()):
        bad = targets[~((targets > 0) & (targets <= 1))][0].item()
        raise ValueError(f"targets must lie in (0, 1], found {bad}; leave out cells whose target is 0")
    highest = targets.new_zeros(len(keys)).scatter_reduce(0, place, targets, "amax")
    return _cells(scores, keys), highest.to(torch.promote_types(targets.dtype, torch.float32))


def _ignored(
    scores: PairScores, cells: Tensor, targets: Tensor | None, ignore: Tensor
) -> tuple[Tensor, Tensor | None, Tensor]:
    """Gold that is not ignored, its targets, and all cells that are no plain negatives. Illegal ones are no cells."""
    size = torch.tensor([len(scores.mask), scores.types, *[scores.mask.shape[1]] * 2], device=ignore.device)
    ignore = ignore[((ignore >= 0) & (ignore < size)).all(1)]
    legal = dispatch.legal_pairs(scores.source)
    ignore = ignore[legal[ignore[:, 0], ignore[:, 2], ignore[:, 3]]]
    gold, ignored = _keys(scores, cells), _keys(scores, ignore)
    kept = ~torch.isin(gold, ignored)
    left_out = _cells(scores, torch.unique(torch.cat([gold, ignored])))
    return cells[kept], None if targets is None else targets[kept], left_out
