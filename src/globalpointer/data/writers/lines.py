"""The formats with one document a line: our own, CLUENER and CMeEE."""

import json
from collections.abc import Iterator

from globalpointer.data.readers.cmeee import looks_like_json
from globalpointer.errors import DataError
from globalpointer.text.spans import Document


def jsonl(document: Document) -> Iterator[str]:
    """Our own form: everything a document has."""
    yield _json(document.to_dict())


def cluener(document: Document) -> Iterator[str]:
    """CLUENER: ends inclusive, by label and mention."""
    plain = {"text": document.text, **({} if document.id is None else {"id": document.id}), **document.meta}
    if document.entities is not None:
        labels: dict[str, dict[str, list[list[int]]]] = {}
        for entity in document.entities:
            labels.setdefault(entity.label, {}).setdefault(entity.text, []).append([entity.start, entity.end - 1])
        plain["label"] = labels
    yield _json(plain)


def cmeee(document: Document) -> Iterator[str]:
    """CMeEE v1: text and spans parted by bars, ends inclusive. Id and meta have no place in it.

    DataError for a text that is blank, has a line break or the bars, or a label with a blank.
    """
    if (
        "|||" in document.text
        or "\n" in document.text
        or document.text.endswith(("\r", "|"))
        or not document.text.strip()
    ):
        raise DataError(f"document {document.id}: a cmeee text is one line, not blank, without '|||': use jsonl")
    if document.entities is None and looks_like_json(document.text):
        raise DataError(f"document {document.id}: in cmeee a text in braces would be taken for JSON: use jsonl")
    fields = [document.text]
    for entity in document.entities or ():
        if len(entity.label.split()) != 1 or "|" in entity.label:
            raise DataError(f"document {document.id}: a cmeee label has no blanks and no bars, found {entity.label!r}")
        fields.append(f"{entity.start}    {entity.end - 1}    {entity.label}")
    yield "|||".join(fields) + "|||" * (document.entities is not None)


def _json(plain: object) -> str:
    return json.dumps(plain, ensure_ascii=False)
