"""How wide a text will be where nothing can be asked: in a picture whose fonts only its reader has."""

import unicodedata

_KNOWN = {
    **dict.fromkeys("\r\n", 0.0),
    **dict.fromkeys("iIjl.,:;'|! ", 0.29),
    **dict.fromkeys("ftr()[]-/\"", 0.37),
    **dict.fromkeys("mwMW@%", 0.87),
}  # fmt: skip
UPPER, OTHER, WIDE, EMOJI = 0.66, 0.55, 1.0, 1.25
"""Advances in em: of a capital, of any other letter or digit, of an East Asian one, of an emoji."""

JOINER = "\u200d"


def advances(text: str) -> list[float]:
    """The width of each code point in em, near that of usual sans-serif fonts; what joins the one before has 0."""
    return [_advance(text[index - 1] if index else "", char) for index, char in enumerate(text)]


def _advance(before: str, char: str) -> float:
    if char in _KNOWN:
        return _KNOWN[char]
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf") or before == JOINER or "\U0001f3fb" <= char <= "\U0001f3ff":
        return 0.0
    if is_wide(char):
        return EMOJI if category == "So" else WIDE
    return UPPER if category == "Lu" else OTHER


def is_wide(char: str) -> bool:
    """Whether East Asian typography gives it a whole square; lines may break around such."""
    return unicodedata.east_asian_width(char) in "WF"
