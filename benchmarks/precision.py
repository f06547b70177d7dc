"""The error of each formulation in float32, against the exact sparse form in float64.

Every (example, type) has one gold cell, so that bert4torch's loss needs no padding, which would take the cell (0, 0)
out of its negatives.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from benchmarks.formulations import (
    LOSSES,
    Case,
    Loss,
    cell_by_cell,
    leaf,
    named,
    peers_absent,
    present,
    sparse,
    trained,
    untrained,
)
from globalpointer.nn.scores import FactoredScores

CASES = [Case("efficient", 4, 200, 10), Case("per-type", 4, 200, 10)]
CONFIDENT = 60.0
"""Strength of `trained` at which gold scores reach 20."""

PEAK = 80.0


def rows(cases: list[Case] | None = None) -> Iterator[dict[str, Any]]:
    """A row a case and a kind of scores: the largest error of a loss and of a gradient, by formulation."""
    sides = LOSSES if peers_absent() else {**LOSSES, "bert4torch": bert4torch}
    for case in CASES if cases is None else cases:
        cells = one_each(case)
        for model, scores in models(case, cells).items():
            truth = evaluate(sparse, scores, cells, torch.float64)
            errors = {name: error(evaluate(loss, scores, cells, torch.float32), truth) for name, loss in sides.items()}
            yield {**named(case), "model": model, "errors": errors}


def models(case: Case, cells: Tensor) -> dict[str, FactoredScores]:
    """Scores as they come up: at the start, after training, very sure, and as large as they get."""
    start = untrained(case)
    factor = PEAK / cell_by_cell(start).masked_fill(~legal_cells(start), 0).abs().max()
    biases = (None if bias is None else bias * factor for bias in (start.row_bias, start.col_bias))
    return {
        "untrained": start,
        "trained": trained(case, cells),
        "sure": trained(case, cells, CONFIDENT),
        "up to ±80": FactoredScores(start.query * factor, start.key, *biases, start.mask),
    }


def legal_cells(scores: FactoredScores) -> Tensor:
    """Which scores exist: [batch types tokens tokens]."""
    return cell_by_cell(scores) > -1e11


def one_each(case: Case) -> Tensor:
    """A gold cell for each example and type, sorted."""
    generator = torch.Generator().manual_seed(3)
    pairs = torch.cartesian_prod(torch.arange(case.batch), torch.arange(case.types))
    row = torch.randint(case.tokens - 8, (len(pairs),), generator=generator)
    col = row + torch.randint(8, (len(pairs),), generator=generator)
    return torch.cat([pairs, row[:, None], col[:, None]], 1)


def bert4torch(scores: FactoredScores, cells: Tensor) -> Tensor:
    """bert4torch's sparse loss, with its clip at 1e-7, on all scores."""
    from bert4torch.losses import SparseMultilabelCategoricalCrossentropy

    logits = cell_by_cell(scores)
    target = (cells[:, 2] * logits.shape[-1] + cells[:, 3]).view(*logits.shape[:2], 1)
    total: Tensor = SparseMultilabelCategoricalCrossentropy()(logits.flatten(2), target)
    return total


def evaluate(loss: Loss, scores: FactoredScores, cells: Tensor, dtype: torch.dtype) -> list[Tensor]:
    """The losses, and the gradients of their sum in the factors."""
    own = leaf(scores, dtype)
    value = loss(own, cells)
    return [value.detach(), *torch.autograd.grad(value.sum(), present(own))]


def error(found: list[Tensor], truth: list[Tensor]) -> dict[str, float]:
    """The largest absolute error of a loss; that of a gradient, divided by the largest gradient of its factor."""
    loss, *parts = [(a - b).abs().max().item() for a, b in zip(found, truth, strict=True)]
    scale = [each.abs().max().item() for each in truth[1:]]
    return {"loss": loss, "gradient": max(part / size for part, size in zip(parts, scale, strict=True))}
