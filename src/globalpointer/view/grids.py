"""The score grids of one sentence as a picture: a heat map a label, with what was found framed."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from globalpointer.errors import DependencyError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Families with Chinese, Japanese and Korean glyphs, by how common they are on Linux, macOS and Windows.
CJK_FAMILIES = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "PingFang SC", "Hiragino Sans GB", "Heiti SC", "Microsoft YaHei", "SimHei", "Arial Unicode MS",
)  # fmt: skip
COLUMNS = 3
MOST_TICKS = 80
INCHES_A_TOKEN = 0.26
STRONGEST = 10.0
"""Logits beyond this have the darkest colour: negatives far below would leave all others pale."""


def draw_grid(
    logits: NDArray[Any],
    tokens: Sequence[str],
    labels: Sequence[str],
    path: str | Path,
    *,
    threshold: float = 0.0,
    title: str = "",
) -> None:
    """Write a picture of `logits` [types, tokens, tokens] to `path`; its ending (png, svg, pdf) picks the format.

    Rows are first tokens, columns last tokens. Cells above `threshold` (a logit) are framed; illegal cells, which are
    -inf, stay white. Raises DependencyError without matplotlib, ValueError where the shapes do not fit.
    """
    expected = (len(labels), len(tokens), len(tokens))
    if logits.shape != expected:
        raise ValueError(f"logits must be [labels, tokens, tokens] = {expected}, found {logits.shape}")
    rc_context, figure_class = drawing()
    columns = min(COLUMNS, max(1, len(labels)))
    rows = max(1, math.ceil(len(labels) / columns))
    side = min(12.0, max(2.6, INCHES_A_TOKEN * len(tokens)))
    families = font_families()
    with rc_context({"font.family": families, "axes.unicode_minus": False}):
        figure = figure_class(figsize=(columns * (side + 0.8) + 0.8, rows * (side + 0.9)), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
        finite = logits[np.isfinite(logits)]
        highest = float(np.abs(finite).max()) if finite.size else 0.0
        limit = min(max(1.0, highest), STRONGEST)
        ticks = [printable(token, families) for token in tokens]
        image = None
        for index, axis in enumerate(axes.flat):
            if index >= len(labels):
                axis.set_axis_off()
                continue
            image = _draw(axis, logits[index], ticks, printable(labels[index], families), limit, threshold)
        if image is not None:
            said = "logit (above 0: found)" if threshold == 0 else "logit"
            figure.colorbar(image, ax=axes, shrink=0.6, label=said, extend="both" if highest > limit else "neither")
        if title:
            figure.suptitle(printable(title, families))
        figure.savefig(path, dpi=110)


def _draw(axis: "Axes", square: NDArray[Any], tokens: Sequence[str], label: str, limit: float, threshold: float) -> Any:
    """One label's square, found cells framed."""
    from matplotlib.patches import Rectangle

    shown = np.ma.masked_invalid(square)
    image = axis.imshow(shown, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
    axis.set_title(label, fontsize=10, pad=8)
    step = max(1, math.ceil(len(tokens) / MOST_TICKS))
    places = list(range(0, len(tokens), step))
    size = max(5.0, min(9.0, 260 / max(1, len(places))))
    label_axes(axis, places, [tokens[place] for place in places], size)
    for row, col in np.argwhere(np.isfinite(square) & (square > threshold)):
        axis.add_patch(Rectangle((col - 0.5, row - 0.5), 1, 1, fill=False, edgecolor="black", linewidth=1.6))
    return image


def label_axes(axis: "Axes", places: Sequence[int], tokens: Sequence[str], size: float) -> None:
    """The tokens along the top and the left side."""
    upright = all(len(token.lstrip("\\")) <= 1 for token in tokens)
    axis.set_xticks(places, tokens, fontsize=size, rotation=0 if upright else 90)
    axis.set_yticks(places, tokens, fontsize=size)
    axis.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)


def font_families() -> list[str]:
    """The families to draw with: an installed one with CJK glyphs after matplotlib's own, where there is one."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return ["DejaVu Sans", *[family for family in CJK_FAMILIES if family in installed][:1]]


def printable(text: str, families: Sequence[str]) -> str:
    """`text` with every character that no family can draw as an empty box, so that drawing never warns."""
    from matplotlib import font_manager

    fonts = [font_manager.get_font(font_manager.findfont(family)) for family in families]
    shown = text.replace("\n", "⏎").replace("\t", "⇥")
    visible = "".join(char if any(font.get_char_index(ord(char)) for font in fonts) else "□" for char in shown)
    return visible.replace("$", r"\$")  # a bare dollar would start mathematics


def drawing() -> tuple[Any, Any]:
    """Matplotlib's settings and its Figure, without pyplot: no window, no state that outlives the call."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise DependencyError('pictures need matplotlib: pip install "globalpointer[view]"') from None
    return rc_context, Figure
