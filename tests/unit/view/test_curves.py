"""The picture of a training's course."""

import sys

import pytest
from matplotlib.image import imread

from globalpointer.errors import DependencyError
from globalpointer.view.curves import draw_curves

HISTORY = [{"step": step, "epoch": step / 10, "loss": 3 / step, "learning_rate": 1e-3} for step in range(1, 40)] + [
    {"step": 20, "epoch": 2.0, "dev_f1": 0.42},
    {"step": 30, "epoch": 3.0, "dev_f1": 0.87654},
    {"step": 39, "epoch": 3.9, "dev_f1": 0.8},
]


def test_the_best_f1_is_marked(tmp_path):
    draw_curves(HISTORY, tmp_path / "curves.svg", title="sample")
    text = (tmp_path / "curves.svg").read_text()
    assert "best 0.8765" in text
    assert "best 0.4200" not in text


@pytest.mark.parametrize(
    "history", [[], HISTORY[:5], HISTORY[-3:], [{"step": 1, "loss": 0.0}, {"step": 2, "loss": 0.0}]]
)
def test_half_a_history_is_drawn_too(tmp_path, history):
    draw_curves(history, tmp_path / "curves.png")
    assert imread(tmp_path / "curves.png").shape[0] > 100


def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(DependencyError, match=r"globalpointer\[view\]"):
        draw_curves(HISTORY, tmp_path / "curves.png")
