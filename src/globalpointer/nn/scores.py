"""Promises of scores: heads make them; losses and search take from them only what they need."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from globalpointer.nn.kernels import dispatch


class Top(NamedTuple):
    """The best cells of each example, best first; where there are fewer, -inf and (-1, -1, -1)."""

    values: Float[Tensor, "batch best"]
    cells: Int[Tensor, "batch best 3"]


@runtime_checkable
class PairScores(Protocol):
    """A promise of scores, not yet a tensor of them."""

    @property
    def mask(self) -> Bool[Tensor, "batch tokens"]:
        """The tokens that may stand in a cell."""

    @property
    def types(self) -> int:
        """How many squares there are."""

    @property
    def source(self) -> dispatch.Source:
        """What the kernels take."""

    def logits(self) -> Float[Tensor, "batch types tokens tokens"]:
        """Every score, -inf where illegal: for plots and tests."""

    def logsumexp(self) -> Float[Tensor, "batch types"]:
        """The log of Σ exp(score) over the legal cells of each square."""

    def top(self, k: int) -> Top:
        """The k best cells of each example, (type, row, col), with differentiable logits."""


@dataclass(frozen=True, slots=True, eq=False)
class FactoredScores:
    """score[b,t,i,j] = query[b,t,i]·key[b,t,j] + row_bias[b,t,i] + col_bias[b,t,j].

    Planes are the types, or 1 where all types share query and key and differ by their biases. `ordered`: only cells
    with row <= col; `max_width`: only cells with col - row < max_width. Half precision is raised to float32 by
    whatever reads the scores. Factors must be numbers, also at tokens that are not legal.
    """

    query: Float[Tensor, "batch planes tokens dim"]
    key: Float[Tensor, "batch planes tokens dim"]
    row_bias: Float[Tensor, "batch types tokens"] | None
    col_bias: Float[Tensor, "batch types tokens"] | None
    mask: Bool[Tensor, "batch tokens"]
    ordered: bool = True
    max_width: int | None = None

    def __post_init__(self) -> None:
        planes = self.query.shape[1]
        if planes not in (1, self.types):
            raise ValueError(
                f"query has {planes} planes and the biases {self.types} types; planes must be 1 or as many"
            )
        if self.max_width is not None and self.max_width < 1:
            raise ValueError(f"max_width must be at least 1, not {self.max_width}")

    @property
    def types(self) -> int:
        """How many squares there are."""
        return next(each.shape[1] for each in (self.row_bias, self.col_bias, self.query) if each is not None)

    @property
    def source(self) -> dispatch.Source:
        """What the kernels take."""
        row_bias, col_bias = self.row_bias, self.col_bias
        if row_bias is None and col_bias is not None:
            row_bias = torch.zeros_like(col_bias)
        if col_bias is None and row_bias is not None:
            col_bias = torch.zeros_like(row_bias)
        return dispatch.Factors(self.query, self.key, row_bias, col_bias, self.mask, self.ordered, self.max_width)

    def logits(self) -> Float[Tensor, "batch types tokens tokens"]:
        """Every score, -inf where illegal: for plots and tests."""
        return dispatch.logits(self.source)

    def logsumexp(self) -> Float[Tensor, "batch types"]:
        """The log of Σ exp(score) over the legal cells of each square; -inf where there is none."""
        return _logsumexp(self)

    def top(self, k: int) -> Top:
        """The k best cells of each example, (type, row, col), with differentiable logits."""
        return _top(self, k)


@dataclass(frozen=True, slots=True, eq=False)
class DenseScores:
    """Scores that already lie in memory, cell by cell: for heads that are no sum of factors."""

    values: Float[Tensor, "batch types tokens tokens"]
    mask: Bool[Tensor, "batch tokens"]
    ordered: bool = True
    max_width: int | None = None

    @property
    def types(self) -> int:
        """How many squares there are."""
        return self.values.shape[1]

    @property
    def source(self) -> dispatch.Source:
        """What the kernels take."""
        return dispatch.Dense(self.values, self.mask, self.ordered, self.max_width)

    def logits(self) -> Float[Tensor, "batch types tokens tokens"]:
        """Every score, -inf where illegal: for plots and tests."""
        return dispatch.logits(self.source)

    def logsumexp(self) -> Float[Tensor, "batch types"]:
        """The log of Σ exp(score) over the legal cells of each square; -inf where there is none."""
        return _logsumexp(self)

    def top(self, k: int) -> Top:
        """The k best cells of each example, (type, row, col), with differentiable logits."""
        return _top(self, k)


@dispatch.eager
def find(
    scores: PairScores, threshold: float | Float[Tensor, " types"] = 0.0, *, limit: int | None = None
) -> tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]:
    """The cells strictly above the threshold, sorted rows (example, type, row, col), and their logits.

    `limit`: at most that many cells an example, the best; an example that has exactly `limit` cells was probably cut.
    No gradient flows through the logits; `gather` gives those that have one.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be at least 1, or None for no limit, not {limit}")
    return dispatch.search(scores.source, per_type(scores, threshold), limit)


@dispatch.eager
def gather(scores: PairScores, cells: Int[Tensor, "cells 4"]) -> Float[Tensor, " cells"]:
    """The logits at rows (example, type, row, col), differentiable. The cells must be legal."""
    return dispatch.gather(scores.source, cells.long())


def per_type(scores: PairScores, threshold: float | Float[Tensor, " types"]) -> Float[Tensor, " types"]:
    """A threshold for each type, in the dtype and on the device that scores are computed in."""
    source = scores.source
    values = source.query if isinstance(source, dispatch.Factors) else source.values
    dtype = torch.promote_types(values.dtype, torch.float32)
    if isinstance(threshold, Tensor):
        if threshold.shape != (scores.types,):
            raise ValueError(
                f"threshold must be a number or hold one value for each of {scores.types} types, "
                f"not have the shape {tuple(threshold.shape)}"
            )
        if bool(threshold.isnan().any()):
            raise ValueError("threshold holds a NaN: every type needs a number")
        return threshold.to(values.device, dtype)
    return torch.full((scores.types,), float(threshold), dtype=dtype, device=values.device)


@dispatch.eager
def _logsumexp(scores: PairScores) -> Tensor:
    return dispatch.partition(scores.source, torch.empty(0, 4, dtype=torch.long, device=scores.mask.device))


@dispatch.eager
def _top(scores: PairScores, k: int) -> Top:
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    cells, logits = find(scores, float("-inf"), limit=k)
    examples = len(scores.mask)
    order = logits.argsort(descending=True, stable=True)
    order = order[cells[order, 0].argsort(stable=True)]
    cells = cells[order]
    example = cells[:, 0].contiguous()
    slot = torch.arange(len(cells), device=cells.device) - torch.searchsorted(example, example)
    values = gather(scores, cells)
    table = values.new_full((examples, k), float("-inf")).index_put((example, slot), values)
    places = cells.new_full((examples, k, 3), -1).index_put((example, slot), cells[:, 1:])
    return Top(table, places)
