"""CRF tagging: the BIO tags of a text are chosen together."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils import parametrize

from globalpointer.errors import ConfigError, DependencyError
from globalpointer.grid import Grid, ScoredCells
from globalpointer.nn.baselines import tags
from globalpointer.nn.baselines.cells import gold
from globalpointer.nn.baselines.paths import best_path, only_legal
from globalpointer.nn.contracts import Batch
from globalpointer.nn.heads.global_pointer import lecun

REDUCTIONS = ("mean", "token_mean")


class CrfTagger(nn.Module):
    """A linear-chain conditional random field over BIO tags; an Extractor.

        S(y) = a_(y_1) + Σ_j e_j(y_j) + Σ_j T(y_(j-1), y_j) + b_(y_n)        p(y) = exp S(y) / Σ_y' exp S(y')

    with e_j = W h_j + c. The loss is -log p(y), the mean over examples, or with `reduction` "token_mean" the sum over
    examples by the number of their legal tokens; in float32 at least, by pytorch-crf.

    `transition_multiplier`: a, b and T are kept divided by it and multiplied on use, which under Adam is a learning
    rate so many times as large; with that of the rest they hardly leave their start in a short training. Their
    gradients grow with it, too, and count so where the norm of all is clipped. `constrained`: the answer is the best
    path on which an I follows a B or an I of its type; training knows no such bound. `dropout` stands between encoder
    and W.

    Limits: entities do not overlap; of gold that does, the longest is learned (`tags.encode`). `batch.ignore` is not
    read.

    Source: Lafferty et al., 2001; Lample et al., 2016, eq. 1-2; the multiplier: Su, kexue.fm/archives/7196.
    """

    monotone: ClassVar[bool] = True

    def __init__(
        self,
        encoder: nn.Module,
        grids: Sequence[Grid],
        *,
        dropout: float = 0.0,
        transition_multiplier: float = 100.0,
        reduction: str = "mean",
        constrained: bool = True,
    ) -> None:
        super().__init__()
        if reduction not in REDUCTIONS or not transition_multiplier > 0:
            raise ConfigError(
                f"a CRF needs reduction {' or '.join(map(repr, REDUCTIONS))} and transition_multiplier > 0, "
                f"not {reduction!r} and {transition_multiplier}"
            )
        self.grid = tags.only_grid(grids, "a CRF")
        self.reduction, self.constrained = reduction, constrained
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        self.tag = lecun(nn.Linear(hidden, tags.tag_count(self.grid)))
        self.chain = _chain(tags.tag_count(self.grid), transition_multiplier)

    def forward(self, batch: Batch) -> Float[Tensor, ""]:
        """As loss."""
        return self.loss(batch)

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        """The reduced -log p of the gold tags; 0 without a legal token.

        Examples without one count in no mean. Raises ValueError and AlignmentError as `cells.gold`.
        """
        cells = gold(batch, self.grid)
        where = tags.sequences(batch.legal)
        scores = self._scores(batch, where)
        target = tags.encode(cells, batch.legal, where.mask.shape[1])
        # pytorch-crf refuses empty sequences
        some = where.mask[:, 0]
        if not bool(some.any()):
            return scores.sum() * 0.0
        with torch.autocast(scores.device.type, enabled=False), parametrize.cached():
            surprise: Tensor = -self.chain(scores[some], target[some], where.mask[some], reduction=self.reduction)
        return surprise

    @torch.no_grad()
    def find(
        self, batch: Batch, *, threshold: Mapping[str, float | Tensor] | float = 0.0, limit: int | None = None
    ) -> list[ScoredCells]:
        """The answered cells whose logit reaches the threshold (by grid, 0 where it is not named), of each example.

        The logit of a cell is the least, over its tokens, of S of the best path minus S of the best one with another
        tag there. It is never below 0, so the threshold 0 keeps the whole answer and a lower one adds nothing. `limit`:
        at most that many cells an example, the best.
        """
        where = tags.sequences(batch.legal)
        scores = self._scores(batch, where)
        start, transitions = self.chain.start_transitions, self.chain.transitions
        if self.constrained:
            start, transitions = only_legal(start, transitions)
        path, margins = best_path(scores, where.mask, start, transitions, self.chain.end_transitions)
        return tags.found(self.grid, where, path, margins, threshold=threshold, limit=limit)

    def _scores(self, batch: Batch, where: tags.Sequences) -> Float[Tensor, "batch length tags"]:
        hidden = self.dropout(self.encoder(batch.tokens, batch.attention))
        return tags.emissions(self.tag, hidden, batch.legal, where.places)


class _Multiplied(nn.Module):
    """A parameter that is kept divided by a number."""

    def __init__(self, multiplier: float) -> None:
        super().__init__()
        self.multiplier = multiplier

    def forward(self, kept: Tensor) -> Tensor:
        return kept * self.multiplier

    def right_inverse(self, used: Tensor) -> Tensor:
        return used / self.multiplier


def _chain(tag_count: int, multiplier: float) -> Any:
    """The CRF of pytorch-crf, its parameters kept divided by `multiplier`."""
    try:
        from torchcrf import CRF
    except ImportError:
        raise DependencyError('the system "crf" needs pytorch-crf: pip install "globalpointer[crf]"') from None
    chain = CRF(tag_count, batch_first=True)
    for name in ("start_transitions", "transitions", "end_transitions"):
        parametrize.register_parametrization(chain, name, _Multiplied(multiplier))
    return chain
