"""Where results go: files whole or not at all, JSON lines as they come, and words for the person at the terminal."""

import errno
import gzip
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from rich.console import Console, RenderableType

from globalpointer.errors import DataError


def check_outputs(read: Sequence[str], *written: str | None, page: str | None = None) -> None:
    """Before long work: raise DataError where what it gives would be lost.

    That is over a file that is read, twice into one place, or into a folder. `page`: HTML, for which standard output
    ("-") is no place either.
    """
    places = [out for out in (*written, page) if out is not None]
    for out in places:
        if any(os.path.exists(out) and os.path.exists(each) and os.path.samefile(each, out) for each in read):
            raise DataError("this is the file that is read; name another file to write to", path=out)
        if os.path.isdir(out):
            raise DataError("this is a folder; name a file to write to", path=out)
    if page == "-":
        raise DataError("a page is written to a file, and - is standard output; name a file to write to")
    taken = Counter(os.path.realpath(out) for out in places if not _swallows_all(out))
    for out in places:
        if taken[os.path.realpath(out)] > 1:
            where = "standard output (-)" if out == "-" else out
            raise DataError(f"two results would be written to {where}; name a file for each")


def _swallows_all(path: str) -> bool:
    """Whether a path is a device or a pipe, which may be written to more than once."""
    return path != "-" and os.path.exists(path) and not os.path.isfile(path)


def to_person(renderable: RenderableType) -> None:
    """Print on standard error: it never mixes with results that are piped on."""
    Console(stderr=True, soft_wrap=isinstance(renderable, str), highlight=False).print(renderable)


def show(renderable: RenderableType, *, stderr: bool = False) -> None:
    """Print a table or a drawn sentence; to standard error where standard output carries JSON."""
    # A command that is shown must stay on its line, so that it can be copied.
    Console(stderr=stderr, soft_wrap=isinstance(renderable, str), highlight=False).print(renderable, crop=False)


def write_text(path: str | Path, text: str) -> None:
    """Write a file whole or not at all: beside its place first, then renamed. Folders are made.

    A device or a pipe is written to as it is, for a file in its place would be another thing.
    """
    target = Path(path)
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "Is a directory", str(target))
    if _swallows_all(str(target)):
        target.write_text(text, encoding="utf-8", newline="\n")
        return
    _make_room(target)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except OSError as error:
        os.unlink(name)
        raise OSError(error.errno, error.strerror, str(target)) from None
    except BaseException:
        os.unlink(name)
        raise


def write_json(path: str, plain: Mapping[str, Any]) -> None:
    """Write one JSON object; `-` is standard output."""
    written = _json(plain, indent=2)
    if path == "-":
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
    else:
        write_text(path, written.decode())


def json_line(plain: Mapping[str, Any]) -> bytes:
    """One JSON object on one line."""
    return _json(plain)


def _json(plain: Mapping[str, Any], indent: int | None = None) -> bytes:
    """As UTF-8. Half a surrogate pair, which that cannot hold, is escaped and comes back whole."""
    try:
        return json.dumps(plain, ensure_ascii=False, indent=indent).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(plain, indent=indent).encode() + b"\n"


@contextmanager
def byte_sink(path: str | None) -> Iterator[IO[bytes]]:
    """A file (`.gz` by its name) or standard output, for lines that stay even if the run is stopped."""
    if path is None or path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    _make_room(target)
    try:
        with gzip.open(target, "wb") if target.suffix == ".gz" else open(target, "wb") as file:
            yield cast(IO[bytes], file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, error.filename or str(target)) from None


def forget_stdout() -> None:
    """After a broken pipe: point standard output nowhere, so that the interpreter's last flush does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _make_room(target: Path) -> None:
    """Make the folder of a file; an error names the file that could not be written."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory", str(target.parent)) from None
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
