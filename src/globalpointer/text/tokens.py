"""Characters to tokens and back, exactly or not at all."""

from dataclasses import dataclass, field
from typing import NamedTuple

from globalpointer.text.spans import Span


class Pair(NamedTuple):
    """The first and the last token of a span, both inclusive."""

    row: int
    col: int


@dataclass(frozen=True, slots=True)
class TokenMap:
    """The character span of each token; None for a token that stands for no character ([CLS], padding).

    Where several tokens share a first character (a byte-level tokenizer cuts one emoji into several), a span begins
    with the first of them and ends with the last.
    """

    offsets: tuple[Span | None, ...]
    _starts: dict[int, int] = field(init=False, repr=False, compare=False)
    _ends: dict[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        spans = [(index, span) for index, span in enumerate(self.offsets) if span is not None]
        object.__setattr__(self, "_starts", {span.start: index for index, span in reversed(spans)})
        object.__setattr__(self, "_ends", {span.end: index for index, span in spans})

    def __len__(self) -> int:
        return len(self.offsets)

    def pair(self, span: Span) -> Pair | None:
        """The tokens that cover exactly `span`, or None where one of its borders falls within a token."""
        row, col = self._starts.get(span.start), self._ends.get(span.end)
        return None if row is None or col is None or row > col else Pair(row, col)

    def span(self, row: int, col: int) -> Span:
        """The characters from the first of token `row` to the last of token `col`."""
        first, last = self.offsets[row], self.offsets[col]
        if first is None or last is None:
            raise IndexError(f"token {row if first is None else col} stands for no character")
        return Span(first.start, last.end)
