"""TPLinker: every pair of tokens is classified, for every label, by a softmax of its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.grid import Cell, Grid, ScoredCells
from globalpointer.nn.baselines.cells import gold, limits, strongest, within
from globalpointer.nn.contracts import Batch
from globalpointer.nn.heads.additive import Handshaking, Strip
from globalpointer.nn.heads.global_pointer import at_least_float32, at_legal, lecun
from globalpointer.nn.heads.thresholds import RARE
from globalpointer.nn.token_pair import by_example

NONE, FORWARD, REVERSED = 0, 1, 2
"""The classes of a pair i <= j and a label: no cell, the cell (i, j), the cell (j, i). Ordered grids lack the last."""

LEFT_OUT = -100
"""The class of pairs that the loss does not look at."""


class TPLinker(nn.Module):
    """The handshaking kernel, shared by all grids, and a linear classifier for each; an Extractor.

    The loss is the cross-entropy of the classes. `reduction` "mean", as the authors have it: for each grid the mean
    over its labels and legal pairs i <= j, and the sum of these, weighted by labels/z, with z labels in all, so that
    every square weighs the same; "sum": over labels and pairs, the mean over examples. `entity_steps`: over so many
    passes in training the weights begin at 1 + 1/z for entities and 0 for links and move to those; 6000 in the authors'
    recipes, where training is long. The bias of "no cell" begins at RARE. `dim`: size of a pair's vector; None: that of
    a token's. `dropout` stands between encoder and kernel.

    Limits: of two cells (i, j) and (j, i) of one label only one can be told, and gold keeps the one with i < j. Memory
    is that of Handshaking, and three numbers a pair and label.

    Source: Wang et al., 2020, TPLinker, eq. 1-4; kernel "cat", weights and their schedule of the authors' repository.
    """

    passes: Tensor

    monotone: ClassVar[bool] = False

    def __init__(
        self,
        encoder: nn.Module,
        grids: Sequence[Grid],
        *,
        dim: int | None = None,
        dropout: float = 0.0,
        reduction: str = "mean",
        entity_steps: int = 0,
    ) -> None:
        super().__init__()
        hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        dim = hidden if dim is None else dim
        if dim < 1 or entity_steps < 0:
            raise ConfigError(f"TPLinker needs dim >= 1 and entity_steps >= 0, not {dim} and {entity_steps}")
        if reduction not in ("mean", "sum") or (reduction == "sum" and entity_steps):
            raise ConfigError(
                f'TPLinker needs reduction "mean", or "sum" without entity_steps, not {reduction!r} and {entity_steps}'
            )
        self.encoder, self.grids, self.entity_steps = encoder, tuple(grids), entity_steps
        self.reduction = reduction
        self.dropout = nn.Dropout(dropout)
        self.handshaking = Handshaking(hidden, dim)
        self.classify = nn.ModuleDict({_key(grid): _classifier(dim, grid) for grid in grids})
        self.register_buffer("passes", torch.zeros((), dtype=torch.long))

    def forward(self, batch: Batch) -> Float[Tensor, ""]:
        """As loss."""
        return self.loss(batch)

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        """The cross-entropies of the grids, reduced as the class says; 0 for a grid without a legal pair.

        Raises ValueError and AlignmentError as `cells.gold`.
        """
        cells = {grid.name: gold(batch, grid) for grid in self.grids}
        hidden = self._hidden(batch)
        totals = [hidden.new_zeros(()) for _ in self.grids]
        counts = torch.zeros(len(self.grids), dtype=torch.long, device=hidden.device)
        with torch.autocast(hidden.device.type, enabled=False):
            for strip in self.handshaking.strips(hidden, ordered=True):
                for at, grid in enumerate(self.grids):
                    target = _targets(grid, cells[grid.name], batch, strip)
                    counts[at] += (target != LEFT_OUT).sum()
                    totals[at] = totals[at] + _surprise(self._scores(grid, strip), target)
            if self.reduction == "sum":
                return torch.stack(totals).sum() / len(batch.tokens)
            means = torch.stack(totals) / counts.clamp(min=1)
            return (means * self._weights(means)).sum()

    @torch.no_grad()
    def find(
        self, batch: Batch, *, threshold: Mapping[str, float | Tensor] | float = 0.0, limit: int | None = None
    ) -> list[ScoredCells]:
        """The cells above the threshold (by grid, 0 where a grid is not named) of each example.

        The logit of a cell is the score of its class minus the best score of another class of the same pair and label.
        `limit`: at most that many cells an example and grid, the best.
        """
        hidden = self._hidden(batch)
        above: dict[str, list[tuple[Tensor, Tensor]]] = {grid.name: [] for grid in self.grids}
        with torch.autocast(hidden.device.type, enabled=False):
            for strip in self.handshaking.strips(hidden, ordered=True):
                for grid in self.grids:
                    limit_of = limits(threshold, grid, hidden.device)
                    above[grid.name] += _above(grid, self._scores(grid, strip), batch.legal, strip, limit_of)
        found: list[dict[str, Mapping[Cell, float]]] = [{} for _ in batch.tokens]
        for name, parts in above.items():
            cells, logits = (torch.cat(each) for each in zip(*parts, strict=True))
            for example, scored in zip(found, by_example(*strongest(cells, logits, limit), len(found)), strict=True):
                example[name] = scored
        return list(found)

    def _hidden(self, batch: Batch) -> Float[Tensor, "batch tokens hidden"]:
        """The vectors of the encoder, in the dtype of the weights."""
        hidden = self.dropout(self.encoder(batch.tokens, batch.attention))
        return at_legal(hidden, batch.legal, self.handshaking.combine.weight.dtype)

    def _scores(self, grid: Grid, strip: Strip) -> Float[Tensor, "batch rows cols classes types"]:
        """Of every class at the pairs of a strip."""
        scores: Tensor = self.classify[_key(grid)](strip.pairs)
        return at_least_float32(scores).view(*scores.shape[:-1], _classes(grid), len(grid.labels))

    def _weights(self, means: Float[Tensor, " grids"]) -> Float[Tensor, " grids"]:
        """What the loss of each grid counts now. In training, a step further each time."""
        labels = means.new_tensor([len(grid.labels) for grid in self.grids])
        final = labels / labels.sum()
        if not self.training or self.passes >= self.entity_steps:
            return final
        links = torch.tensor([grid.links for grid in self.grids], device=means.device)
        done = self.passes / self.entity_steps
        self.passes += 1
        return torch.where(links, final * done, final + 1 - done)


def _key(grid: Grid) -> str:
    """A module's name may hold no dot, a grid's does ("relation.head")."""
    return grid.name.replace(".", "-")


def _classes(grid: Grid) -> int:
    """How many classes a pair i <= j has."""
    return 2 if grid.ordered else 3


def _classifier(dim: int, grid: Grid) -> nn.Linear:
    """Scores of all classes of all labels, from the vector of a pair; at first "no cell" is as sure as RARE says."""
    classifier = lecun(nn.Linear(dim, _classes(grid) * len(grid.labels)))
    nn.init.constant_(classifier.bias[: len(grid.labels)], RARE)
    return classifier


def _legal(grid: Grid, legal: Bool[Tensor, "batch tokens"], strip: Strip) -> Bool[Tensor, "batch rows cols"]:
    """Which pairs of a strip are classified."""
    place = torch.arange(legal.shape[1], device=legal.device)
    row, col = place[strip.rows, None], place[None, strip.cols]
    inside = within(grid, row, col) if grid.ordered else row <= col
    return legal[:, strip.rows, None] & legal[:, None, strip.cols] & inside


def _targets(
    grid: Grid, cells: Int[Tensor, "cells 4"], batch: Batch, strip: Strip
) -> Int[Tensor, "batch rows cols types"]:
    """The gold class of every pair and label of a strip; LEFT_OUT where there is none or `batch.ignore` has a cell."""
    none = torch.where(_legal(grid, batch.legal, strip), NONE, LEFT_OUT)
    targets = none[..., None].repeat(1, 1, 1, len(grid.labels))
    ignored = cells[:0] if batch.ignore is None else batch.ignore.get(grid.name, cells[:0]).long()
    # Of two that meet the later one stays
    for marked, kinds in ((cells, (REVERSED, FORWARD)), (ignored, (LEFT_OUT, LEFT_OUT))):
        example, label, row, col = marked.unbind(1)
        for reversed_, kind in zip((row > col, row <= col), kinds, strict=True):
            first, last = torch.minimum(row, col), torch.maximum(row, col)
            here = reversed_ & (first >= strip.rows.start) & (first < strip.rows.stop)
            place = example[here], first[here] - strip.rows.start, last[here] - strip.cols.start, label[here]
            targets[place] = kind
    return targets


def _surprise(
    scores: Float[Tensor, "batch rows cols classes types"], targets: Int[Tensor, "batch rows cols types"]
) -> Float[Tensor, ""]:
    """The sum of the cross-entropies."""
    return nn.functional.cross_entropy(
        scores.flatten(0, 2), targets.flatten(0, 2), reduction="sum", ignore_index=LEFT_OUT
    )


def _above(
    grid: Grid,
    scores: Float[Tensor, "batch rows cols classes types"],
    legal: Bool[Tensor, "batch tokens"],
    strip: Strip,
    threshold: Float[Tensor, " types"],
) -> Iterator[tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]]:
    """The cells of a strip whose margin is above the threshold, a part for each class."""
    pairs = _legal(grid, legal, strip)
    for kind in range(FORWARD, _classes(grid)):
        others = [scores[..., other, :] for other in range(_classes(grid)) if other != kind]
        margins = scores[..., kind, :] - torch.stack(others).amax(0)
        hits = (margins > threshold) & pairs[..., None]
        example, row, col, label = hits.nonzero().unbind(1)
        row, col = row + strip.rows.start, col + strip.cols.start
        if kind == REVERSED:
            row, col = col, row
        # A pair of a token with itself has no direction
        real = within(grid, row, col) & ((row != col) | (kind == FORWARD))
        yield torch.stack([example, label, row, col], 1)[real], margins[hits][real]
