"""The loss of reading comprehension: one softmax over all cells of a window and "no answer"."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from globalpointer.errors import ConfigError
from globalpointer.nn.kernels import dispatch
from globalpointer.nn.losses.gold import cells_of, distinct_gold, numbered, to_ignore
from globalpointer.nn.scores import PairScores, per_type


class Answers(NamedTuple):
    """Gold cells that are not ignored, and the ignored cells; both legal, sorted, and each once."""

    gold: Int[Tensor, "gold 4"]
    ignored: Int[Tensor, "ignored 4"]


@dispatch.eager
def joint_crossentropy(
    scores: PairScores,
    cells: Int[Tensor, "cells 4"],
    *,
    targets: Float[Tensor, " cells"] | None = None,
    ignore: Int[Tensor, "ignored 4"] | None = None,
    threshold: float | Float[Tensor, " types"] = 0.0,
    impl: str = "auto",
) -> Float[Tensor, "batch types"]:
    """Compute log(1 + Σ e^(s-TH)) - log Σ_gold e^(s-TH) for each example and type; the caller reduces.

    "No answer" is a class of the logit 0, the 1; it is the answer where there is no gold, and the second term is 0. Of
    several gold cells the sum is asked for, not each (the mean of their logs): they are one answer that annotators
    marked differently, and which of them the model prefers is its own choice; with the mean it would have to give all
    the same probability. `ignore`: cells that are no class, even where they are gold. The scores of all cells are never
    built, and gold is left out of the sum over the others, so nothing cancels. `impl`: see kernels.dispatch. Raises
    ConfigError for soft targets, and as gold.distinct_gold.

    Source: Clark and Gardner, 2018, Simple and Effective Multi-Paragraph Reading Comprehension (the class "no answer");
    Kadlec et al., 2016, Text Understanding with the Attention Sum Reader Network (the sum over gold).
    """
    gold, ignored = answers(scores, cells, targets, ignore)
    limits = per_type(scores, threshold)
    left_out = torch.unique(numbered(scores, torch.cat([gold, ignored])))
    others, inside = dispatch.split(scores.source, cells_of(scores, left_out), impl)
    logits = inside[torch.searchsorted(left_out, numbered(scores, gold))] - limits[gold[:, 1]]
    rest = torch.logaddexp(others - limits, torch.zeros_like(others))
    return _surprise(rest, gold, logits)


def answers(
    scores: PairScores, cells: Int[Tensor, "cells 4"], targets: Tensor | None, ignore: Int[Tensor, "ignored 4"] | None
) -> Answers:
    """What a softmax over cells learns from. Raises ConfigError for soft targets, and as gold.distinct_gold."""
    if targets is not None:
        raise ConfigError(
            "soft targets: a softmax over all cells learns from gold cells alone; leave the scores out of the data, or "
            'choose model.loss = "multilabel"'
        )
    cells, _ = distinct_gold(scores, cells, None)
    if ignore is None:
        return Answers(cells, cells[:0])
    ignored = torch.unique(numbered(scores, to_ignore(scores, ignore)))
    return Answers(cells[~torch.isin(numbered(scores, cells), ignored)], cells_of(scores, ignored))


def grouped(
    cells: Int[Tensor, "cells 4"], values: Tensor, types: int, padding: float
) -> tuple[Int[Tensor, " groups"], Tensor]:
    """The numbers of the squares that have cells (sorted), and the values of each in a row, padded at its end."""
    square, counts = torch.unique_consecutive(cells[:, 0] * types + cells[:, 1], return_counts=True)
    if not len(square):
        return square, values[None, :0]
    rows: Sequence[Tensor] = torch.split(values, counts.tolist())
    return square, pad_sequence(list(rows), batch_first=True, padding_value=padding)


def _surprise(
    rest: Float[Tensor, "batch types"], gold: Int[Tensor, "gold 4"], logits: Float[Tensor, " gold"]
) -> Float[Tensor, "batch types"]:
    """log(1 + e^(rest - right)), right = log Σ_gold; `rest` itself where "no answer", which it counts, is right."""
    if not len(gold):
        return rest
    square, table = grouped(gold, logits, rest.shape[1], float("-inf"))
    flat = rest.flatten()
    margin = flat[square] - table.logsumexp(1)
    return flat.index_put((square,), torch.logaddexp(margin, torch.zeros_like(margin))).view_as(rest)
