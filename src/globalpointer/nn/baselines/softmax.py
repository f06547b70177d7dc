"""Softmax tagging: every token chooses its BIO tag alone."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.grid import Grid, ScoredCells
from globalpointer.nn.baselines import tags
from globalpointer.nn.baselines.cells import gold
from globalpointer.nn.baselines.paths import best_path, only_legal
from globalpointer.nn.contracts import Batch
from globalpointer.nn.heads.global_pointer import lecun


class SoftmaxTagger(nn.Module):
    """A linear classifier of tokens; an Extractor.

        p(y_j | h_j) = softmax(W h_j + b)

    The loss is the cross-entropy, the mean over legal tokens. The answer is the most probable sequence in which an I
    follows a B or an I of its type; with `constrained = False` the best tag of each token, read as `tags.decode` says.
    `dropout` stands between encoder and classifier.

    Limits: entities do not overlap; of gold that does, the longest is learned (`tags.encode`). `batch.ignore` is not
    read.

    Source: Devlin et al., 2019, BERT, section 5.3, with BIO tags.
    """

    monotone: ClassVar[bool] = True

    def __init__(
        self, encoder: nn.Module, grids: Sequence[Grid], *, dropout: float = 0.0, constrained: bool = True
    ) -> None:
        super().__init__()
        self.constrained = constrained
        self.grid = tags.only_grid(grids, "softmax tagging")
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        self.tag = lecun(nn.Linear(hidden, tags.tag_count(self.grid)))

    def forward(self, batch: Batch) -> Float[Tensor, ""]:
        """As loss."""
        return self.loss(batch)

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        """The mean cross-entropy; 0 without a legal token. Raises ValueError and AlignmentError as `cells.gold`."""
        cells = gold(batch, self.grid)
        where = tags.sequences(batch.legal)
        scores = self._scores(batch, where)
        target = tags.encode(cells, batch.legal, where.mask.shape[1])
        surprise = nn.functional.cross_entropy(scores[where.mask], target[where.mask], reduction="sum")
        return surprise / where.mask.sum().clamp(min=1)

    @torch.no_grad()
    def find(
        self, batch: Batch, *, threshold: Mapping[str, float | Tensor] | float = 0.0, limit: int | None = None
    ) -> list[ScoredCells]:
        """The answered cells whose logit reaches the threshold (by grid, 0 where it is not named), of each example.

        The logit of a cell is the least, over its tokens, of the score of the answer minus that of the best one with
        another tag there. It is never below 0, so the threshold 0 keeps the whole answer and a lower one adds nothing.
        `limit`: at most that many cells an example, the best.
        """
        where = tags.sequences(batch.legal)
        answer, margins = self._answer(self._scores(batch, where), where.mask)
        return tags.found(self.grid, where, answer, margins, threshold=threshold, limit=limit)

    def _answer(
        self, scores: Float[Tensor, "batch length tags"], mask: Bool[Tensor, "batch length"]
    ) -> tuple[Int[Tensor, "batch length"], Float[Tensor, "batch length"]]:
        """The tags, and the margin of each."""
        if self.constrained:
            free = scores.new_zeros(scores.shape[-1])
            return best_path(scores, mask, *only_legal(free, free.repeat(len(free), 1)), free)
        best = scores.topk(2)
        return best.indices[..., 0], best.values[..., 0] - best.values[..., 1]

    def _scores(self, batch: Batch, where: tags.Sequences) -> Float[Tensor, "batch length tags"]:
        hidden = self.dropout(self.encoder(batch.tokens, batch.attention))
        return tags.emissions(self.tag, hidden, batch.legal, where.places)
