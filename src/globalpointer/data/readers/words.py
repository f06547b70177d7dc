"""Tokens joined to a text, for formats of JSON that have tokens and count offsets in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from globalpointer.data.readers.annotate import checked_text, counted, cut, label_fault
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record
from globalpointer.errors import ConfigError, DataError
from globalpointer.text.spans import Entity


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and the first character of each of its tokens and one past its last."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def fault(self, label: Any, first: Any, end: Any) -> str | None:
        """What is wrong with a labelled span of tokens, its end exclusive, or None."""
        for offset in (first, end):
            if not isinstance(offset, int) or isinstance(offset, bool):
                return f"an offset must be an integer, found {offset!r:.60}"
        if not 0 <= first < end <= len(self.starts):
            return f"no span of {counted(len(self.starts), 'token')}: from {first} to before {end}"
        return label_fault(label)

    def entity(self, label: str, first: int, end: int) -> Entity:
        """The entity over a span of tokens that has no fault; its end is exclusive."""
        return cut(self.text, label, self.starts[first], self.ends[end - 1])


def joiner_of(options: Options, path: str, name: str) -> str:
    """The joiner, which must be given: ConfigError otherwise."""
    if options.joiner is None:
        raise ConfigError(
            f"{path}: a {name} file has tokens, not text: say how they are joined, "
            f'joiner = "" (Chinese, Japanese) or joiner = " " (languages with blanks)'
        )
    return options.joiner


def join(tokens: Any, joiner: str, record: Record) -> Words:
    """The tokens of a record as a text. DataError where they are no list of strings, or one is empty."""
    if not isinstance(tokens, list) or not all(isinstance(token, str) and token for token in tokens):
        raise DataError(
            f"expected tokens, a list of strings that are not empty, found {tokens!r:.60}",
            path=record.path,
            line=record.line,
        )
    starts = list(accumulate((len(token) + len(joiner) for token in tokens[:-1]), initial=0))[: len(tokens)]
    text = checked_text(joiner.join(tokens), "tokens", record.path, record.line)
    return Words(text, starts, [start + len(token) for start, token in zip(starts, tokens, strict=True)])
