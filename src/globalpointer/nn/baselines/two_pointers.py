"""The classic reader: one pointer to the first token of the answer, and one to the last."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from globalpointer.grid import Grid, ScoredCells
from globalpointer.nn.baselines.answers import answer_grid, surprise
from globalpointer.nn.baselines.cells import gold, limits
from globalpointer.nn.contracts import Batch
from globalpointer.nn.heads.global_pointer import at_least_float32, at_legal, lecun
from globalpointer.nn.heads.null import START, NullScore
from globalpointer.nn.scores import FactoredScores, find
from globalpointer.nn.token_pair import by_example


class TwoPointers(nn.Module):
    """Two softmaxes over the tokens of a window and "no answer", each trained by its own cross-entropy; an Extractor.

        start:  softmax(u·h_j + a, null_start)        end:  softmax(v·h_j + b, null_end)

    An answer (i, j), i <= j, has the logit start_i + end_j - null_start - null_end, which are biases of factors: so the
    search is that of any head. Of several gold answers the sum of the probabilities of their starts is asked for, and
    of their ends. The loss of both pointers is added, the mean over windows. `dropout` stands between encoder and
    pointers. The nulls are those of heads.null, and begin at half of its START, as each counts tokens and not pairs.

    Limits: start and end are independent given the text. So of two likely answers the start of one and the end of the
    other may be the answer. `batch.ignore` is not read.

    Source: Devlin et al., 2019, BERT, section 4.2 and 4.3.
    """

    monotone: ClassVar[bool] = True

    def __init__(self, encoder: nn.Module, grids: Sequence[Grid], *, dropout: float = 0.0) -> None:
        super().__init__()
        self.grid = answer_grid(grids, "a reader with two pointers")
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        self.ends = lecun(nn.Linear(hidden, 2))
        self.null = NullScore(hidden, 2, start=START / 2)

    def forward(self, batch: Batch) -> Float[Tensor, ""]:
        """As loss."""
        return self.loss(batch)

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        """The cross-entropy of both pointers. Raises ValueError and AlignmentError as `cells.gold`."""
        example, _, first, last = gold(batch, self.grid).unbind(1)
        logits = self._logits(batch).masked_fill(~batch.legal[:, None], float("-inf"))
        marks = torch.zeros_like(logits, dtype=torch.bool)
        marks[example, 0, first] = marks[example, 1, last] = True
        return surprise(logits, marks).sum(1).mean()

    @torch.no_grad()
    def find(
        self, batch: Batch, *, threshold: Mapping[str, float | Tensor] | float = 0.0, limit: int | None = None
    ) -> list[ScoredCells]:
        """The cells above the threshold (by grid, 0 where it is not named) of each example.

        `limit`: at most that many cells an example, the best.
        """
        logits = self._logits(batch)
        starts, ends = logits[:, :1], logits[:, 1:]
        nothing = torch.zeros_like(starts)[..., None]
        width = self.grid.max_width
        scores = FactoredScores(nothing, nothing, starts, ends, batch.legal, ordered=True, max_width=width)
        found = find(scores, limits(threshold, self.grid, logits.device), limit=limit)
        return [{self.grid.name: each} for each in by_example(*found, len(logits))]

    def _logits(self, batch: Batch) -> Float[Tensor, "batch 2 tokens"]:
        """That the answer starts, and that it ends at a token, each measured from its null."""
        hidden = self.dropout(self.encoder(batch.tokens, batch.attention))
        with torch.autocast(hidden.device.type, enabled=False):
            logits = at_least_float32(self.ends(at_legal(hidden, batch.legal, self.ends.weight.dtype))).mT
            null: Tensor = self.null(hidden, batch.legal)
            return logits - null[..., None]
