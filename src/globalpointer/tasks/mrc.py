"""Reading comprehension: a question is asked of a text, and the answer is one cell over the text."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from globalpointer.grid import Cell, Grid, ScoredCells
from globalpointer.tasks.base import Encoding, Place, annotated, place
from globalpointer.tasks.thresholds import CERTAIN, Limits, Thresholds, sigmoid
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Annotation, Answer, Document, Span
from globalpointer.text.tokens import TokenMap

GRID = "answer"


@dataclass(frozen=True)
class MrcTask:
    """Answers as cells of the one grid "answer", which has one type.

    A logit is that of a cell minus that of "this window holds no answer", so that windows can be compared. All cells of
    a text compete, and with them that there is no answer, whose logit is 0:

        p(i, j) = exp s(i, j) / (1 + Σ exp s(k, l))

    with the sum over those of the `ranks` best cells of each window that it answers for. `decode` gives the best `best`
    answers, the best first; `decode(encode(document))` gives back every answer of the document but those in `lost`,
    unless there are more than `best`. Scores are p as it is, for a slope for each would let them sum to more than 1.

    Whether there is an answer at all is asked of the best one alone: `answerable` is sigmoid(max s), so that neither
    near-duplicates of it nor other windows, which all take a part of p, make a model silent. There are no labels, so
    the schema is empty.
    """

    asks: ClassVar[bool] = True
    ranks: ClassVar[int | None] = 128
    slopes: ClassVar[Mapping[str, float]] = {}

    schema: Schema = field(default_factory=Schema)
    max_width: int | None = None
    best: int = 5
    overlap_policy: str = field(default="allow", init=False, repr=False, compare=False)
    kinds: tuple[str, ...] = field(default=("answer",), init=False, repr=False, compare=False)
    grids: tuple[Grid, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "grids", (Grid(GRID, (GRID,), True, self.max_width),))

    def encode(self, document: Document, tokens: TokenMap) -> Encoding:
        """The cells of a document's answers, none where the text does not say. DataError: not annotated."""
        parts: dict[Annotation, tuple[Place, ...]] = {}
        lost: dict[Annotation, str] = {}
        annotated("answers", document.answers, document)
        for answer in document.answers or ():
            pair = place(answer.span, self.grids[0], tokens)
            if isinstance(pair, str):
                lost[answer] = pair
            else:
                parts[answer] = ((GRID, Cell(0, *pair)),)
        return Encoding.of(self.grids, parts, lost)

    def decode(self, cells: ScoredCells, text: str, tokens: TokenMap) -> Document:
        """The best answers, the best first. Cells that cover the same characters are one answer, with their sum."""
        logits: dict[Span, list[float]] = {}
        for cell, logit in cells.get(GRID, {}).items():
            logits.setdefault(tokens.span(cell.row, cell.col), []).append(logit)
        merged = {span: _log_sum(each) for span, each in logits.items()}
        ranked = sorted(merged, key=lambda span: (-merged[span], span))[: self.best]
        whole = _log_sum([0.0, *merged.values()])
        answers = tuple(
            Answer(span, text[span.start : span.end], _probability(merged[span] - whole)) for span in ranked
        )
        answerable = min(sigmoid(merged[ranked[0]]), CERTAIN) if ranked else 0.0
        return Document(text, answers=answers, answerable=answerable)

    def limits(self, thresholds: Thresholds) -> Limits:  # noqa: ARG002  (as every task)
        """No cell is left out by its logit alone: each takes a part of the probability."""
        return {GRID: (-math.inf,)}


def _log_sum(logits: list[float]) -> float:
    """The log of Σ exp, without overflow."""
    highest = max(logits)
    return highest + math.log(math.fsum(math.exp(each - highest) for each in logits))


def _probability(log_probability: float) -> float:
    """exp, but below 1, so that there is room for what else there may be."""
    return min(math.exp(min(log_probability, 0.0)), CERTAIN)
