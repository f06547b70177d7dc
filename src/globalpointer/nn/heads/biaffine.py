"""The biaffine head of dependency parsing, for ablation: no rotary positions, a full matrix a type."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from globalpointer.nn.heads.global_pointer import at_least_float32, at_legal, check_sizes, lecun
from globalpointer.nn.scores import FactoredScores


class Biaffine(nn.Module):
    """s_t(i, j) = x_iᵀ U_t y_j + row_t·x_i + col_t·y_j + b_t, with x and y small networks of the hidden vector.

    `dim`: size of x and y. U starts normal with deviation 1/dim, the rest as in GlobalPointer.

    Source: Yu et al., 2020, Named Entity Recognition as Dependency Parsing, eq. 2.
    """

    def __init__(
        self, hidden: int, types: int, *, dim: int = 150, ordered: bool = True, max_width: int | None = None
    ) -> None:
        super().__init__()
        check_sizes(hidden, types, dim, rotary=False)
        self.types, self.ordered, self.max_width = types, ordered, max_width
        self.first = lecun(nn.Linear(hidden, dim))
        self.last = lecun(nn.Linear(hidden, dim))
        self.product = nn.Parameter(torch.randn(types, dim, dim) / dim)
        self.row = lecun(nn.Linear(dim, types))
        self.col = lecun(nn.Linear(dim, types))

    def forward(
        self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]
    ) -> FactoredScores:
        """The scores of every pair, as factors."""
        with torch.autocast(hidden.device.type, enabled=False):
            hidden = at_legal(hidden, legal, self.first.weight.dtype)
            first, last = nn.functional.relu(self.first(hidden)), nn.functional.relu(self.last(hidden))
            query = at_least_float32(first[:, None] @ self.product)
            key = at_least_float32(last)[:, None].expand(-1, self.types, -1, -1)
            row_bias, col_bias = (at_least_float32(bias).transpose(1, 2) for bias in (self.row(first), self.col(last)))
            return FactoredScores(query, key, row_bias, col_bias, legal, self.ordered, self.max_width)
