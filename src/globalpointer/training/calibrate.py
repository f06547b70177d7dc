"""From logits to probabilities: the slope `a` of sigmoid(a * logit), fitted on the development part."""

import warnings
from collections.abc import Sequence

from globalpointer.evaluation.calibration import fit_slope
from globalpointer.predictor import LimitWarning, Predictor
from globalpointer.text.spans import Document

DOUBTFUL = -4.0
"""Cells above this logit take part in the fit: those that were found, and those that nearly were."""


def calibrate(predictor: Predictor, documents: Sequence[Document], *, batch_size: int = 32) -> None:
    """Fit the slope on the cells that the model finds, or nearly finds, and set it in the model's configuration."""
    task = predictor.model.task
    with warnings.catch_warnings():
        # So far below the decision there may be any number of cells: expected here, and the best ones are enough.
        warnings.simplefilter("ignore", LimitWarning)
        found = predictor.find([document.text for document in documents], batch_size=batch_size, threshold=DOUBTFUL)
    logits: list[float] = []
    right: list[bool] = []
    for document, each in zip(documents, found, strict=True):
        gold = {(entity.label, entity.span) for entity in document.entities or ()}
        for cell, logit in each.cells.get("entity", {}).items():
            logits.append(logit)
            label, span = task.schema.entities[cell.type], each.encoded.tokens.span(cell.row, cell.col)
            right.append((label, span) in gold)
    if any(right) and not all(right):
        predictor.model.config.slope = fit_slope(logits, right)
