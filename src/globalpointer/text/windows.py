"""Long texts: where to cut them, and which piece answers for which pair of tokens."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from globalpointer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Window:
    """The tokens `start <= i < end` of a text; positions count the text's own tokens, no special ones."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ConfigError(f"a window needs 0 <= start < end, got start={self.start}, end={self.end}")

    def __len__(self) -> int:
        return self.end - self.start


def cut(tokens: int, size: int, overlap: int) -> tuple[Window, ...]:
    """Windows over `tokens` tokens: one where they fit, else several of exactly `size`, the last flush with the end.

    Neighbours share at least `overlap` tokens, so every span of up to `overlap + 1` tokens lies wholly in some window.
    No tokens: no window.
    """
    if size < 1 or not 0 <= overlap < size:
        raise ConfigError(
            f"windows need 0 <= overlap < size, got size={size}, overlap={overlap}; make the window larger"
        )
    if tokens < 0:
        raise ConfigError(f"a text has 0 or more tokens, not {tokens}")
    if tokens == 0:
        return ()
    if tokens <= size:
        return (Window(0, tokens),)
    last = tokens - size
    return (*(Window(start, start + size) for start in range(0, last, size - overlap)), Window(last, tokens))


class Share(NamedTuple):
    """How many tokens of a question are read, how many of the text beside it, and how many of those windows share."""

    question: int
    window: int
    overlap: int


def share(size: int, overlap: int, *, question: int, separator: int, text: int) -> Share:
    """How a question and a text share windows of `size` tokens, in tokens.

    At least half of a window is the text's, or as much as it has. Of that at most half is shared by neighbours, for a
    long question would leave hardly a step from one window to the next. `separator`: how many tokens stand between the
    two. ConfigError where nothing is left for the text.
    """
    asked = min(question, max(0, size - separator - min(max(1, text), size - size // 2)))
    left = size - asked - separator
    if left < 1 or (question and not asked):
        raise ConfigError(f"a window of {size} tokens has no room for a question and a text: make model.window larger")
    return Share(asked, left, min(overlap, left // 2))


def owner(windows: Sequence[Window], row: int, col: int) -> int | None:
    """The index of the window that answers for the pair (row, col): the one in which it lies wholly and most centrally.

    Central is measured to the nearer border, where a border of the text itself is no border: nothing is cut there. Ties
    go to the first window. None: no window holds both tokens. `windows` are in the order that `cut` gives.
    """
    low, high = min(row, col), max(row, col)
    if not windows or low < 0:
        return None
    text_end = windows[-1].end
    first = bisect_right(windows, high, key=lambda window: window.end)
    after = bisect_right(windows, low, key=lambda window: window.start)
    best, best_margin = None, -1
    for index in range(first, after):
        window = windows[index]
        left = low - window.start if window.start > 0 else text_end
        right = window.end - 1 - high if window.end < text_end else text_end
        if min(left, right) > best_margin:
            best, best_margin = index, min(left, right)
    return best
