"""A quick F1 on the batch that is trained on; what counts is globalpointer.evaluation on raw gold."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels import dispatch
from globalpointer.nn.scores import PairScores, gather, per_type


@dispatch.eager
@torch.no_grad()
def batch_f1(
    scores: PairScores, cells: Int[Tensor, "cells 4"], *, threshold: float | Float[Tensor, " types"] = 0.0
) -> Float[Tensor, ""]:
    """2·Σ y·(s>0) / Σ (y + (s>0)) over all cells of the batch; 0 where neither gold nor found exists."""
    limits = per_type(scores, threshold)
    cells = torch.unique(cells, dim=0)
    right = (gather(scores, cells) > limits[cells[:, 1]]).sum()
    found = dispatch.count(scores.source, limits).sum()
    return 2 * right / (found + len(cells)).clamp(min=1)
