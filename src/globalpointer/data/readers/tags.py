"""One tag a token, in the five ways of writing it, to spans of tokens.

| scheme | first | inside | last | alone |
|---|---|---|---|---|
| iob1 | I, or B right after an entity of the same label | I | I | I |
| bio (IOB2) | B | I | I | B |
| bioes | B | I | E | S |
| bmeso | B | M | E | S |
| bilou | B | I | L | U |
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scheme:
    """The letters of a way to write tags. `last` and `alone` are None where the scheme does not mark them."""

    name: str
    inside: str
    last: str | None = None
    alone: str | None = None

    @property
    def prefixes(self) -> str:
        """All letters that may stand before a label."""
        return "B" + self.inside + (self.last or "") + (self.alone or "")

    def is_tag(self, text: str) -> bool:
        """Whether this is a tag of the scheme: O, or a letter, a hyphen and a label."""
        return text == "O" or (len(text) > 2 and text[1] == "-" and text[0] in self.prefixes)


SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("iob1", "I"),
        Scheme("bio", "I"),
        Scheme("bioes", "I", "E", "S"),
        Scheme("bmeso", "M", "E", "S"),
        Scheme("bilou", "I", "L", "U"),
    )
}

Tagged = tuple[str, int, int]
"""A label, and the first and the last token of an entity, both inclusive."""


def decode(tags: Sequence[str], scheme: Scheme, repaired: Callable[[int, str], None]) -> list[Tagged]:
    """The entities that a sentence's tags describe.

    Lenient, as conlleval: a tag that continues an entity where there is none of its label begins one, and an entity
    that is not closed ends before the next tag. `repaired(token, why)` is told of each. Every tag must be one of the
    scheme's (`Scheme.is_tag`).
    """
    found: list[Tagged] = []
    opened: tuple[str, int] | None = None  # label and first token of the entity that is being read
    for index, tag in enumerate([*tags, "O"]):
        letter, label = tag[0], tag[2:]
        runs_on = opened is not None and tag != "O" and letter not in ("B", scheme.alone) and label == opened[0]
        if opened and not runs_on:
            found.append((*opened, index - 1))
            if scheme.last:
                repaired(index - 1, f"{opened[0]} is not closed by {scheme.last}-{opened[0]}: taken to end here")
            opened = None
        if tag == "O":
            continue
        if opened is None:
            opened = (label, index)
            if letter not in ("B", scheme.alone) and scheme.name != "iob1":
                repaired(index, f"{tag} continues no {label}: taken to begin one")
        if letter in (scheme.last, scheme.alone):
            found.append((*opened, index))
            opened = None
    return found


def encode(entities: Sequence[Tagged], tokens: int, scheme: Scheme) -> list[str]:
    """The tags of a sentence of so many tokens; the entities must not share a token. The inverse of `decode`."""
    tags = ["O"] * tokens
    for label, first, last in sorted(entities, key=lambda entity: entity[1]):
        tags[first : last + 1] = [f"{scheme.inside}-{label}"] * (last + 1 - first)
        # IOB1 marks a beginning only where the entity would otherwise run on from the one before.
        if scheme.name != "iob1" or (first > 0 and tags[first - 1][2:] == label):
            tags[first] = f"B-{label}"
        if scheme.last and last > first:
            tags[last] = f"{scheme.last}-{label}"
        if scheme.alone and last == first:
            tags[first] = f"{scheme.alone}-{label}"
    return tags
