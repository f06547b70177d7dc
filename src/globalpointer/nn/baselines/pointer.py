"""The two-pointer network: each token is asked whether an entity starts there, and whether one ends."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.grid import Grid, ScoredCells
from globalpointer.nn.baselines.cells import gold, limits, strongest, within
from globalpointer.nn.baselines.spans import nearest_spans, rare
from globalpointer.nn.baselines.tags import only_grid
from globalpointer.nn.contracts import Batch
from globalpointer.nn.heads.global_pointer import at_least_float32, at_legal, lecun
from globalpointer.nn.token_pair import by_example


class PointerNetwork(nn.Module):
    """Two linear classifiers of tokens for each label; an Extractor.

        start:  σ(u_t·h_j + a_t)        end:  σ(v_t·h_j + b_t)

    `loss` "bce": the binary cross-entropy, summed over both ends and all labels, the mean over legal tokens. a and
    b begin as `spans.rare` says.
    "multilabel": log(1 + Σ_neg exp s) + log(1 + Σ_pos exp -s) over the tokens, summed over both ends and all labels,
    the mean over examples; then GlobalPointer differs only in judging both ends together. `dropout` stands between
    encoder and classifiers.

    Limits: the ends are judged apart, and a start goes with the nearest end of its label at or behind it. So of two
    entities of a label with one start the longer is lost, and of two nested ones that end apart the outer.
    `batch.ignore` is not read.

    Source: the pointer network that Su et al., 2022, GlobalPointer, section 1, set out from; Li et al., 2020, A Unified
    MRC Framework for NER, section 3.2, the two ends without the matching.
    """

    monotone: ClassVar[bool] = False

    def __init__(
        self,
        encoder: nn.Module,
        grids: Sequence[Grid],
        *,
        dropout: float = 0.0,
        loss: str = "bce",
    ) -> None:
        super().__init__()
        if loss not in ("bce", "multilabel"):
            raise ConfigError(f'the loss of pointers must be "bce" or "multilabel", not {loss!r}')
        self.grid = only_grid(grids, "a pointer network")
        self.surprise = _binary if loss == "bce" else _multilabel
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        # First the starts of all labels, then the ends
        self.ends = lecun(nn.Linear(hidden, 2 * len(self.grid.labels)))
        if loss == "bce":
            rare(self.ends)

    def forward(self, batch: Batch) -> Float[Tensor, ""]:
        """As loss."""
        return self.loss(batch)

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        """The loss the class names; 0 without a legal token. Raises ValueError and AlignmentError as `cells.gold`."""
        example, kind, first, last = gold(batch, self.grid).unbind(1)
        logits = self._logits(batch)
        marks = torch.zeros_like(logits, dtype=torch.bool)
        marks[example, 0, kind, first] = marks[example, 1, kind, last] = True
        return self.surprise(logits, marks, batch.legal)

    @torch.no_grad()
    def find(
        self, batch: Batch, *, threshold: Mapping[str, float | Tensor] | float = 0.0, limit: int | None = None
    ) -> list[ScoredCells]:
        """The cells above the threshold (by grid, 0 where it is not named) of each example.

        Both ends must be above it; the logit of a cell is that of its less sure end. `limit`: at most that many cells
        an example, the best.
        """
        logits = self._logits(batch)
        over = limits(threshold, self.grid, logits.device)
        spans = nearest_spans(logits, over, over)
        spans = spans.at(within(self.grid, spans.first, spans.last))
        cells = torch.stack([spans.group, spans.plane, spans.first, spans.last], 1)
        scored = by_example(*strongest(cells, spans.logits, limit), len(batch.tokens))
        return [{self.grid.name: each} for each in scored]

    def _logits(self, batch: Batch) -> Float[Tensor, "batch 2 types tokens"]:
        """That an entity starts, and that one ends at a token; -inf where none can."""
        hidden = self.dropout(self.encoder(batch.tokens, batch.attention))
        with torch.autocast(hidden.device.type, enabled=False):
            logits = at_least_float32(self.ends(at_legal(hidden, batch.legal, self.ends.weight.dtype))).mT
            logits = logits.masked_fill(~batch.legal[:, None], float("-inf"))
            return logits.view(len(logits), 2, len(self.grid.labels), -1)


def _binary(
    logits: Float[Tensor, "batch 2 types tokens"],
    marks: Bool[Tensor, "batch 2 types tokens"],
    legal: Bool[Tensor, "batch tokens"],
) -> Float[Tensor, ""]:
    """-log σ(x) = softplus(x) - x of what is gold, softplus(x) of what is not: 0 for a logit of -inf."""
    return (nn.functional.softplus(logits).sum() - logits[marks].sum()) / legal.sum().clamp(min=1)


def _multilabel(
    logits: Float[Tensor, "batch 2 types tokens"],
    marks: Bool[Tensor, "batch 2 types tokens"],
    legal: Bool[Tensor, "batch tokens"],
) -> Float[Tensor, ""]:
    """log(1 + Σ_neg exp s) + log(1 + Σ_pos exp -s) over the tokens."""
    zero = logits.new_zeros((*logits.shape[:-1], 1))
    none = float("-inf")
    negative = torch.cat([logits.masked_fill(marks, none), zero], -1).logsumexp(-1)
    positive = torch.cat([(-logits).masked_fill(~marks, none), zero], -1).logsumexp(-1)
    return (negative + positive).sum() / legal.any(1).sum().clamp(min=1)
