"""The loss of the family: softmax cross-entropy for any number of right answers, from factors."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.errors import AlignmentError
from globalpointer.nn.kernels import dispatch
from globalpointer.nn.scores import PairScores, per_type


@dispatch.eager
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
    cells = cells.long()
    if targets is not None and targets.shape != cells.shape[:1]:
        raise ValueError(f"targets must hold one number a cell: {len(cells)}, not {tuple(targets.shape)}")
    _check(scores, cells)
    cells, targets = _distinct(scores, cells, targets)
    limits = per_type(scores, threshold)
    if ignore is None or not len(ignore):
        outside, gold = dispatch.split(scores.source, cells, impl)
    else:
        cells, targets, left_out, place = _ignored(scores, cells, targets, ignore)
        outside, inside = dispatch.split(scores.source, left_out, impl)
        gold = inside[place]
    gold = gold - limits[cells[:, 1]]
    base = torch.zeros_like(outside)
    negative = torch.logaddexp(outside - limits, base)
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
) -> tuple[Tensor, Tensor | None, Tensor, Tensor]:
    """Gold that is not ignored, its targets, all cells that are no plain negatives, and where among them gold stands.

    Ignored cells that are illegal are no cells.
    """
    ignore = ignore.long()
    ignore = ignore[dispatch.legal_cells(scores.source, ignore)]
    gold, ignored = _keys(scores, cells), _keys(scores, ignore)
    kept = ~torch.isin(gold, ignored)
    left_out = torch.unique(torch.cat([gold, ignored]))
    place = torch.searchsorted(left_out, gold[kept])
    return cells[kept], None if targets is None else targets[kept], _cells(scores, left_out), place
