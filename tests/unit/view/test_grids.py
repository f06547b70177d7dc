"""The picture of the score grids: never a warning, whatever the tokens, and what was found is framed."""

import sys

import numpy as np
import pytest
from matplotlib.image import imread

from globalpointer.errors import DependencyError
from globalpointer.view import grids
from globalpointer.view.grids import draw_grid, font_families, printable


def squares(types, size, seed=0):
    logits = np.random.default_rng(seed).normal(-4, 2, (types, size, size))
    logits[:, *np.tril_indices(size, -1)] = -np.inf
    return logits


@pytest.mark.parametrize(
    "tokens", [["李", "雷", "在"], ["Ann", "works", "at", "$100", "😀", "a\nb", "\x00", ""], ["x"]]
)
def test_a_picture_is_written_without_a_warning(tmp_path, tokens):
    path = tmp_path / "grid.png"
    draw_grid(squares(4, len(tokens)), tokens, ["人名", "ORG", "$LOC$", "a_b"], path, title="标题 $x")
    picture = imread(path)
    assert picture.shape[0] > 100
    assert picture[..., :3].std() > 0.05


def test_a_found_cell_is_framed_and_an_unfound_one_is_not(tmp_path):
    logits = squares(1, 6)
    logits[np.isfinite(logits)] = -4.0
    draw_grid(logits, list("abcdef"), ["PER"], tmp_path / "none.svg")
    logits[0, 1, 3] = 4.0
    draw_grid(logits, list("abcdef"), ["PER"], tmp_path / "one.svg")
    draw_grid(logits, list("abcdef"), ["PER"], tmp_path / "high.svg", threshold=5.0)
    frames = [(tmp_path / name).read_text().count("stroke-width: 1.6") for name in ("none.svg", "one.svg", "high.svg")]
    assert frames == [0, 1, 0]


def test_without_a_cjk_font_a_box_stands_for_the_glyph(tmp_path, monkeypatch):
    monkeypatch.setattr(grids, "CJK_FAMILIES", ())
    assert font_families() == ["DejaVu Sans"]
    assert printable("a李", font_families()) == "a□"
    draw_grid(squares(1, 2), ["李", "雷"], ["人名"], tmp_path / "grid.png")


def test_a_dollar_does_not_start_mathematics():
    assert printable("$5\t\n\x00", ["DejaVu Sans"]) == "\\$5⇥⏎□"


def test_many_tokens_many_labels_all_illegal(tmp_path):
    draw_grid(np.full((4, 100, 100), -np.inf), ["字"] * 100, list("ABCD"), tmp_path / "grid.png")
    assert (tmp_path / "grid.png").stat().st_size > 0


def test_wrong_shapes_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"expected|\(1, 3, 3\)"):
        draw_grid(squares(2, 3), list("abc"), ["PER"], tmp_path / "grid.png")


def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(DependencyError, match=r"globalpointer\[view\]"):
        draw_grid(squares(1, 1), ["a"], ["PER"], tmp_path / "grid.png")
