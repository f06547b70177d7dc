"""Texts in lines: nothing lost, nothing too wide that could be broken, and pieces side by side in every direction."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import texts

from globalpointer.text.spans import Span
from globalpointer.view.lines import lines, right_to_left
from globalpointer.view.widths import advances

SIZE = 10.0


@given(texts(1), st.sets(st.integers(0, 80)), st.sampled_from((15.0, 60.0, 1000.0)))
def test_every_character_is_in_one_run_and_runs_tile_their_line(text, borders, width):
    made = lines(text, borders, size=SIZE, width=width)
    assert [(run.start, run.end) for line in made for run in line.runs] == list(
        pairwise(sorted({0, len(text), *(cut for line in made for run in line.runs for cut in (run.start, run.end))}))
    )
    assert {border for border in borders if border < len(text)} <= {run.start for line in made for run in line.runs}
    for line in made:
        assert (line.start, line.end) == (line.runs[0].start, line.runs[-1].end)
        ordered = sorted(line.runs, key=lambda run: (run.x, run.x + run.width))
        assert all(one.x + one.width == pytest.approx(two.x) for one, two in pairwise(ordered))
        total = sum(run.width for run in line.runs)
        assert total <= width + 1e-6 or sum(advance > 0 for advance in advances(text[line.start : line.end])) == 1


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three", 45, ["one two ", "three"]),
        ("unbreakable", 30, ["unbre", "akabl", "e"]),
        ("\tBword", 15, ["\t", "B", "wo", "rd"]),  # what is left behind a blank may be too long as well
        ("李雷在上海，他说", 50, ["李雷在上", "海，他说"]),  # no line begins with a comma
        ("Ann在上海", 32, ["Ann在", "上海"]),
        ("a\r\nb\rc\n\nd", 99, ["a\r\n", "b\r", "c\n", "\n", "d"]),
    ],
)
def test_where_lines_break(text, width, expected):
    assert [text[line.start : line.end] for line in lines(text, set(), size=SIZE, width=width)] == expected


def test_letters_from_right_to_left_stand_there():
    text = "\u05d0\u05d1 Acme Corp \u05d2!"
    assert right_to_left(text) == [True] * 3 + [False] * 9 + [True] * 3
    (line,) = lines(text, {0, 2, 3, 12, 13, 15}, size=SIZE, width=300)
    places = {text[run.start : run.end]: run.x for run in line.runs}
    assert places["\u05d0\u05d1"] > places["Acme Corp"] > places["\u05d2!"]
    assert line.extent(Span(0, 2))[1] == pytest.approx(300)
    assert lines("abc", set(), size=SIZE, width=300)[0].runs[0].x == 0


def test_wide_joined_and_combining_characters():
    assert advances("a李") == [0.55, 1.0]
    assert advances("e\u0301\n") == [0.55, 0.0, 0.0]
    assert sum(advances("\U0001f469\u200d\U0001f4bb")) == sum(advances("\U0001f44d\U0001f3fd")) == 1.25
