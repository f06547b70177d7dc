"""How far two sets of scores for the same cells lie apart: R-Drop and virtual adversarial training need it."""

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
    return dispatch.divergence(first.source, second.source)
