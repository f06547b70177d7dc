"""The contracts of the tensor side: what a batch holds, and what an encoder, a head and an extractor promise."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Protocol, runtime_checkable

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
    None: all 1. `ignore`: cells that are neither gold nor negative.
    """

    tokens: Int[Tensor, "batch tokens"]
    attention: Bool[Tensor, "batch tokens"]
    legal: Bool[Tensor, "batch tokens"]
    cells: Mapping[str, Int[Tensor, "cells 4"]]
    targets: Mapping[str, Float[Tensor, " cells"]] | None = None
    ignore: Mapping[str, Int[Tensor, "ignored 4"]] | None = None

    def to(self, device: torch.device | str) -> "Batch":
        """The same batch on another device."""
        moved = {}
        for name in (each.name for each in fields(self)):
            value = getattr(self, name)
            if isinstance(value, Tensor):
                moved[name] = value.to(device)
            elif value is not None:
                moved[name] = {grid: tensor.to(device) for grid, tensor in value.items()}
        return replace(self, **moved)


@runtime_checkable
class Encoder(Protocol):
    """Token ids to one vector a token. Padding never changes the vectors of the tokens before it."""

    hidden: int

    def __call__(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]: ...


@runtime_checkable
class Head(Protocol):
    """Vectors to a promise of scores."""

    def __call__(
        self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]
    ) -> PairScores: ...


@runtime_checkable
class Extractor(Protocol):
    """Whatever learns from the cells of a batch and finds cells in one. A TokenPairModel is one, a baseline another."""

    def loss(self, batch: Batch) -> Float[Tensor, ""]: ...

    def find(
        self, batch: Batch, *, threshold: Mapping[str, float | Tensor] | float = 0.0, limit: int | None = None
    ) -> list[ScoredCells]: ...
