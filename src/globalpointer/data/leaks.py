"""Texts that stand in two places: equal ones, and ones that are a part of another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from globalpointer.text.spans import Document

GRAMS = (8, 32)
"""How many first characters of a text are looked for at every place of the others; shorter texts: all they have."""


def without(
    documents: Iterable[Document], others: Iterable[Document]
) -> tuple[list[Document], list[tuple[Document, Document]]]:
    """The documents whose text neither equals a text of `others` nor is a part of one; the rest, each with that one.

    Blank texts stay. Time grows with the characters of both, not with their product.
    """
    kept: list[Document] = []
    removed: list[tuple[Document, Document]] = []
    mine, theirs = list(documents), list(others)
    places = parts([document.text for document in mine], [other.text for other in theirs])
    for document, place in zip(mine, places, strict=True):
        if place is None:
            kept.append(document)
        else:
            removed.append((document, theirs[place]))
    return kept, removed


def parts(needles: Sequence[str], hays: Sequence[str]) -> list[int | None]:
    """For each needle the index of a hay that it is a part of, an equal one if there is one; None: of no hay.

    A blank needle is a part of none.
    """
    equal: dict[str, int] = {}
    for index, hay in enumerate(hays):
        equal.setdefault(hay, index)
    found = {needle: equal[needle] for needle in needles if needle.strip() and needle in equal}
    wanted = {needle for needle in needles if needle.strip() and needle not in found}
    for index, needle in _search(wanted, hays):
        found.setdefault(needle, index)
    return [found.get(needle) for needle in needles]


def _search(needles: Iterable[str], hays: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Every hay and every needle that stands in it. Needles are sorted by how many first characters tell them apart."""
    by_size: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for needle in needles:
        size = max((gram for gram in GRAMS if gram <= len(needle)), default=len(needle))
        by_size[size][needle[:size]].append(needle)
    for size, starting in by_size.items():
        found: set[str] = set()
        for index, hay in enumerate(hays):
            for place in range(len(hay) - size + 1):
                gram = hay[place : place + size]
                if gram not in starting:
                    continue
                for needle in starting[gram]:
                    if needle not in found and hay.startswith(needle, place):
                        found.add(needle)
                        yield index, needle
