"""brat standoff: a folder with `name.txt` and `name.ann` for each document, ends exclusive."""

import re
from collections.abc import Iterable
from pathlib import Path

from globalpointer.data.writers.files import new_folder
from globalpointer.errors import DataError
from globalpointer.text.spans import Document

_PLAIN_NAME = re.compile(r"[\w-][\w.-]{0,100}")
_LINE_BREAK = re.compile(r"\r\n|[\r\n]")


def write(documents: Iterable[Document], path: str | Path) -> int:
    """Write a new folder, and return how many documents it has; without `.ann` where one is not annotated.

    A file is named after the id where that is a plain name of its own, else after its number. Meta has no place in it.
    """
    count = 0
    names: set[str] = set()
    with new_folder(path) as folder:
        for document in documents:
            count += 1
            name = document.id or ""
            if not _PLAIN_NAME.fullmatch(name) or name.casefold() in names:
                name = f"document-{count:06d}"
            names.add(name.casefold())
            (folder / f"{name}.txt").write_bytes(document.text.encode("utf-8"))
            if document.entities is not None:
                (folder / f"{name}.ann").write_bytes(_annotation(document).encode("utf-8"))
    return count


def _annotation(document: Document) -> str:
    lines = []
    for number, entity in enumerate(document.entities or (), 1):
        if re.search(r"\s", entity.label):
            raise DataError(f"document {document.id}: a brat label has no blanks, found {entity.label!r}")
        # A line break within a mention is written as a blank, as brat itself does.
        surface = _LINE_BREAK.sub(" ", entity.text)
        lines.append(f"T{number}\t{entity.label} {entity.start} {entity.end}\t{surface}\n")
    return "".join(lines)
