"""Mentions as strings: when two of them are the same, and when one is a part of the other."""

from globalpointer.errors import ConfigError
from globalpointer.evaluation.slices import UNITS


def surface(text: str) -> str:
    """A mention as it is compared: case folded, white space collapsed."""
    return " ".join(text.split()).casefold()


def contains(one: str, other: str, unit: str) -> bool:
    """Whether the surface `one` has `other` in it. By "word" only whole ones count: "Berlin" does not contain "in"."""
    if unit not in UNITS:
        raise ConfigError(f"unit must be one of {', '.join(UNITS)}, not {unit!r}")
    return f" {other} " in f" {one} " if unit == "word" else other in one
