"""Spans as BIO tags, one a token, and back: what the systems that tag have in common.

Tags are numbered O, B-0, I-0, B-1, I-1, ... by the types of the grid.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.grid import Grid, ScoredCells
from globalpointer.nn.baselines.cells import limits, strongest, within
from globalpointer.nn.heads.global_pointer import at_least_float32, at_legal
from globalpointer.nn.token_pair import by_example

OUTSIDE = 0


class Sequences(NamedTuple):
    """The legal tokens of each example side by side: their places in it, and which of them are no padding."""

    places: Int[Tensor, "batch length"]
    mask: Bool[Tensor, "batch length"]


def only_grid(grids: Sequence[Grid], system: str) -> Grid:
    """The one grid of spans; ConfigError where there are others."""
    if len(grids) == 1 and grids[0].ordered and not grids[0].links:
        return grids[0]
    names = ", ".join(grid.name for grid in grids)
    raise ConfigError(f'{system} finds entities and nothing else: it needs [task] kind = "ner", not the grids {names}')


def tag_count(grid: Grid) -> int:
    """How many tags a token may have."""
    return 1 + 2 * len(grid.labels)


def sequences(legal: Bool[Tensor, "batch tokens"]) -> Sequences:
    """The legal tokens of each example, of the longest example all. At least one column."""
    lengths = legal.sum(1)
    longest = int(lengths.max().clamp(min=1))
    places = legal.long().argsort(dim=1, descending=True, stable=True)[:, :longest]
    return Sequences(places, torch.arange(longest, device=legal.device) < lengths[:, None])


def emissions(
    linear: nn.Linear,
    hidden: Float[Tensor, "batch tokens hidden"],
    legal: Bool[Tensor, "batch tokens"],
    places: Int[Tensor, "batch length"],
) -> Float[Tensor, "batch length tags"]:
    """The score of each tag at the legal tokens, in float32 at least, also inside autocast."""
    with torch.autocast(hidden.device.type, enabled=False):
        hidden = at_legal(hidden, legal, linear.weight.dtype).take_along_dim(places[..., None], 1)
        return at_least_float32(linear(hidden))


def encode(
    cells: Int[Tensor, "cells 4"], legal: Bool[Tensor, "batch tokens"], length: int
) -> Int[Tensor, "batch length"]:
    """The tags of gold cells (sorted) at the legal tokens, of which no example has more than `length`.

    A token has one tag. Where cells overlap, the longest stands, of equally long ones the first, and what overlaps it
    is not learned.
    """
    rank = legal.long().cumsum(1) - 1
    example, kind, row, col = cells.unbind(1)
    spans = torch.stack([example, kind, rank[example, row], rank[example, col]], 1)
    spans = _apart(spans, len(legal), length)
    owner, place = _covered(spans, length)
    first = (spans[:, 0] * length + spans[:, 2])[owner]
    tags = torch.full((len(legal) * length,), OUTSIDE, device=legal.device)
    tags[place] = 1 + 2 * spans[owner, 1] + (place != first)
    return tags.view(len(legal), length)


def decode(
    tags: Int[Tensor, "batch length"], margins: Float[Tensor, "batch length"]
) -> tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]:
    """The spans (example, type, first, last) of tags, with the smallest margin of their tokens.

    Any tags have spans, as conlleval and seqeval read them: an I that follows no tag of its type begins one.
    """
    inside, kind = tags != OUTSIDE, (tags - 1) // 2
    before = nn.functional.pad(kind, (1, 0), value=-1)[:, :-1]
    starts = inside & ((tags % 2 == 1) | (before != kind))
    ends = inside & nn.functional.pad(starts | ~inside, (0, 1), value=True)[:, 1:]
    example, first = starts.nonzero().unbind(1)
    owner = starts.flatten().cumsum(0)[inside.flatten()] - 1
    least = margins.new_full((len(first),), float("inf")).scatter_reduce(0, owner, margins[inside], "amin")
    return torch.stack([example, kind[starts], first, ends.nonzero()[:, 1]], 1), least


def found(
    grid: Grid,
    where: Sequences,
    tags: Int[Tensor, "batch length"],
    margins: Float[Tensor, "batch length"],
    *,
    threshold: Mapping[str, float | Tensor] | float,
    limit: int | None,
) -> list[ScoredCells]:
    """The cells of tags whose smallest margin reaches the threshold; at most `limit` an example, the best."""
    spans, logits = decode(tags.masked_fill(~where.mask, OUTSIDE), margins)
    example, kind, first, last = spans.unbind(1)
    row, col = where.places[example, first], where.places[example, last]
    kept = (logits >= limits(threshold, grid, logits.device)[kind]) & within(grid, row, col)
    cells = torch.stack([example, kind, row, col], 1)
    return [{grid.name: each} for each in by_example(*strongest(cells[kept], logits[kept], limit), len(tags))]


def _apart(spans: Int[Tensor, "spans 4"], batch: int, length: int) -> Int[Tensor, "apart 4"]:
    """Spans that do not overlap: the longest is taken, of equals the first; what overlaps it goes, and so on.

    Each round takes every span that no better one overlaps, of all examples at once; flat spans take one round.
    """
    row, col = spans[:, 2], spans[:, 3]
    spans = spans[((row - col) * length + row).argsort(stable=True)]
    kept = []
    while len(spans):
        owner, place = _covered(spans, length)
        best = torch.full((batch * length,), len(spans), device=spans.device).scatter_reduce(0, place, owner, "amin")
        wins = _all(best[place] == owner, owner, len(spans))
        kept.append(spans[wins])
        free = torch.ones(batch * length, dtype=torch.bool, device=spans.device)
        free[place[wins[owner]]] = False
        spans = spans[_all(free[place], owner, len(spans))]
    return torch.cat([spans, *kept])


def _covered(spans: Int[Tensor, "spans 4"], length: int) -> tuple[Int[Tensor, " covered"], Int[Tensor, " covered"]]:
    """Every token of every span: the span, and the token's place when the examples are laid end to end."""
    example, _, row, col = spans.unbind(1)
    widths = col - row + 1
    owner = torch.arange(len(spans), device=spans.device).repeat_interleave(widths)
    offset = torch.arange(len(owner), device=spans.device) - (widths.cumsum(0) - widths)[owner]
    return owner, (example * length + row)[owner] + offset


def _all(flags: Bool[Tensor, " covered"], owner: Int[Tensor, " covered"], spans: int) -> Bool[Tensor, " spans"]:
    """Which spans have the flag at all of their tokens."""
    return (
        torch.ones(spans, dtype=torch.long, device=owner.device).scatter_reduce(0, owner, flags.long(), "amin").bool()
    )
