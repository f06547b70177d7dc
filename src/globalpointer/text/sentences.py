"""Where the sentences of a text begin, by its punctuation."""

import re
from collections.abc import Iterator

from globalpointer.text.spans import Span

_BORDER = re.compile(r"[。！？；\n]+[”’」』）)\"']*\s*|[.!?]+[”’)\"']*\s+(?=[^\s\da-z])")
"""Behind full stops that nothing else uses, and line ends; behind . ! ? only before a blank and no small letter."""


def sentences(text: str) -> Iterator[Span]:
    """The sentences of a text, which together are all of it. An abbreviation before a name ("Mr. Li") ends one, too."""
    start = 0
    for border in _BORDER.finditer(text):
        yield Span(start, border.end())
        start = border.end()
    if start < len(text):
        yield Span(start, len(text))
