"""Spans from marks of first and last tokens: each start goes with the nearest end."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

PRIOR = 0.01
"""How probable an end of a span is before anything is learned, under the binary cross-entropy."""


def rare(linear: nn.Linear) -> nn.Linear:
    """With biases of logit(PRIOR): from 0, a short training is spent on learning that most tokens are no ends.

    Source: Lin et al., 2017, Focal Loss for Dense Object Detection, section 3.3.
    """
    nn.init.constant_(linear.bias, math.log(PRIOR / (1 - PRIOR)))
    return linear


class Spans(NamedTuple):
    """Spans that were found in some groups of planes of tokens, and the logits of both ends."""

    group: Int[Tensor, " spans"]
    plane: Int[Tensor, " spans"]
    first: Int[Tensor, " spans"]
    last: Int[Tensor, " spans"]
    starts: Float[Tensor, " spans"]
    ends: Float[Tensor, " spans"]

    @property
    def logits(self) -> Float[Tensor, " spans"]:
        """A span is as sure as its less sure end."""
        return torch.minimum(self.starts, self.ends)

    def at(self, kept: Tensor) -> "Spans":
        """Some of them."""
        return Spans(*(each[kept] for each in self))


def nearest_spans(
    logits: Float[Tensor, "groups 2 planes tokens"],
    start_over: Float[Tensor, " planes"],
    end_over: Float[Tensor, " planes"],
) -> Spans:
    """Every start above its threshold with the nearest end at or behind it, where there is one."""
    groups, _, planes, tokens = logits.shape
    starts, ends = ((logits[:, end] > over[:, None]) for end, over in enumerate((start_over, end_over)))
    start, end = starts.flatten().nonzero()[:, 0], ends.flatten().nonzero()[:, 0]
    # Behind the last end stands one of no line
    end = torch.cat([end, end.new_tensor([groups * planes * tokens])])
    nearest = end[torch.searchsorted(end, start)]
    paired = nearest // tokens == start // tokens
    start, nearest = start[paired], nearest[paired]
    line = start // tokens
    first_logits, last_logits = logits[:, 0].flatten()[start], logits[:, 1].flatten()[nearest]
    return Spans(line // planes, line % planes, start % tokens, nearest % tokens, first_logits, last_logits)
