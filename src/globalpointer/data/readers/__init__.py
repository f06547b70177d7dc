"""Files to documents: one reader a format, all through `read`.

`on_error=None` leaves each format its own way with annotation that is wrong: our own `jsonl` is exact, and a wrong span
is a DataError; the published formats are read as they are, what cannot be kept is left out and noted. `"raise"` and
`"skip"` ask for one way in all. A line that is no line of the format at all is always a DataError.
"""

import difflib
import warnings
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Protocol

from globalpointer.data.readers import (
    brat,
    casie,
    cluener,
    cmeee,
    columns,
    conll04,
    duee,
    duie,
    dygie,
    fewfc,
    jsonl,
    runne,
    spert,
    squad,
    triples,
    uner,
)
from globalpointer.data.readers.annotate import counted, kinds
from globalpointer.data.readers.notes import DataWarning, Note, Notes, OnError, Reporter
from globalpointer.data.readers.options import Options
from globalpointer.errors import ConfigError, DataError
from globalpointer.text.spans import Document

__all__ = [
    "COLUMN_FORMATS",
    "READERS",
    "TOKEN_FORMATS",
    "DataWarning",
    "Note",
    "Notes",
    "Options",
    "Reader",
    "Reporter",
    "read",
]


class Reader(Protocol):
    """Reads one format."""

    def __call__(self, path: str, report: Reporter, options: Options) -> Iterator[Document]:
        """The documents of a file, its problems told to `report`."""
        ...


COLUMN_FORMATS = ("iob1", "bio", "bioes", "bmeso", "bilou")
"""The formats of a token and its tags on a line."""

TOKEN_FORMATS = (*COLUMN_FORMATS, "conll04", "spert", "dygie")
"""The formats of tokens: they need a joiner."""

READERS: dict[str, Reader] = {
    "jsonl": jsonl.read,
    **{name: columns.reader(name) for name in COLUMN_FORMATS},
    "cluener": cluener.read,
    "cmeee": cmeee.read,
    "uner": uner.read,
    "runne": runne.read,
    "brat": brat.read,
    "duie": duie.read,
    "triples": triples.read,
    "conll04": conll04.read,
    "spert": spert.read,
    "dygie": dygie.read,
    "duee": duee.read,
    "fewfc": fewfc.read,
    "casie": casie.read,
    "squad": squad.read,
}


def read(
    path: str | Path,
    format: str,  # noqa: A002 - the word everyone uses for it
    *,
    notes: Notes | None = None,
    on_error: OnError | None = None,
    **options: Any,
) -> Iterator[Document]:
    """The documents of a file, in its order; `options` are the fields of `Options`, such as `joiner`.

    `path` may be gzipped, "-" for standard input, and point into an archive (`corpus.tar.gz::train/`). What was
    repaired, left out or doubled is put into `notes`; without them it is a DataWarning at the end of the file. So
    is, but without a warning, that no document of the file has any annotation.
    Raises ConfigError for an unknown format or option, DataError with file and line for what cannot be read.
    """
    if format not in READERS:
        near = difflib.get_close_matches(format, READERS, n=1)
        hint = f"nearest: {near[0]!r}; " if near else ""
        raise ConfigError(f"unknown format {format!r} ({hint}known: {', '.join(READERS)})")
    known = [field.name for field in fields(Options)]
    for unknown in set(options) - set(known):
        raise ConfigError(f"unknown option {unknown!r} of read() (known: {', '.join(known)})")
    return _read(str(path), format, Notes() if notes is None else notes, on_error, Options(**options), notes is None)


def _read(
    path: str, name: str, notes: Notes, on_error: OnError | None, options: Options, warn: bool
) -> Iterator[Document]:
    count, bare = 0, True
    before, reporter = notes.counts().get("dropped", 0), Reporter(path, notes, on_error)
    for document in READERS[name](path, reporter, options):
        count += 1
        bare = bare and not any(kinds(document)) and document.answers is None
        if options.labelled and all(kind is None for kind in kinds(document)):
            said = f"document {document.id} is not annotated, and labels are needed here: an empty list says that"
            raise DataError(f"{said} there is nothing to find", path=path)
        yield document
    dropped = [note for note in notes if note.kind == "dropped"][before:]
    if not count:
        why = f", with {counted(len(dropped), 'annotation')} left out, such as: {dropped[0]}" if dropped else ""
        raise DataError(f"no document in it (format {name}){why}", path=path)
    if bare and not dropped and options.labelled is not False:
        reporter.bare(count, name)
    if warn and notes.grave():
        warnings.warn(f"{path}: " + "\n".join(notes.summary()), DataWarning, stacklevel=2)
