"""Thresholds other than 0, as a head around a head: what it scores is measured from there."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from globalpointer.nn.scores import DenseScores, FactoredScores

RARE = 9.0
"""Where learned thresholds begin: σ(-9) = 0.0001, about as rare as gold is among the cells of a sentence.

From 0, an untrained head finds half of all cells, and a short training is spent on pushing them down. Measured in
docs/decisions/0008-rare-at-first.md.
"""


class Thresholds(nn.Module):
    """s_t(i, j) - θ_t: losses, search and calibration all see the distance from the threshold of the type.

    `start`: what every θ is, or with `learned` begins as. Kept as the bias -θ: by its name the optimizer lets no weight
    decay pull at it, as at no bias.
    """

    def __init__(self, head: nn.Module, types: int, *, start: float = 0.0, learned: bool = True) -> None:
        super().__init__()
        self.head = head
        self.bias = nn.Parameter(torch.full((types,), -start), requires_grad=learned)

    @property
    def values(self) -> Float[Tensor, " types"]:
        """The thresholds."""
        return -self.bias

    def forward(
        self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]
    ) -> FactoredScores | DenseScores:
        """The scores of every pair, as the head gives them."""
        scores: FactoredScores | DenseScores = self.head(hidden, legal)
        if isinstance(scores, DenseScores):
            return replace(scores, values=scores.values + self.bias[:, None, None])
        terms = self.bias[None, :, None].expand(len(legal), -1, legal.shape[1])
        return replace(scores, row_bias=terms if scores.row_bias is None else scores.row_bias + terms)
