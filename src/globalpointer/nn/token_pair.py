"""The model of the mission: an encoder, and a head for each grid."""

from collections.abc import Callable, Mapping
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.grid import Cell, ScoredCells
from globalpointer.nn.contracts import Batch
from globalpointer.nn.losses.multilabel import multilabel_crossentropy
from globalpointer.nn.scores import PairScores, find

Loss = Callable[..., Tensor]
"""(scores, cells, *, targets, ignore) -> [batch types], as multilabel_crossentropy."""

REDUCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "mean": lambda loss: loss.mean(),  # over types and examples: entities
    "sum": lambda loss: loss.sum(-1).mean(),  # over types, then the mean over examples: relations
}


class TokenPairModel(nn.Module):
    """Scores cells of each grid with the head of that name; an Extractor.

    `reductions`: for each grid "mean" (over types and examples; the default) or "sum" (over types, then the mean over
    examples); the losses of the grids are added. `dropout` stands between encoder and heads. The encoder runs in
    whatever precision autocast asks for; heads and losses in float32. `exclusive`: the types of a pair of tokens
    compete, and only the best is an answer, as the softmax loss has learned it.
    """

    monotone: ClassVar[bool] = True

    def __init__(
        self,
        encoder: nn.Module,
        heads: Mapping[str, nn.Module],
        *,
        reductions: Mapping[str, str] | None = None,
        losses: Mapping[str, Loss] | None = None,
        dropout: float = 0.0,
        exclusive: bool = False,
    ) -> None:
        super().__init__()
        self.reductions = dict.fromkeys(heads, "mean") | dict(reductions or {})
        self.losses = dict.fromkeys(heads, multilabel_crossentropy) | dict(losses or {})
        for name, reduction in self.reductions.items():
            if name not in heads or reduction not in REDUCTIONS:
                raise ConfigError(
                    f"reduction {reduction!r} of grid {name!r} is not understood; "
                    f"grids: {', '.join(heads)}; reductions: {', '.join(REDUCTIONS)}"
                )
        if unknown := set(self.losses) - set(heads):
            raise ConfigError(f"a loss is given for the grid {min(unknown)!r}, which has no head: {', '.join(heads)}")
        self.encoder = encoder
        # A module's name may hold no dot, a grid's does ("relation.head")
        self.heads = nn.ModuleDict({name.replace(".", "-"): head for name, head in heads.items()})
        self.grids = tuple(heads)
        self.dropout = nn.Dropout(dropout)
        self.exclusive = exclusive

    def forward(self, batch: Batch) -> dict[str, PairScores]:
        """As scores."""
        return self.scores(batch)

    def scores(self, batch: Batch) -> dict[str, PairScores]:
        """The scores of each grid, by its name."""
        hidden = self.dropout(self.encoder(batch.tokens, batch.attention))
        return {name: self.heads[name.replace(".", "-")](hidden, batch.legal) for name in self.grids}

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        """The sum of the reduced losses of all grids. Raises ValueError where the batch has no gold for one."""
        return self.loss_of(self.scores(batch), batch)

    def loss_of(self, scores: Mapping[str, PairScores], batch: Batch) -> Float[Tensor, ""]:
        """As loss, from scores that were computed before."""
        if missing := [name for name in self.grids if name not in batch.cells]:
            raise ValueError(f"the batch has no cells for the grid {missing[0]!r}; it has: {', '.join(batch.cells)}")
        reduced = []
        for name in self.grids:
            targets = None if batch.targets is None else batch.targets.get(name)
            ignore = None if batch.ignore is None else batch.ignore.get(name)
            loss = self.losses[name](scores[name], batch.cells[name], targets=targets, ignore=ignore)
            reduced.append(REDUCTIONS[self.reductions[name]](loss))
        return torch.stack(reduced).sum()

    @torch.no_grad()
    def find(
        self, batch: Batch, *, threshold: Mapping[str, float | Tensor] | float = 0.0, limit: int | None = None
    ) -> list[ScoredCells]:
        """The cells above the threshold (a logit; by grid, 0 where a grid is not named) of each example.

        `limit`: at most that many cells an example and grid, the best. Does not leave training mode by itself.
        """
        found: list[dict[str, Mapping[Cell, float]]] = [{} for _ in range(len(batch.tokens))]
        for name, scores in self.scores(batch).items():
            limits = threshold.get(name, 0.0) if isinstance(threshold, Mapping) else threshold
            # Before `limit` pairs have been met, each may have been met with all its types
            most = limit * scores.types if limit is not None and self.exclusive else limit
            cells, logits = find(scores, limits, limit=most)
            for example, scored in zip(found, by_example(cells, logits, len(found)), strict=True):
                example[name] = best_types(scored, limit) if self.exclusive else scored
        return list(found)


def by_example(
    cells: Int[Tensor, "found 4"], logits: Float[Tensor, " found"], examples: int
) -> list[dict[Cell, float]]:
    """The cells of each example with their logits."""
    split: list[dict[Cell, float]] = [{} for _ in range(examples)]
    for (example, kind, row, col), logit in zip(cells.tolist(), logits.tolist(), strict=True):
        split[example][Cell(kind, row, col)] = logit
    return split


def best_types(scored: Mapping[Cell, float], limit: int | None = None) -> dict[Cell, float]:
    """The best cell of each (row, col), of equals the first; of these at most `limit`, the best."""
    best: dict[tuple[int, int], Cell] = {}
    for cell, logit in scored.items():
        rival = best.setdefault((cell.row, cell.col), cell)
        if logit > scored[rival]:
            best[cell.row, cell.col] = cell
    kept = sorted(best.values(), key=lambda cell: (-scored[cell], cell))[:limit]
    return {cell: scored[cell] for cell in sorted(kept)}
