"""Gold and found documents side by side, refused where they do not belong together."""

from collections.abc import Mapping, Sequence

from globalpointer.errors import DataError
from globalpointer.text.spans import Document

ANNOTATION: Mapping[str, tuple[str, ...]] = {
    "ner": ("entities",),
    "relation": ("relations", "triples"),
    "event": ("events",),
    "mrc": ("answers", "accepted"),
}
"""The fields of a document of which at least one must be annotated, by task."""


def check_annotated(documents: Sequence[Document], kinds: Sequence[str], side: str = "gold") -> None:
    """DataError where a document has none of these kinds of annotation."""
    for index, document in enumerate(documents):
        if not _has(document, kinds):
            others = _has(document, [kind for each in ANNOTATION.values() for kind in each])
            instead = f", but with {' and '.join(others)}" if others else ""
            raise DataError(
                f"{_name(index, document)}: the {side} document is not annotated with {' or '.join(kinds)}{instead}, "
                "so it cannot be scored"
            )


def _has(document: Document, kinds: Sequence[str]) -> list[str]:
    return [kind for kind in kinds if getattr(document, kind) is not None]


def pairs(gold: Sequence[Document], found: Sequence[Document], *kinds: str) -> list[tuple[Document, Document]]:
    """The documents two by two. `kinds`: the fields of a document of which at least one must be annotated.

    DataError where the two lists are not about the same texts and questions, or a document has none of the annotation
    asked for.
    """
    if len(gold) != len(found):
        raise DataError(
            f"{len(gold)} gold documents but {len(found)} found ones; they must be the same texts in the same order"
        )
    for index, (one, other) in enumerate(zip(gold, found, strict=True)):
        if one.text != other.text:
            said = "gold and found have different texts; they must be the same texts in the same order"
            raise DataError(f"{_name(index, one)}: {said}")
        if other.question not in (None, one.question):
            said = "gold and found answer different questions; they must be the same in the same order"
            raise DataError(f"{_name(index, one)}: {said}")
    check_annotated(gold, kinds)
    check_annotated(found, kinds, "found")
    return list(zip(gold, found, strict=True))


def _name(index: int, document: Document) -> str:
    return f"document {index + 1}" if document.id is None else f"document {index + 1} ({document.id})"
