"""The loss that is what reading comprehension is judged by: the expected F1 of the answer."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from globalpointer.errors import ConfigError
from globalpointer.nn.kernels import dispatch, tiles
from globalpointer.nn.kernels.tiles import Part, Tile
from globalpointer.nn.losses.joint import answers, grouped
from globalpointer.nn.scores import PairScores, per_type


@dispatch.eager
def span_f1_loss(
    scores: PairScores,
    cells: Int[Tensor, "cells 4"],
    *,
    entropy: float = 0.05,
    targets: Float[Tensor, " cells"] | None = None,
    ignore: Int[Tensor, "ignored 4"] | None = None,
    threshold: float | Float[Tensor, " types"] = 0.0,
    impl: str = "auto",
) -> Float[Tensor, "batch types"]:
    """Compute -Σ p f1 + entropy · Σ p log p over all legal cells and "no answer", for each example and type.

    p is the softmax of s - TH, where "no answer" has the logit 0; f1(i, j) the highest 2·overlap / (length + length of
    gold), in tokens, over the gold cells of the square. The f1 of "no answer" is 1 where there is no gold, when that of
    every cell is 0; else 0. `entropy`: λ. The loss is least for p ~ e^(f1/λ), so 1/λ must lie well above the log of the
    number of cells, or p stays spread; with hardly any, p of some cell is soon near 1, and nothing more is learned.
    Ignored cells are no class, even where they are gold.

    Scores and f1 are built tile by tile, and built again for the gradient. `impl`: see kernels.dispatch; "reference"
    builds all scores at once, all others tiles. Raises ConfigError for another λ, for a grid that is not ordered and
    for soft targets, and as gold.distinct_gold.

    Source: Su, kexue.fm/archives/8373, the section on F1; several answers and "no answer" are ours.
    """
    if not 0 <= entropy <= 1:
        raise ConfigError(f"the loss of F1 needs entropy between 0 and 1, not {entropy}")
    if not scores.source.ordered:
        raise ConfigError("the loss of F1 is for spans, with row <= col; the cells of this grid are any two tokens")
    gold, ignored = answers(scores, cells, targets, ignore)
    limits = per_type(scores, threshold)
    spans = _spans(scores, gold).to(limits.dtype)
    loss = limits.new_zeros(len(scores.mask), scores.types)
    with torch.autocast(limits.device.type, enabled=False):
        for examples, types, blocks in _parts(scores.source, ignored, impl):
            own = spans[examples, types]
            sums = [checkpoint(_sums, block, limits[types], own, use_reentrant=False) for block in blocks]
            f1, confidence = _expected([_no_answer(own), *sums])
            loss[examples, types] = entropy * confidence - f1
    return loss


def token_f1(
    rows: Float[Tensor, " rows"], cols: Float[Tensor, " cols"], spans: Float[Tensor, "batch types answers 2"]
) -> Float[Tensor, "batch types rows cols"]:
    """The highest 2·overlap / (length + length of the answer) of each cell (row, col) over the answers of its square.

    `spans`: first and last token of each answer; where both are -1, there is none.
    """
    row, col = rows[:, None], cols
    # Below the diagonal lengths are no lengths; the overlap there is 0, and must not be divided by 0
    length = (col - row + 1).clamp(min=1)
    best = spans.new_zeros(*spans.shape[:2], len(rows), len(cols))
    for answer in spans.unbind(2):
        first, last = answer[..., None, None].unbind(2)
        overlap = (torch.minimum(col, last) - torch.maximum(row, first) + 1).clamp_(min=0)
        torch.maximum(best, overlap.mul_(2).div_(length + (last - first + 1)), out=best)
    return best


class _Sums(NamedTuple):
    """Sums over some classes of a softmax, with the weights e^(s - peak).

    `weight`: Σ e^(s - peak); `f1`: Σ e^(s - peak) f1; `fall`: Σ e^(s - peak) (s - peak).
    """

    peak: Float[Tensor, "batch types"]
    weight: Float[Tensor, "batch types"]
    f1: Float[Tensor, "batch types"]
    fall: Float[Tensor, "batch types"]


class _Block(NamedTuple):
    """Some rows of some squares: where they are, and what makes their scores (-inf where illegal or ignored)."""

    tile: Tile
    logits: Callable[[], Float[Tensor, "batch types rows cols"]]


def _parts(
    source: dispatch.Source, ignored: Int[Tensor, "ignored 4"], impl: str
) -> Iterator[tuple[slice, slice, list[_Block]]]:
    """Examples, types, and the blocks that their squares consist of."""
    plain = dispatch.explain(source, impl).impl == "reference" or not source.mask.numel()
    if isinstance(source, dispatch.Dense) or plain:
        logits = dispatch.logits(source)
        logits = logits.index_put(tuple(ignored.unbind(1)), logits.new_tensor(float("-inf")))
        tokens = logits.shape[-1]
        strips = [slice(row, min(tokens, row + tiles.ROWS)) for row in range(0, tokens, tiles.ROWS)]
        every = slice(None)
        yield every, every, [_Block(Tile(rows, slice(0, tokens)), partial(_strip, logits, rows)) for rows in strips]
        return
    source = _at_least_float32(source)
    every_tile = tiles.tiles(source)
    for part, left_out in zip(tiles.parts(source), tiles.locate(source, ignored), strict=True):
        own = zip(every_tile, left_out, strict=True)
        yield part.examples, part.types, [_Block(tile, partial(_tile, part, tile, places)) for tile, places in own]


def _strip(logits: Float[Tensor, "batch types tokens tokens"], rows: slice) -> Float[Tensor, "batch types rows tokens"]:
    return logits[:, :, rows]


def _tile(part: Part, tile: Tile, left_out: Int[Tensor, " places"]) -> Float[Tensor, "batch types rows cols"]:
    logits = tiles.tile_logits(part, tile)
    logits.view(-1).index_fill_(0, left_out, float("-inf"))
    return logits


def _sums(block: _Block, limits: Float[Tensor, " types"], spans: Float[Tensor, "batch types answers 2"]) -> _Sums:
    """The sums over the cells of a block."""
    logits = block.logits() - limits[:, None, None]
    rows, cols = (torch.arange(each.start, each.stop, dtype=limits.dtype, device=limits.device) for each in block.tile)
    # Never below the 0 of "no answer": so it is a number also where no cell is legal
    peak = logits.detach().amax((2, 3)).clamp(min=0)
    gap = logits - peak[..., None, None]
    weights = gap.exp()
    # What weighs nothing lies at -inf, and 0·-inf is no number
    fall = weights * gap.masked_fill(gap == float("-inf"), 0.0)
    f1 = weights * token_f1(rows, cols, spans)
    return _Sums(peak, weights.sum((2, 3)), f1.sum((2, 3)), fall.sum((2, 3)))


def _no_answer(spans: Float[Tensor, "batch types answers 2"]) -> _Sums:
    """The sums over the one class "no answer"."""
    right = (spans < 0).flatten(2).all(2).to(spans)
    return _Sums(torch.zeros_like(right), torch.ones_like(right), right, torch.zeros_like(right))


def _expected(sums: Iterable[_Sums]) -> tuple[Float[Tensor, "batch types"], Float[Tensor, "batch types"]]:
    """Σ p f1 and Σ p log p over all classes: weights are made relative to the highest peak."""
    peaks, weights, f1, falls = (torch.stack(each) for each in zip(*sums, strict=True))
    lower = peaks - peaks.amax(0)
    fade = lower.exp()
    total = (fade * weights).sum(0)
    return (fade * f1).sum(0) / total, (fade * (falls + lower * weights)).sum(0) / total - total.log()


def _spans(scores: PairScores, gold: Int[Tensor, "gold 4"]) -> Int[Tensor, "batch types answers 2"]:
    """First and last token of every answer; -1 where a square has fewer than another."""
    square, table = grouped(gold, gold[:, 2:], scores.types, -1)
    spans = gold.new_full((len(scores.mask) * scores.types, *table.shape[1:]), -1)
    spans[square] = table
    return spans.view(len(scores.mask), scores.types, *table.shape[1:])


def _at_least_float32(factors: dispatch.Factors) -> dispatch.Factors:
    """The same factors in float32 at least."""
    wide = torch.promote_types(factors.query.dtype, torch.float32)
    row_bias, col_bias = (None if each is None else each.to(wide) for each in factors[2:4])
    return factors._replace(
        query=factors.query.to(wide), key=factors.key.to(wide), row_bias=row_bias, col_bias=col_bias
    )
