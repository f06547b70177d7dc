"""Losses to compare the multi-label loss with: each cell judged alone, or the types of a cell as classes of a softmax.

All have its signature and give a sum over the cells of a square, [batch types]; the model's reduction takes the mean of
these over types and examples, or adds the types. Unlike the multi-label loss they build the scores of all cells.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import logsigmoid

from globalpointer.errors import ConfigError
from globalpointer.nn.kernels import dispatch
from globalpointer.nn.losses.gold import distinct_gold, to_ignore
from globalpointer.nn.scores import PairScores


@dispatch.eager
def binary_crossentropy(
    scores: PairScores,
    cells: Int[Tensor, "cells 4"],
    *,
    targets: Float[Tensor, " cells"] | None = None,
    ignore: Int[Tensor, "ignored 4"] | None = None,
) -> Float[Tensor, "batch types"]:
    """Σ -log σ(s) over gold cells + Σ -log σ(-s) over the others: a yes-or-no question for each legal cell.

    A soft target t counts as t gold cells and 1 - t others. Raises as gold.distinct_gold.
    """
    every = _every_cell(scores, cells, targets, ignore)
    return _weighted(every, gold=-logsigmoid(every.logits), other=-logsigmoid(-every.logits))


@dispatch.eager
def focal_crossentropy(
    scores: PairScores,
    cells: Int[Tensor, "cells 4"],
    *,
    targets: Float[Tensor, " cells"] | None = None,
    ignore: Int[Tensor, "ignored 4"] | None = None,
    gamma: float = 2.0,
    alpha: float | None = None,
) -> Float[Tensor, "batch types"]:
    """As binary_crossentropy, where a cell of which the answer has probability p weighs (1 - p)^gamma.

    `alpha`: gold cells weigh alpha, the others 1 - alpha; None: 1 both. The source divides by the number of gold cells;
    here nothing is divided. A soft target t counts as t gold cells and 1 - t others, but the minimum of that is not
    at σ(s) = t. Raises ConfigError for other weights, and as gold.distinct_gold.

    Source: Lin et al., 2017, Focal Loss for Dense Object Detection, eq. 5.
    """
    if not gamma >= 0 or not (alpha is None or 0 < alpha < 1):
        raise ConfigError(f"the focal loss needs gamma >= 0 and alpha between 0 and 1, not {gamma} and {alpha}")
    every = _every_cell(scores, cells, targets, ignore)
    yes, no = logsigmoid(every.logits), logsigmoid(-every.logits)
    # By the logarithms, so that no power of 0 is differentiated
    gold, other = -yes * (gamma * no).exp(), -no * (gamma * yes).exp()
    if alpha is not None:
        gold, other = alpha * gold, (1 - alpha) * other
    return _weighted(every, gold, other)


@dispatch.eager
def softmax_crossentropy(
    scores: PairScores,
    cells: Int[Tensor, "cells 4"],
    *,
    targets: Float[Tensor, " cells"] | None = None,
    ignore: Int[Tensor, "ignored 4"] | None = None,
    negatives: float = 1.0,
) -> Float[Tensor, "batch types"]:
    """Σ log(1 + Σ_t e^(s_t)) - s_gold over pairs of tokens: the types and "none", whose logit is 0, are classes.

    What a pair of tokens costs belongs to its gold type; where there is none, to all types in equal parts. `negatives`:
    pairs without gold count with this probability, drawn anew at each call from torch's generator. Several gold types
    of a pair share its answer in equal parts, soft targets in proportion, and "none" has what they leave of 1. Ignored
    cells are no class. Raises ConfigError for a rate that is none, and as gold.distinct_gold.

    Source: Yu et al., 2020, Named Entity Recognition as Dependency Parsing; sampled negatives after Li et al., 2021,
    Empirical Analysis of Unlabeled Entity Problem in Named Entity Recognition, who draw a number of them a sentence.
    """
    if not 0 <= negatives <= 1:
        raise ConfigError(f"the softmax loss needs a rate of negatives between 0 and 1, not {negatives}")
    every = _every_cell(scores, cells, targets, ignore)
    classes = every.logits.masked_fill(~every.counted, float("-inf"))
    partition = torch.cat([torch.zeros_like(classes[:, :1]), classes], 1).logsumexp(1, keepdim=True)
    answer = every.targets / every.targets.sum(1, keepdim=True).clamp(min=1)
    none = (1 - answer.sum(1, keepdim=True)).clamp(min=0)
    if negatives < 1:
        none = none.masked_fill((none == 1) & (torch.rand_like(none) >= negatives), 0.0)
    surprise = answer * (partition - every.logits) + none * partition / scores.types
    return surprise.sum((-1, -2))


class _EveryCell(NamedTuple):
    """The squares as they are: 0 in all three where a cell is illegal or ignored."""

    logits: Float[Tensor, "batch types tokens tokens"]
    targets: Float[Tensor, "batch types tokens tokens"]
    counted: Bool[Tensor, "batch types tokens tokens"]


def _every_cell(scores: PairScores, cells: Tensor, targets: Tensor | None, ignore: Tensor | None) -> _EveryCell:
    cells, targets = distinct_gold(scores, cells, targets)
    logits = scores.logits()
    # Not "> -inf": a NaN is no illegal cell, and must not vanish
    counted = logits != float("-inf")
    if ignore is not None:
        counted[tuple(to_ignore(scores, ignore).unbind(1))] = False
    gold = torch.zeros_like(logits)
    gold[tuple(cells.unbind(1))] = 1.0 if targets is None else targets.to(gold)
    return _EveryCell(logits.masked_fill(~counted, 0.0), gold * counted, counted)


def _weighted(every: _EveryCell, gold: Tensor, other: Tensor) -> Float[Tensor, "batch types"]:
    """What cells cost as gold and as others, added up by their targets."""
    costs = every.targets * gold + (1 - every.targets) * other
    return costs.masked_fill(~every.counted, 0.0).sum((-1, -2))
