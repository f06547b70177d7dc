"""What a model finds at one threshold after another, without reading the texts anew for each."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from globalpointer.errors import LimitWarning
from globalpointer.grid import ScoredCells
from globalpointer.predictor import Predictor
from globalpointer.tasks.settle import settle
from globalpointer.tasks.thresholds import Limits, Thresholds
from globalpointer.text.spans import Document

MANY = 1.0
"""Cells a token and grid, on average: where there are more, as in an untrained model, none is worth decoding."""

Decode = Callable[[Thresholds], list[Document] | None]
"""The documents that are found at a threshold; None: too many to look at."""


def decoder(
    predictor: Predictor,
    texts: Sequence[Document],
    lowest: Thresholds,
    *,
    policy: str | None = None,
    batch_size: int = 32,
) -> Decode:
    """A function of the threshold, none below `lowest`.

    Where the score of a cell does not depend on the threshold, the texts are read once, and decoded for each: with a
    link fewer, an event may come apart. Of some compared systems it does, and those read anew.
    """
    if predictor.model.extractor.monotone:
        return _read_once(predictor, texts, lowest, policy or predictor.overlap_policy, batch_size)
    return lambda thresholds: list(
        predictor.predict(texts, batch_size=batch_size, threshold=thresholds.named, overlap_policy=policy)
    )


@contextmanager
def many_cells() -> Iterator[None]:
    """Where many cells are expected, from a model in its first epochs or at a low threshold, nobody needs a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimitWarning)
        yield


def _read_once(
    predictor: Predictor, texts: Sequence[Document], lowest: Thresholds, policy: str, batch_size: int
) -> Decode:
    task = predictor.model.task
    found = predictor.find(texts, batch_size=batch_size, threshold=predictor.limits(lowest))
    most = MANY * len(task.grids) * sum(len(each.encoded.tokens) for each in found)

    def decode(thresholds: Thresholds) -> list[Document] | None:
        limits = task.limits(thresholds)
        cells = [_above(each.cells, limits) for each in found]
        if task.ranks is None and sum(len(grid) for each in cells for grid in each.values()) > most:
            return None
        decoded = (
            task.decode(each, text.text, read.encoded.tokens)
            for text, each, read in zip(texts, cells, found, strict=True)
        )
        return [settle(each, thresholds, policy) for each in decoded]

    return decode


def _above(cells: ScoredCells, limits: Limits) -> ScoredCells:
    return {
        name: {cell: logit for cell, logit in found.items() if logit > limits[name][cell.type]}
        for name, found in cells.items()
    }
