"""Documents to files: the same formats outwards, as far as they can say what a document has."""

import difflib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

from globalpointer.data.readers.annotate import counted
from globalpointer.data.writers import brat, columns, lines
from globalpointer.data.writers.files import new_file
from globalpointer.errors import ConfigError, DataError
from globalpointer.text.spans import Document

__all__ = ["WRITERS", "write"]

LineWriter = Callable[..., Iterator[str]]
"""The lines of one document."""

COLUMN_FORMATS = ("iob1", "bio", "bioes", "bmeso", "bilou")

WRITERS: dict[str, LineWriter | None] = {
    "jsonl": lines.jsonl,
    **{name: columns.writer(name) for name in COLUMN_FORMATS},
    "cluener": lines.cluener,
    "cmeee": lines.cmeee,
    "brat": None,
}
"""How each format writes a document; None: brat writes a folder."""

LINKED = ("jsonl", "brat")
"""The formats that hold relations and events. Questions and answers are held by jsonl alone."""


def write(
    documents: Iterable[Document],
    target: str | Path | TextIO,
    format: str,  # noqa: A002 - the word everyone uses for it
    *,
    joiner: str | None = None,
) -> int:
    """Write all documents, and return how many there were.

    A path ending in `.gz` is gzipped. The file appears when all is written: an error leaves what was there before. A
    stream is written to line by line. Raises DataError for what the format cannot say, such as nested entities in a
    column file or a relation in one, and where the file cannot be written.
    """
    if format not in WRITERS:
        near = difflib.get_close_matches(format, WRITERS, n=1)
        hint = f"nearest: {near[0]!r}; " if near else ""
        raise ConfigError(f"cannot write the format {format!r} ({hint}known: {', '.join(WRITERS)})")
    writer = WRITERS[format]
    if format not in LINKED:
        documents = _without_links(documents, format)
    if format != "jsonl":
        documents = _without_questions(documents, format)
    if writer is None:
        if not isinstance(target, str | Path):
            raise ConfigError("brat is a folder of files: name one to write to")
        return brat.write(documents, target)
    if format in COLUMN_FORMATS:
        writer = partial(writer, joiner=joiner)
    if not isinstance(target, str | Path):
        return _write_lines(documents, target, writer)
    with new_file(target) as stream:
        return _write_lines(documents, stream, writer)


def _without_links(documents: Iterable[Document], name: str) -> Iterator[Document]:
    """The documents, of which none may have more than entities."""
    for document in documents:
        links = {"relation": document.relations, "triple": document.triples, "event": document.events}
        held = " and ".join(counted(len(each), kind) for kind, each in links.items() if each)
        if held:
            raise DataError(
                f"document {document.id}: it has {held}, and {name} holds entities only: "
                "use jsonl, or drop the links (--drop-links) to keep the entities alone"
            )
        yield document


def _without_questions(documents: Iterable[Document], name: str) -> Iterator[Document]:
    """The documents, of which none may be asked anything."""
    for document in documents:
        if document.question is not None:
            raise DataError(f"document {document.id}: it has a question, and {name} holds none: use jsonl")
        yield document


def _write_lines(documents: Iterable[Document], stream: TextIO, writer: LineWriter) -> int:
    count = 0
    beginning = True
    for document in documents:
        for line in writer(document):
            if beginning and line.startswith("\ufeff"):
                stream.write("\ufeff")  # a reader takes the first one for the mark of the file
            beginning = False
            try:
                stream.write(line + "\n")
            except UnicodeEncodeError:
                raise DataError(
                    f"document {document.id!r}: its text, its id or its meta holds half of a surrogate pair, which "
                    "UTF-8 cannot hold"
                ) from None
        count += 1
    return count
