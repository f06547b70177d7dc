"""The contracts of the tensor side: what a batch holds, and what an encoder, a head and an extractor promise."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from globalpointer.grid import ScoredCells
from globalpointer.nn.scores import PairScores


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of token sequences and, for training, their gold cells.

    `legal`: tokens that may stand in a cell (no special token, no padding). Cells are rows (example, type, row, col),
    without padding and without doubles, by the name of their grid. `targets`: soft labels in (0, 1], beside `cells`;
    None: all 1. `ignore`: cells that are neither gold nor negative. `sentences`: the index of the sentence that a token
    stands in, for readers that choose a sentence first; what it says of tokens that are not legal has no meaning.
    """

    tokens: Int[Tensor, "batch tokens"]
    attention: Bool[Tensor, "batch tokens"]
    legal: Bool[Tensor, "batch tokens"]
    cells: Mapping[str, Int[Tensor, "cells 4"]]
    targets: Mapping[str, Float[Tensor, " cells"]] | None = None
    ignore: Mapping[str, Int[Tensor, "ignored 4"]] | None = None
    sentences: Int[Tensor, "batch tokens"] | None = None

    def to(self, device: torch.device | str) -> "Batch":
        """The same batch on another device."""
        return Batch(*(_moved(getattr(self, each.name), device) for each in fields(self)))


def _moved(value: Any, device: torch.device | str) -> Any:
    if isinstance(value, Mapping):
        return {name: _moved(each, device) for name, each in value.items()}
    return None if value is None else value.to(device)


@runtime_checkable
class Encoder(Protocol):
    """Token ids to one vector a token. Padding never changes the vectors of the tokens before it."""

    hidden: int

    def __call__(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """The vectors."""


@runtime_checkable
class Head(Protocol):
    """Vectors to a promise of scores."""

    def __call__(self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]) -> PairScores:
        """The scores of every pair."""


@runtime_checkable
class Extractor(Protocol):
    """Whatever learns from the cells of a batch and finds cells in one. A TokenPairModel is one, a baseline another."""

    monotone: ClassVar[bool]
    """Whether the cells above a threshold are those above a lower one that reach it: then one search does for all."""

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        """What training makes small."""

    def find(
        self, batch: Batch, *, threshold: Mapping[str, float | Tensor] | float = 0.0, limit: int | None = None
    ) -> list[ScoredCells]:
        """The cells above the threshold (a logit, by grid) of each example; at most `limit` an example and grid."""
