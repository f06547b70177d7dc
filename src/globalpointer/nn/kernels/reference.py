"""The formulas, written plainly: every kernel must agree with these. Memory is that of all cells at once."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


class Factors(NamedTuple):
    """score[b,t,i,j] = query[b,t,i]·key[b,t,j] + row_bias[b,t,i] + col_bias[b,t,j] where legal, else -inf.

    Planes of query and key are the types, or 1 where all types share them; then the biases tell the types apart.
    """

    query: Float[Tensor, "batch planes tokens dim"]
    key: Float[Tensor, "batch planes tokens dim"]
    row_bias: Float[Tensor, "batch types tokens"] | None
    col_bias: Float[Tensor, "batch types tokens"] | None
    mask: Bool[Tensor, "batch tokens"]
    ordered: bool = True
    max_width: int | None = None

    @property
    def types(self) -> int:
        """How many squares there are."""
        return self.query.shape[1] if self.row_bias is None else self.row_bias.shape[1]


class Dense(NamedTuple):
    """Scores that already lie in memory, cell by cell."""

    values: Float[Tensor, "batch types tokens tokens"]
    mask: Bool[Tensor, "batch tokens"]
    ordered: bool = True
    max_width: int | None = None

    @property
    def types(self) -> int:
        """How many squares there are."""
        return self.values.shape[1]


Source = Factors | Dense
"""What a kernel takes: a head's promise of scores, as plain tensors."""


def band(rows: Tensor, cols: Tensor, ordered: bool, max_width: int | None) -> Tensor:
    """Whether (row, col) is a cell of the grid, whatever stands there; rows and cols broadcast."""
    inside = torch.ones((), dtype=torch.bool, device=rows.device)
    if ordered:
        inside = inside & (rows <= cols)
    if max_width is not None:
        inside = inside & (cols - rows < max_width)
    return inside


def legal_pairs(source: Source) -> Bool[Tensor, "batch tokens tokens"]:
    """Which (row, col) are cells: both tokens legal, in order where the grid is ordered, within the width."""
    mask = source.mask
    place = torch.arange(mask.shape[1], device=mask.device)
    inside = band(place[:, None], place[None, :], source.ordered, source.max_width)
    return mask[:, :, None] & mask[:, None, :] & inside


def legal_cells(source: Source, cells: Int[Tensor, "cells 4"]) -> Bool[Tensor, " cells"]:
    """Which rows (example, type, row, col) are cells, whatever numbers stand in them."""
    mask, inside = source.mask, _inside(source, cells)
    if not mask.numel():
        return inside
    example, _, row, col = (cells * inside[:, None]).unbind(1)
    return inside & mask[example, row] & mask[example, col] & band(row, col, source.ordered, source.max_width)


def _inside(source: Source, cells: Tensor) -> Bool[Tensor, " cells"]:
    """Which rows lie within the tensor of all scores."""
    size = cells.new_tensor([len(source.mask), source.types, *[source.mask.shape[1]] * 2])
    return ((cells >= 0) & (cells < size)).all(1)


def logits(source: Source) -> Float[Tensor, "batch types tokens tokens"]:
    """Every score; -inf where illegal, set once, on the mask."""
    if isinstance(source, Dense):
        scores = source.values
    else:
        scores = source.query @ source.key.transpose(-1, -2)
        if source.row_bias is not None:
            scores = scores + source.row_bias[:, :, :, None]
        if source.col_bias is not None:
            scores = scores + source.col_bias[:, :, None, :]
    return scores.masked_fill(~legal_pairs(source)[:, None], float("-inf"))


def gather(source: Source, cells: Int[Tensor, "cells 4"]) -> Float[Tensor, " cells"]:
    """The scores at rows (example, type, row, col), differentiable; nothing else is computed.

    Raises IndexError for a row outside (on a CPU; CUDA stops by itself).
    """
    if not cells.is_cuda and not bool(_inside(source, cells).all()):
        raise IndexError(
            f"no score at {cells[~_inside(source, cells)][0].tolist()}: (example, type, row, col) lies outside"
        )
    example, kind, row, col = cells.unbind(1)
    if isinstance(source, Dense):
        return source.values[example, kind, row, col]
    plane = kind if source.query.shape[1] > 1 else torch.zeros_like(kind)
    scores = (_at(source.query, example, plane, row) * _at(source.key, example, plane, col)).sum(-1)
    if source.row_bias is not None:
        scores = scores + _at(source.row_bias, example, kind, row)
    if source.col_bias is not None:
        scores = scores + _at(source.col_bias, example, kind, col)
    return scores


def pair_logits(factors: Factors, pairs: Int[Tensor, "pairs 3"]) -> Float[Tensor, "pairs types"]:
    """The scores of every type at rows (example, row, col), for factors with one plane and biases; no gradient."""
    query, key, row_bias, col_bias = (None if each is None else each.detach() for each in factors[:4])
    assert query is not None
    assert key is not None
    assert row_bias is not None
    assert col_bias is not None
    example, row, col = pairs.unbind(1)
    shared = (query[example, 0, row] * key[example, 0, col]).sum(-1, keepdim=True)
    return shared + row_bias[example, :, row] + col_bias[example, :, col]


def _at(table: Tensor, *index: Tensor) -> Tensor:
    """table[index], with a gradient that is the same at each run.

    On a CPU several threads sum up the gradient of indexing, in any order, but not that of index_select; on CUDA it is
    the other way round.
    """
    if table.is_cuda:
        return table[index]
    place = _flat(table, index)
    chosen = table.flatten(0, len(index) - 1).index_select(0, place.flatten())
    return chosen.view(*place.shape, *table.shape[len(index) :])


def add_at(table: Tensor, index: tuple[Tensor, ...], values: Tensor) -> None:
    """Do table[index] += values, summed in the same order at each run where places are equal; `table` is contiguous."""
    if table.is_cuda:
        table.index_put_(index, values, accumulate=True)
    else:
        place = _flat(table, index)
        table.view(-1, *table.shape[len(index) :]).index_add_(0, place.flatten(), values.flatten(0, place.dim() - 1))


def differentiable_once(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A backward pass whose own gradient is an error, never silently left out."""
    once = torch.autograd.function.once_differentiable(backward)

    @functools.wraps(backward)
    def checked(ctx: Any, *upstream: Tensor | None) -> Any:
        if torch.is_grad_enabled():
            raise RuntimeError("kernels have no gradients of gradients (create_graph=True): use impl='reference'")
        return once(ctx, *upstream)

    return checked


def _flat(table: Tensor, index: tuple[Tensor, ...]) -> Tensor:
    """The index into the first dimensions of a table as they would be numbered in one."""
    place = index[0]
    for size, each in zip(table.shape[1:], index[1:], strict=False):
        place = place * size + each
    return place


def partition(source: Source, cells: Int[Tensor, "cells 4"]) -> Float[Tensor, "batch types"]:
    """The log of Σ exp(score) over the legal cells other than `cells`; -inf where there is none, with gradient 0."""
    scores = logits(source)
    scores = scores.index_put(tuple(cells.unbind(1)), scores.new_tensor(float("-inf")))
    return logsumexp(scores.flatten(2))


def split(
    source: Source, cells: Int[Tensor, "cells 4"]
) -> tuple[Float[Tensor, "batch types"], Float[Tensor, " cells"]]:
    """The partition without the cells, and the scores at them."""
    return partition(source, cells), gather(source, cells)


def logsumexp(values: Float[Tensor, "*rows columns"]) -> Float[Tensor, "*rows"]:
    """Over the last dimension; -inf with gradient 0 (not NaN, as torch has it) where every value is -inf."""
    empty = (values == float("-inf")).all(-1)
    return values.masked_fill(empty[..., None], 0.0).logsumexp(-1).masked_fill(empty, float("-inf"))


def search(
    source: Source, threshold: Float[Tensor, " types"], limit: int | None
) -> tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]:
    """The cells strictly above the threshold of their type, sorted; at most `limit` an example, the best."""
    scores = logits(source)
    hits = (scores > threshold[:, None, None]) & (scores > float("-inf"))
    return best(hits.nonzero(), scores[hits], limit)


def best(
    cells: Int[Tensor, "found 4"], scores: Float[Tensor, " found"], limit: int | None
) -> tuple[Int[Tensor, "kept 4"], Float[Tensor, " kept"]]:
    """At most `limit` cells an example, those of the highest score, the first ones of equals; sorted as cells are."""
    order = lexicographic(cells)
    cells, scores = cells[order], scores[order]
    if limit is None or not bool((torch.bincount(cells[:, 0]) > limit).any()):
        return cells, scores
    ranked = scores.argsort(descending=True, stable=True)
    ranked = ranked[cells[ranked, 0].argsort(stable=True)]
    example = cells[ranked, 0]
    rank = torch.arange(len(ranked), device=cells.device) - torch.searchsorted(example, example)
    kept = ranked[rank < limit].sort().values
    return cells[kept], scores[kept]


def raised(
    floor: Float[Tensor, " batch"], cells: Int[Tensor, "found 4"], scores: Float[Tensor, " found"], limit: int
) -> Float[Tensor, " batch"]:
    """The worst score of each example that has `limit` cells, below which none is wanted; the floor of the others."""
    worst = torch.full_like(floor, float("inf")).scatter_reduce_(0, cells[:, 0], scores, "amin")
    return torch.where(torch.bincount(cells[:, 0], minlength=len(floor)) >= limit, worst, floor)


def lexicographic(cells: Int[Tensor, "found columns"]) -> Int[Tensor, " found"]:
    """The order that sorts rows of numbers from 0 on by their first column, then the second, and so on."""
    if not len(cells):
        return torch.arange(0, device=cells.device)
    key = cells[:, 0]
    for column, size in zip(cells[:, 1:].unbind(1), (cells.amax(0)[1:] + 1).tolist(), strict=True):
        key = key * size + column
    return key.argsort()


def count(source: Source, threshold: Float[Tensor, " types"]) -> Int[Tensor, "batch types"]:
    """How many cells are strictly above the threshold of their type."""
    return (logits(source) > threshold[:, None, None]).sum((-1, -2))


def divergence(first: Source, second: Source) -> Float[Tensor, "batch types"]:
    """Σ (σ(s) - σ(t)) (s - t) over the legal cells. Source: kexue.fm/archives/9039."""
    legal = legal_pairs(first)[:, None]
    s, t = (logits(each).masked_fill(~legal, 0.0) for each in (first, second))
    return ((s.sigmoid() - t.sigmoid()) * (s - t)).sum((-1, -2))
