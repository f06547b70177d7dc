"""Files that are whole or not there at all: written beside their place and then moved to it."""

import gzip
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from globalpointer.errors import DataError


@contextmanager
def new_file(path: str | Path) -> Iterator[TextIO]:
    """A text file (UTF-8, LF; gzipped where the name ends so) that appears under its name only when all is written.

    Whatever stands there already stays untouched until then. Raises DataError where it cannot be written: an
    unwritable folder, a full disk.
    """
    path = Path(path)
    if path.is_dir():
        raise DataError("expected a file to write to, found a folder", path=path)
    with _as_data_error(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with _as_data_error(path):
            with os.fdopen(handle, "wb") as raw:
                # mtime 0, so that the same documents give the same bytes
                packed = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if path.name.endswith(".gz") else None
                with io.TextIOWrapper(packed or raw, encoding="utf-8", newline="\n") as text:
                    yield text
                    if packed is None:
                        text.flush()
                        os.fsync(raw.fileno())
                if packed is not None:  # closing it has written its end, and left the file below open
                    raw.flush()
                    os.fsync(raw.fileno())
            part.chmod(0o666 & ~_umask())
            part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def new_folder(path: str | Path) -> Iterator[Path]:
    """A folder to fill, which appears under its name when all is written. DataError where one with files is there."""
    path = Path(path)
    with _as_data_error(path):
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            raise DataError("there is something of this name already: name a new folder", path=path)
        part = Path(tempfile.mkdtemp(dir=path.absolute().parent, prefix=f".{path.name}.", suffix=".part"))
    try:
        with _as_data_error(path):
            yield part
            part.chmod(0o777 & ~_umask())
            part.replace(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _as_data_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path=path) from None


def _umask() -> int:
    """The mask that new files of this process get; temporary files are made without regard to it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
