"""Gold and found documents side by side, refused where they do not belong together."""

from collections.abc import Sequence

from globalpointer.errors import DataError
from globalpointer.text.spans import Document


def pairs(gold: Sequence[Document], found: Sequence[Document], *kinds: str) -> list[tuple[Document, Document]]:
    """The documents two by two. `kinds`: the fields of a document of which at least one must be annotated.

    DataError where the two lists are not about the same texts, or a document has none of the annotation asked for.
    """
    if len(gold) != len(found):
        raise DataError(
            f"{len(gold)} gold documents but {len(found)} found ones; they must be the same texts in the same order"
        )
    for index, (one, other) in enumerate(zip(gold, found, strict=True)):
        name = f"document {index + 1}" if one.id is None else f"document {index + 1} ({one.id})"
        if one.text != other.text:
            raise DataError(
                f"{name}: gold and found have different texts; they must be the same texts in the same order"
            )
        for side, document in (("gold", one), ("found", other)):
            if all(getattr(document, kind) is None for kind in kinds):
                raise DataError(
                    f"{name}: the {side} document has no annotation ({' and '.join(kinds)} is None), "
                    "so it cannot be scored"
                )
    return list(zip(gold, found, strict=True))
