"""The probability grid of a question: how sure a reader is of each part of the text, around the best of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from globalpointer.view.grids import drawing, font_families, label_axes, printable

SHOWN = 0.01
"""What is at least this probable is in the picture, with its number in percent where there is room for it."""

AROUND = 2
"""Tokens around each first and last one that is shown; what lies between is left out, and a line stands there."""

LONG = 20
"""Of a part of more tokens the middle is left out."""

MOST = 60
"""Tokens of a picture: parts that are less probable wait outside when it is full."""


def draw_probabilities(logits: NDArray[Any], tokens: Sequence[str], path: str | Path, *, title: str = "") -> None:
    """Write a picture of the probabilities of all cells of `logits` [tokens, tokens], which may be -inf, to `path`.

    Rows are first tokens, columns last tokens; the softmax is over all cells and "no answer", whose logit is 0.
    Raises DependencyError without matplotlib, ValueError where the shapes do not fit or there is nothing to draw.
    """
    if not tokens or logits.shape != (len(tokens), len(tokens)):
        raise ValueError(
            f"logits must be [tokens, tokens] with {len(tokens)} tokens, at least one, found {logits.shape}"
        )
    rc_context, figure_class = drawing()
    probable, silent = probabilities(logits)
    shown = _parts(probable)
    square, families = probable[np.ix_(shown, shown)], font_families()
    ticks = [printable(tokens[place], families) for place in shown]
    side = min(12.0, max(4.0, 0.3 * len(ticks)))
    with rc_context({"font.family": families, "axes.unicode_minus": False}):
        figure = figure_class(figsize=(side + 1.6, side + 1.0), layout="constrained")
        axis = figure.subplots()
        image = axis.imshow(np.where(square > 0, square, np.nan), cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
        label_axes(axis, range(len(ticks)), ticks, 8.0)
        for border in np.flatnonzero(np.diff(shown) > 1) + 0.5:
            axis.axhline(border, color="silver", linewidth=1)
            axis.axvline(border, color="silver", linewidth=1)
        for row, col in np.argwhere(square >= SHOWN):
            colour = "white" if square[row, col] > 0.5 else "black"
            axis.text(col, row, f"{100 * square[row, col]:.0f}", ha="center", va="center", fontsize=7, color=colour)
        figure.colorbar(image, ax=axis, shrink=0.6, label=f"probability (no answer: {100 * silent:.1f} %)")
        figure.suptitle(printable(title, families))
        figure.savefig(path, dpi=110)


def probabilities(logits: NDArray[Any]) -> tuple[NDArray[Any], float]:
    """The probability of each cell, and that of no answer."""
    highest = max(0.0, float(logits.max()))
    weights, silent = np.exp(logits.astype(np.float64) - highest), np.exp(-highest)
    whole = weights.sum() + silent
    return weights / whole, float(silent / whole)


def _parts(probable: NDArray[Any]) -> NDArray[np.intp]:
    """The tokens of what is probable, with some around, in order; the best first as long as there is room."""
    shown: set[int] = set()
    for cell in np.argsort(probable, axis=None)[::-1]:
        row, col = map(int, np.unravel_index(cell, probable.shape))
        part = _around(row, col, len(probable))
        if shown and (probable[row, col] < SHOWN or len(shown | part) > MOST):
            break
        shown |= part
    return np.array(sorted(shown))


def _around(row: int, col: int, tokens: int) -> set[int]:
    """The tokens around a part: all of it, or both ends of a long one."""
    ends = [(row, col)] if col - row < LONG else [(row, row), (col, col)]
    return {token for first, last in ends for token in range(max(0, first - AROUND), min(tokens, last + AROUND + 1))}
