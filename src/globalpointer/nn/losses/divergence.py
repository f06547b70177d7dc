"""How far two sets of scores for the same cells lie apart: R-Drop and virtual adversarial training need it."""

import torch
from jaxtyping import Float
from torch import Tensor

from globalpointer.nn.kernels import dispatch
from globalpointer.nn.scores import PairScores


@dispatch.eager
def divergence(first: PairScores, second: PairScores) -> Float[Tensor, "batch types"]:
    """Σ (σ(s) - σ(t)) (s - t) over the legal cells of each example and type; the caller reduces.

    Symmetric, never negative, differentiable on both sides: the sum of both Kullback-Leibler divergences of the
    Bernoulli distributions that the scores stand for. Computed by tiles, so no tensor of all cells exists.

    Source: Su, kexue.fm/archives/9039.
    """
    if first.mask.shape != second.mask.shape or first.types != second.types:
        raise ValueError(
            f"both scores must be of the same cells; found {first.types} types over {tuple(first.mask.shape)} "
            f"and {second.types} over {tuple(second.mask.shape)}"
        )
    one, other = first.source, second.source
    if one.ordered != other.ordered or one.max_width != other.max_width or not torch.equal(one.mask, other.mask):
        raise ValueError("both scores must be of the same cells: masks, ordered or max_width differ")
    return dispatch.divergence(first.source, second.source)
