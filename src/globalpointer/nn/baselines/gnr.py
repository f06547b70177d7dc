"""The Globally Normalized Reader: choose a sentence, then the first token of the answer in it, then the last."""

from collections.abc import Mapping, Sequence
from math import log
from typing import ClassVar, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.grid import Grid, ScoredCells
from globalpointer.nn.baselines.answers import answer_grid, surprise
from globalpointer.nn.baselines.cells import gold, limits, strongest
from globalpointer.nn.baselines.sentences import Borders, borders
from globalpointer.nn.contracts import Batch
from globalpointer.nn.heads.global_pointer import at_least_float32, at_legal, lecun
from globalpointer.nn.heads.null import NullScore
from globalpointer.nn.token_pair import by_example

NONE = float("-inf")


class Step(NamedTuple):
    """The candidates of one step of the search: the logits of the paths to them, and the best ones, the beam.

    Logits are measured from the null; -inf where a candidate cannot be.
    """

    logits: Float[Tensor, "batch candidates"]
    beam: Float[Tensor, "batch beam"]
    picks: Int[Tensor, "batch beam"]

    @classmethod
    def best(cls, logits: Float[Tensor, "batch candidates"], beam: int) -> "Step":
        """The beam of these candidates."""
        return cls(logits, *logits.topk(min(beam, logits.shape[1]), dim=1))

    def kept(self, gold: Bool[Tensor, "batch candidates"]) -> Bool[Tensor, "batch beam"]:
        """Which of the beam are gold."""
        return gold.gather(1, self.picks) & (self.beam > NONE)


class Search(NamedTuple):
    """The three steps, and the cells (row, col) that the candidates of the last one stand for."""

    sentences: Step
    starts: Step
    ends: Step
    rows: Int[Tensor, "batch candidates"]
    cols: Int[Tensor, "batch candidates"]


class GloballyNormalizedReader(nn.Module):
    """Sentence, start and end, each among what the step before kept; an Extractor.

        sentence S:  w·[h_first ; h_last]
        start i in S:  u·h_i
        end j >= i in S:  v·tanh(W [h_i ; h_j] + c)

    A path has the sum of its three scores; each step keeps the best `beam` paths. The softmax is over the paths of the
    last beam and "no answer", whose score is that of heads.null and begins at log `beam`: global normalisation, in
    which a path can be as improbable as all others are good. `size`: the width of the last layer. `dropout` stands
    between encoder and scores.

    The loss is the cross-entropy of that softmax, of several gold answers in the beam that of their sum. Where a step
    lost all gold paths, the loss is that of this step instead, over all its candidates and "no answer" (early update):
    so gold always has a gradient. The mean over windows.

    Differs from its source in the encoder, which here is any and has read the question; in the last step, a layer for
    each pair in the place of an LSTM from the start on; and in "no answer", which it does not have.

    Limits: an answer across the border of two sentences cannot be found, and is not learned; a window whose answers all
    are such is left out of the loss. At most `beam` answers are found in a window. `batch.ignore` is not read. Without
    `batch.sentences` the context is one sentence.

    Source: Raiman and Miller, 2017, Globally Normalized Reader, section 2; early update of the authors' repository.
    """

    monotone: ClassVar[bool] = True

    def __init__(
        self, encoder: nn.Module, grids: Sequence[Grid], *, dropout: float = 0.0, beam: int = 32, size: int = 64
    ) -> None:
        super().__init__()
        if min(beam, size) < 1:
            raise ConfigError(f"the reader needs a beam and a size of at least 1, not {beam} and {size}")
        self.grid = answer_grid(grids, "the Globally Normalized Reader")
        self.beam = beam
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        self.sentence = lecun(nn.Linear(2 * hidden, 1))
        self.start = lecun(nn.Linear(hidden, 1))
        self.combine = lecun(nn.Linear(2 * hidden, size))
        self.end = lecun(nn.Linear(size, 1))
        self.null = NullScore(hidden, start=log(beam))

    def forward(self, batch: Batch) -> Float[Tensor, ""]:
        """As loss."""
        return self.loss(batch)

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        """See above; 0 where no window is learned from. Raises ValueError and AlignmentError as `cells.gold`."""
        cells, where = gold(batch, self.grid), borders(batch)
        example, _, first, last = cells.unbind(1)
        whole = where.of[example, first] == where.of[example, last]
        learned = torch.ones(len(batch.tokens), dtype=torch.bool, device=cells.device)
        learned[example] = False
        learned[example[whole]] = True
        loss = self._surprise(self._search(batch, where), where, cells[whole])
        return (loss * learned).sum() / learned.sum().clamp(min=1)

    @torch.no_grad()
    def find(
        self, batch: Batch, *, threshold: Mapping[str, float | Tensor] | float = 0.0, limit: int | None = None
    ) -> list[ScoredCells]:
        """The cells of the last beam that are above the threshold (by grid, 0 where it is not named) of each example.

        `limit`: at most that many cells an example, the best.
        """
        search = self._search(batch, borders(batch))
        logits, picks = search.ends.beam, search.ends.picks
        above = (logits > limits(threshold, self.grid, logits.device)) & (logits > NONE)
        example, place = above.nonzero().unbind(1)
        row, col = (each[example, picks[example, place]] for each in (search.rows, search.cols))
        cells = torch.stack([example, torch.zeros_like(example), row, col], 1)
        scored = by_example(*strongest(cells, logits[above], limit), len(logits))
        return [{self.grid.name: each} for each in scored]

    def _search(self, batch: Batch, where: Borders) -> Search:
        """The beam, step by step."""
        hidden = self.dropout(self.encoder(batch.tokens, batch.attention))
        with torch.autocast(hidden.device.type, enabled=False):
            null = self.null(hidden, batch.legal)
            hidden = at_legal(hidden, batch.legal, self.start.weight.dtype)
            sentences = Step.best(self._sentence_logits(hidden, where) - null, self.beam)
            starts = Step.best(self._start_logits(hidden, batch.legal, where, sentences), self.beam)
            cols, inside = self._reach(batch.legal, where, starts)
            logits = (starts.beam[..., None] + self._end_logits(hidden, starts.picks, cols)).masked_fill(~inside, NONE)
            rows = starts.picks[..., None].expand_as(cols)
            return Search(sentences, starts, Step.best(logits.flatten(1), self.beam), rows.flatten(1), cols.flatten(1))

    def _sentence_logits(
        self, hidden: Float[Tensor, "batch tokens hidden"], where: Borders
    ) -> Float[Tensor, "batch sentences"]:
        places = (each.clamp(0, hidden.shape[1] - 1)[..., None] for each in (where.first, where.last))
        ends = [hidden.take_along_dim(place, 1) for place in places]
        logits = at_least_float32(self.sentence(torch.cat(ends, 2)))[..., 0]
        return logits.masked_fill(where.last < 0, NONE)

    def _start_logits(
        self,
        hidden: Float[Tensor, "batch tokens hidden"],
        legal: Bool[Tensor, "batch tokens"],
        where: Borders,
        before: Step,
    ) -> Float[Tensor, "batch tokens"]:
        """Of the paths to each token of the sentences in the beam."""
        paths = torch.full_like(before.logits, NONE).scatter(1, before.picks, before.beam)
        logits = paths.gather(1, where.of) + at_least_float32(self.start(hidden))[..., 0]
        return logits.masked_fill(~legal, NONE)

    def _reach(
        self, legal: Bool[Tensor, "batch tokens"], where: Borders, starts: Step
    ) -> tuple[Int[Tensor, "batch beam length"], Bool[Tensor, "batch beam length"]]:
        """The tokens from each start on, and which of them may be its end: those of its sentence, within the width."""
        width = self.grid.max_width
        length = where.longest if width is None else min(where.longest, width)
        cols = starts.picks[..., None] + torch.arange(length, device=legal.device)
        inside = cols < legal.shape[1]
        cols = cols.clamp(max=legal.shape[1] - 1)
        flat = cols.flatten(1)
        same = where.of.gather(1, flat).view_as(cols) == where.of.gather(1, starts.picks)[..., None]
        return cols, inside & same & legal.gather(1, flat).view_as(cols)

    def _end_logits(
        self,
        hidden: Float[Tensor, "batch tokens hidden"],
        starts: Int[Tensor, "batch beam"],
        ends: Int[Tensor, "batch beam length"],
    ) -> Float[Tensor, "batch beam length"]:
        """Of each end given its start: what a token gives is computed once, and not once a start."""
        from_start, to_end = self.combine.weight.chunk(2, 1)
        given = nn.functional.linear(hidden, from_start, self.combine.bias).take_along_dim(starts[..., None], 1)
        asked = nn.functional.linear(hidden, to_end).take_along_dim(ends.flatten(1)[..., None], 1)
        return at_least_float32(self.end(torch.tanh(given[:, :, None] + asked.view(*ends.shape, -1))))[..., 0]

    def _surprise(self, search: Search, where: Borders, cells: Int[Tensor, "cells 4"]) -> Float[Tensor, " batch"]:
        """The cross-entropy of the last beam, or of the first step that lost the last of the gold cells."""
        answered = torch.zeros(len(where.of), dtype=torch.bool, device=cells.device)
        answered[cells[:, 0]] = True
        loss, reached = search.ends.beam.new_zeros(len(answered)), torch.ones_like(answered)
        for step, marks in zip(search[:3], _marks(search, where, cells), strict=True):
            loss = torch.where(reached, surprise(step.logits, marks & (step.logits > NONE)), loss)
            kept = step.kept(marks)
            reached = reached & kept.any(1)
        return torch.where(reached | ~answered, surprise(search.ends.beam, kept), loss)


def _marks(search: Search, where: Borders, cells: Int[Tensor, "cells 4"]) -> list[Bool[Tensor, "batch candidates"]]:
    """Which candidates of each step are on the way to a gold cell."""
    example, _, first, last = cells.unbind(1)
    sentences, starts = (torch.zeros_like(step.logits, dtype=torch.bool) for step in search[:2])
    sentences[example, where.of[example, first]] = starts[example, first] = True
    tokens = where.of.shape[1]
    window = torch.arange(len(where.of), device=cells.device)[:, None]
    every = (window * tokens + search.rows) * tokens + search.cols
    return [sentences, starts, torch.isin(every, (example * tokens + first) * tokens + last)]
