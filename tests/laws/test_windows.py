"""Laws of windows: nothing is lost, nothing comes twice, and a text that fits is left alone."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from globalpointer.grid import Cell
from globalpointer.tasks.windowed import cut_cells, merge_cells, unreachable
from globalpointer.text.windows import Window, cut, owner


@st.composite
def cuttings(draw):
    size = draw(st.integers(1, 12))
    return draw(st.integers(0, 60)), size, draw(st.integers(0, size - 1))


@st.composite
def cells_of(draw, tokens):
    pair = st.tuples(st.integers(0, 2), st.integers(0, tokens - 1), st.integers(0, tokens - 1))
    return frozenset(Cell(t, min(a, b), max(a, b)) for t, a, b in draw(st.lists(pair, max_size=20)))


@given(cuttings())
def test_windows_cover_every_token_and_share_the_overlap(cutting) -> None:
    tokens, size, overlap = cutting
    windows = cut(tokens, size, overlap)
    assert {token for window in windows for token in range(window.start, window.end)} == set(range(tokens))
    if tokens > size:
        assert all(len(window) == size for window in windows)
    else:
        assert windows == ((Window(0, tokens),) if tokens else ())
    for one, other in pairwise(windows):
        assert one.start < other.start
        assert one.end - other.start >= overlap


@given(cuttings())
def test_every_span_up_to_the_overlap_and_one_more_has_an_owner(cutting) -> None:
    tokens, size, overlap = cutting
    windows = cut(tokens, size, overlap)
    for row in range(tokens):
        for col in range(row, min(tokens, row + overlap + 1)):
            assert owner(windows, row, col) is not None


@given(cuttings())
def test_the_owner_is_the_most_central_of_all_windows_that_hold_the_pair(cutting) -> None:
    tokens, size, overlap = cutting
    windows = cut(tokens, size, overlap)

    def margin(window, row, col):
        left = row - window.start if window.start else 10**9
        right = window.end - 1 - col if window.end < tokens else 10**9
        return min(left, right)

    for row in range(tokens):
        for col in range(row, tokens):
            holding = [i for i, w in enumerate(windows) if w.start <= row and col < w.end]
            expected = max(holding, key=lambda i: (margin(windows[i], row, col), -i), default=None)
            assert owner(windows, row, col) == owner(windows, col, row) == expected


@given(st.data())
def test_cells_come_back_from_windows_without_doubles_or_losses(data) -> None:
    tokens, size, overlap = data.draw(cuttings().filter(lambda each: each[0] > 0))
    gold = {"entity": data.draw(cells_of(tokens))}
    windows = cut(tokens, size, overlap)
    found = [
        {"entity": dict.fromkeys(cut_cells(gold, window)[0]["entity"], float(i))} for i, window in enumerate(windows)
    ]
    merged = merge_cells(windows, found)["entity"]
    lost = unreachable(gold, windows)["entity"]
    assert set(merged) == gold["entity"] - lost
    assert set(merged).isdisjoint(lost)
    assert all(logit == owner(windows, cell.row, cell.col) for cell, logit in merged.items())


@given(st.data())
def test_what_a_border_cuts_is_ignored_unless_it_is_gold(data) -> None:
    tokens = data.draw(st.integers(1, 20))
    gold = {"entity": data.draw(cells_of(tokens))}
    start = data.draw(st.integers(0, tokens - 1))
    window = Window(start, data.draw(st.integers(start + 1, tokens)))
    inside, rest = cut_cells(gold, window)
    whole, ignored = set(), set()
    for label, row, col in gold["entity"]:
        covered = [token - start for token in range(row, col + 1) if window.start <= token < window.end]
        if len(covered) == col - row + 1:
            whole.add(Cell(label, covered[0], covered[-1]))
        elif covered:
            ignored.add(Cell(label, covered[0], covered[-1]))
    assert inside["entity"] == whole
    assert rest["entity"] == ignored - whole
