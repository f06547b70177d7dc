"""The loss of the family: softmax cross-entropy for any number of right answers, from factors."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels import dispatch
from globalpointer.nn.losses.gold import cells_of, distinct_gold, numbered, to_ignore
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
    nothing cancels. `impl`: see kernels.dispatch. Raises as gold.distinct_gold.

    Source: Su, kexue.fm/archives/7359 (loss), 9064 (soft labels); Su et al., 2022, GlobalPointer, section 3.2.
    """
    cells, targets = distinct_gold(scores, cells, targets)
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


def _ignored(
    scores: PairScores, cells: Tensor, targets: Tensor | None, ignore: Tensor
) -> tuple[Tensor, Tensor | None, Tensor, Tensor]:
    """Gold that is not ignored, its targets, all cells that are no plain negatives, and where gold is among them."""
    gold, ignored = numbered(scores, cells), numbered(scores, to_ignore(scores, ignore))
    kept = ~torch.isin(gold, ignored)
    left_out = torch.unique(torch.cat([gold, ignored]))
    place = torch.searchsorted(left_out, gold[kept])
    return cells[kept], None if targets is None else targets[kept], cells_of(scores, left_out), place
