"""The probability grid: a softmax with no answer in it, and the parts of the text that matter."""

import numpy as np
import pytest

from globalpointer.view.probabilities import MOST, _parts, draw_probabilities, probabilities

NONE = -np.inf


def test_cells_and_no_answer_share_one():
    square = np.array([[1.0, 2.0], [NONE, -3.0]])
    found, silent = probabilities(square)
    whole = np.exp(1) + np.exp(2) + np.exp(-3) + 1
    assert found == pytest.approx(np.exp(square) / whole)
    assert silent == pytest.approx(1 / whole)
    found, silent = probabilities(np.full((2, 2), NONE))
    assert (found.sum(), silent) == (0, 1)
    assert probabilities(np.array([[900.0]]))[0] == pytest.approx(1)


def test_what_is_probable_is_shown_wherever_it_stands():
    probable = np.zeros((200, 200))
    probable[100, 102], probable[5, 6], probable[150, 150] = 0.8, 0.15, 0.001
    assert _parts(probable).tolist() == [*range(3, 9), *range(98, 105)]
    wide = np.zeros((200, 200))
    wide[10, 190] = 1.0
    assert _parts(wide).tolist() == [*range(8, 13), *range(188, 193)]
    assert len(_parts(np.zeros((2, 2)))) == 2


def test_no_more_is_shown_than_there_is_room_for_and_the_best_is_always_there():
    probable = np.zeros((400, 400))
    for place in range(40):
        probable[10 * place, 10 * place + 2] = 1 / (place + 40)
    shown = _parts(probable)
    assert {0, 2} <= set(shown.tolist())
    assert MOST - 7 < len(shown) <= MOST


def test_a_picture_is_written(tmp_path):
    pytest.importorskip("matplotlib")
    draw_probabilities(np.array([[1.0, 2.0], [NONE, 3.0]]), ["Ann", "北$"], tmp_path / "p.svg", title="谁?")
    assert "no answer" in (tmp_path / "p.svg").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="2 tokens"):
        draw_probabilities(np.zeros((3, 3)), ["a", "b"], tmp_path / "q.svg")
    with pytest.raises(ValueError, match="at least one"):
        draw_probabilities(np.zeros((0, 0)), [], tmp_path / "q.svg")
