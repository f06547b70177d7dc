"""In which unit the length of a text is counted: words where blanks separate them, characters elsewhere."""

from collections.abc import Iterable
from itertools import islice
from typing import Literal

Unit = Literal["character", "word"]

SPACED = 0.05
"""The least share of white space in a spaced language: English has about 0.16, Russian 0.13, Chinese under 0.02."""


def unit_of(texts: Iterable[str], *, sample: int = 1000) -> Unit:
    """The unit of a corpus, judged by the share of white space in its first `sample` texts."""
    seen = list(islice(texts, sample))
    characters = sum(len(text) for text in seen)
    blanks = sum(character.isspace() for text in seen for character in text)
    return "word" if characters and blanks / characters >= SPACED else "character"
