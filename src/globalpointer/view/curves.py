"""The course of a training as a picture: loss and development F1 against steps."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from globalpointer.errors import DependencyError

LOSS_COLOUR = "#4c72b0"
F1_COLOUR = "#c44e52"


def draw_curves(history: Iterable[Mapping[str, Any]], path: str | Path, *, title: str = "") -> None:
    """Write the curves of `history` to `path`; its ending (png, svg, pdf) picks the format.

    `history` holds the records of `history.jsonl`: `{"step", "loss", ...}` and `{"step", "dev_f1", ...}`, F1 in [0, 1].
    The best F1 is marked. Raises DependencyError without matplotlib.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise DependencyError('pictures need matplotlib: pip install "globalpointer[view]"') from None
    records = list(history)
    losses = [(record["step"], record["loss"]) for record in records if "loss" in record]
    scores = [(record["step"], record["dev_f1"]) for record in records if "dev_f1" in record]
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    left = figure.subplots()
    left.set_xlabel("step")
    left.set_ylabel("training loss", color=LOSS_COLOUR)
    left.plot([step for step, _ in losses], [loss for _, loss in losses], color=LOSS_COLOUR, linewidth=1.2)
    if losses and min(loss for _, loss in losses) > 0:
        left.set_yscale("log")
    right = left.twinx()
    right.set_ylabel("dev F1", color=F1_COLOUR)
    right.set_ylim(0, 1)
    right.plot([step for step, _ in scores], [f1 for _, f1 in scores], color=F1_COLOUR, marker="o", markersize=3)
    if scores:
        step, best = max(scores, key=lambda score: score[1])
        right.annotate(f"best {best:.4f}", (step, best), xytext=(0, -14), textcoords="offset points", ha="right")
    if title:
        left.set_title(title)
    figure.savefig(path, dpi=110)
