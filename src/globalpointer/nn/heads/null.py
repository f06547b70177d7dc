"""The score of "no answer in this window", as a head around a head: what it scores is measured from there."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from globalpointer.nn.heads.global_pointer import at_least_float32
from globalpointer.nn.scores import DenseScores, FactoredScores

START = 9.0
"""Where the null of a joint softmax begins: log 8,256, the cells of a context of 128 tokens.

Untrained scores lie around 0, so a null at the log of the number of cells is about as probable as all of them together.
From 0, an untrained model answers every question; from much more, no answer is probable. Not the log of the cells that
each window has, though the first loss is lower by it: answers in short windows would then win over those in long ones.
Measured in docs/formulas.md, section 8.
"""


class NullScore(nn.Module):
    """null = w · [h_first ; max over legal tokens of h] + b: what the window says to having no answer.

    The first token is [CLS], which no cell may have; of a window without a legal token the maximum is 0. `outputs`: how
    many such scores. They begin at `start`, in every window alike: weights at 0, so that windows can be compared from
    the first step on. Computed in the dtype of the weights, also inside autocast.
    """

    def __init__(self, hidden: int, outputs: int = 1, *, start: float = START) -> None:
        super().__init__()
        self.judge = nn.Linear(2 * hidden, outputs)
        nn.init.zeros_(self.judge.weight)
        nn.init.constant_(self.judge.bias, start)

    def forward(
        self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch outputs"]:
        """The scores of each window."""
        with torch.autocast(hidden.device.type, enabled=False):
            hidden = hidden.to(self.judge.weight.dtype)
            highest = hidden.masked_fill(~legal[..., None], float("-inf")).amax(1)
            highest = highest.masked_fill(~legal.any(1, keepdim=True), 0.0)
            return at_least_float32(self.judge(torch.cat([hidden[:, 0], highest], 1)))


class Null(nn.Module):
    """s(i, j) - null(window): above 0 is more probable than no answer, and windows are compared by it.

    "No answer" is one more class of the softmax over the cells of a window, outside of the grid; measured from its
    score, its own logit is 0. `start`: what every null begins as.
    """

    def __init__(self, head: nn.Module, hidden: int, *, start: float = START) -> None:
        super().__init__()
        self.head = head
        self.null = NullScore(hidden, start=start)

    def forward(
        self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]
    ) -> FactoredScores | DenseScores:
        """The scores of every pair, as the head gives them."""
        scores: FactoredScores | DenseScores = self.head(hidden, legal)
        shift = -self.null(hidden, legal)[..., None]
        if isinstance(scores, DenseScores):
            return replace(scores, values=scores.values + shift[..., None])
        terms = shift.expand(-1, scores.types, legal.shape[1])
        return replace(scores, row_bias=terms if scores.row_bias is None else scores.row_bias + terms)
