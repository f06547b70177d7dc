import pytest

from globalpointer.errors import ConfigError
from globalpointer.text.windows import Window, cut, owner, share


def test_a_text_that_fits_is_one_window_and_an_empty_one_none() -> None:
    assert cut(0, 4, 1) == ()
    assert cut(4, 4, 1) == (Window(0, 4),)


def test_the_last_window_is_flush_with_the_end() -> None:
    assert cut(10, 4, 1) == (Window(0, 4), Window(3, 7), Window(6, 10))
    assert cut(9, 4, 1) == (Window(0, 4), Window(3, 7), Window(5, 9))


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (4, 4), (4, -1)])
def test_windows_that_would_not_move_on_are_refused(size, overlap) -> None:
    with pytest.raises(ConfigError, match=f"size={size}, overlap={overlap}"):
        cut(10, size, overlap)


def test_negative_tokens_and_empty_windows_are_refused() -> None:
    with pytest.raises(ConfigError, match="-1"):
        cut(-1, 4, 1)
    with pytest.raises(ConfigError, match="start=3, end=3"):
        Window(3, 3)


def test_the_owner_is_central_and_a_border_of_the_text_is_no_border() -> None:
    windows = cut(10, 6, 4)
    assert windows == (Window(0, 6), Window(2, 8), Window(4, 10))
    assert owner(windows, 0, 0) == 0
    assert owner(windows, 2, 3) == 0  # 2 from the right border; 0 from the second window's left one
    assert owner(windows, 4, 5) == 1
    assert owner(windows, 6, 7) == 2
    assert owner(windows, 0, 9) is None
    assert owner((), 0, 0) is None
    assert owner(windows, 9, 10) is None


def test_a_million_tokens_are_cut_and_owned_at_once() -> None:
    windows = cut(1_000_000, 256, 64)
    assert windows[-1] == Window(999_744, 1_000_000)
    assert owner(windows, 999_990, 999_999) == len(windows) - 1


@pytest.mark.parametrize(
    ("question", "separator", "text", "found"),
    [
        (3, 1, 100, (3, 6, 2)),
        (50, 1, 100, (4, 5, 2)),
        (0, 0, 100, (0, 10, 2)),
        (50, 1, 2, (7, 2, 1)),  # a short text leaves the rest to the question
        (6, 1, 3, (6, 3, 1)),
        (50, 1, 0, (8, 1, 0)),
    ],
)
def test_a_question_takes_at_most_half_of_a_window_or_what_the_text_leaves(question, separator, text, found) -> None:
    assert share(10, 2, question=question, separator=separator, text=text) == found


def test_a_window_without_room_for_a_question() -> None:
    with pytest.raises(ConfigError, match="a window of 1 tokens has no room for a question and a text"):
        share(1, 0, question=3, separator=1, text=5)
