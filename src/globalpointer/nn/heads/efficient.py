"""Efficient GlobalPointer: all types share one query and key, which find spans; biases tell the types apart."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.nn.heads.global_pointer import at_least_float32, at_legal, check_sizes, lecun
from globalpointer.nn.heads.rotary import rotate
from globalpointer.nn.scores import FactoredScores


class EfficientGlobalPointer(nn.Module):
    """s_t(i, j) = (R_i q_i)·(R_j k_j) / √dim + row_t(i) + col_t(j), with [q; k] linear in the hidden vector.

    `typing_input`: what row and col are linear in: "pairs", the un-rotated [q; k] as the author has it, or "hidden",
    the hidden vector, as some ports have it. q and k are interleaved in the projection; of the typing outputs the even
    ones score the last token (col), the odd ones the first (row), and both are halved. Initial weights as in
    GlobalPointer. Computed in the dtype of the weights, also inside autocast.

    Source: Su, kexue.fm/archives/8877; layout of bert4keras.layers.EfficientGlobalPointer.
    """

    def __init__(
        self,
        hidden: int,
        types: int,
        *,
        dim: int = 64,
        rotary: bool = True,
        ordered: bool = True,
        max_width: int | None = None,
        typing_input: str = "pairs",
    ) -> None:
        super().__init__()
        check_sizes(hidden, types, dim, rotary)
        if typing_input not in ("pairs", "hidden"):
            raise ConfigError(f'typing_input must be "pairs" or "hidden", not {typing_input!r}')
        self.types, self.dim, self.rotary, self.ordered, self.max_width = types, dim, rotary, ordered, max_width
        self.typing_input = typing_input
        self.project = lecun(nn.Linear(hidden, 2 * dim))
        self.typing = lecun(nn.Linear(2 * dim if typing_input == "pairs" else hidden, 2 * types))

    def forward(
        self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]
    ) -> FactoredScores:
        """The scores of every pair, as factors."""
        with torch.autocast(hidden.device.type, enabled=False):
            hidden = at_legal(hidden, legal, self.project.weight.dtype)
            pairs = self.project(hidden)
            # Halved, as in the reference, and not divided by √dim
            bias = at_least_float32(self.typing(pairs if self.typing_input == "pairs" else hidden)) / 2
            pairs = at_least_float32(pairs)
            query, key = pairs[..., ::2], pairs[..., 1::2]
            if self.rotary:
                query, key = rotate(query), rotate(key)
            row_bias, col_bias = bias[..., 1::2].transpose(1, 2), bias[..., ::2].transpose(1, 2)
            query = query[:, None] * self.dim**-0.5
            return FactoredScores(query, key[:, None], row_bias, col_bias, legal, self.ordered, self.max_width)
