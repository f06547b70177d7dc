"""What the readers of questions share: the grid of answers, and a softmax in which "no answer" is a class."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from globalpointer.errors import ConfigError
from globalpointer.grid import Grid


def answer_grid(grids: Sequence[Grid], system: str) -> Grid:
    """The one grid of answers; ConfigError where there are others."""
    if len(grids) == 1 and len(grids[0].labels) == 1 and grids[0].ordered and not grids[0].links:
        return grids[0]
    names = ", ".join(f"{grid.name} ({len(grid.labels)} labels)" for grid in grids)
    raise ConfigError(f'{system} finds answers to questions: it needs [task] kind = "mrc", not the grids {names}')


def surprise(
    logits: Float[Tensor, "*groups candidates"], gold: Bool[Tensor, "*groups candidates"]
) -> Float[Tensor, "*groups"]:
    """log(1 + Σ e^x) - log Σ_gold e^x; the 1 is "no answer", and right where nothing is gold.

    Gold must not be at -inf.
    """
    every = torch.nn.functional.pad(logits, (0, 1))
    right = torch.cat([gold, ~gold.any(-1, keepdim=True)], -1)
    return every.logsumexp(-1) - every.masked_fill(~right, float("-inf")).logsumexp(-1)
