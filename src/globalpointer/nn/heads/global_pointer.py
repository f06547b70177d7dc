"""GlobalPointer: a query and a key of its own for every type."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.nn.heads.rotary import rotate
from globalpointer.nn.scores import FactoredScores


class GlobalPointer(nn.Module):
    """s_t(i, j) = (R_i q_ti)·(R_j k_tj) / √dim, with q_t and k_t linear in the hidden vector.

    `dim`: size of a query, even if `rotary`. `ordered`, `max_width`: which cells exist, as in Grid. Weights start
    normal with deviation 1/√hidden, biases at 0 (LeCun), which gives untrained logits a deviation near 1.
    Computed in the dtype of the weights, also inside autocast.

    Source: Su et al., 2022, GlobalPointer, eq. 1-3; layout of bert4keras.layers.GlobalPointer.
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
    ) -> None:
        super().__init__()
        check_sizes(hidden, types, dim, rotary)
        self.types, self.dim, self.rotary, self.ordered, self.max_width = types, dim, rotary, ordered, max_width
        self.project = lecun(nn.Linear(hidden, types * 2 * dim))

    def forward(
        self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]
    ) -> FactoredScores:
        """The scores of every pair, as factors."""
        with torch.autocast(hidden.device.type, enabled=False):
            projected = self.project(at_legal(hidden, legal, self.project.weight.dtype))
            # A type's chunk holds its query first, then its key
            planes = at_least_float32(projected).view(*hidden.shape[:2], self.types, 2 * self.dim).transpose(1, 2)
            query, key = planes[..., : self.dim], planes[..., self.dim :]
            if self.rotary:
                query, key = rotate(query), rotate(key)
            return FactoredScores(query * self.dim**-0.5, key, None, None, legal, self.ordered, self.max_width)


def lecun(linear: nn.Linear) -> nn.Linear:
    """Weights normal with deviation 1/√inputs, biases 0."""
    nn.init.normal_(linear.weight, std=linear.in_features**-0.5)
    nn.init.zeros_(linear.bias)
    return linear


def at_legal(
    hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"], dtype: torch.dtype
) -> Float[Tensor, "batch tokens hidden"]:
    """The vectors in this dtype, 0 at illegal tokens: what an encoder leaves at padding may be no number at all."""
    return hidden.to(dtype).masked_fill(~legal[..., None], 0.0)


def at_least_float32(tensor: Tensor) -> Tensor:
    """Half precision raised to float32; float32 and float64 as they are."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))


def check_sizes(hidden: int, types: int, dim: int, rotary: bool) -> None:
    """Raise ConfigError unless a head of these sizes can exist."""
    if min(hidden, types, dim) < 1:
        raise ConfigError(f"a head needs hidden, types and dim of at least 1, not {hidden}, {types} and {dim}")
    if rotary and dim % 2:
        raise ConfigError(f"rotary positions turn pairs of dimensions, so dim must be even, not {dim}")
