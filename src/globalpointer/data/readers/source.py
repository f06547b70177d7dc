"""Files as numbered lines of text: plain, gzipped, from an archive, or from standard input."""

import difflib
import gzip
import io
import os
import sys
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from globalpointer.errors import DataError

BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError)
"""What the standard library raises for a file that was cut off or damaged."""

INSIDE = "::"
"""Parts an archive from a path inside it, as in `corpus.tar.gz::train/`."""

_BOM = b"\xef\xbb\xbf"


def split_place(path: str | Path) -> tuple[Path, str | None]:
    """The file, and the path inside it where it is an archive: `a.tar.gz::train/` gives (a.tar.gz, "train")."""
    outer, parted, inside = str(path).partition(INSIDE)
    return Path(outer), inside.strip("/") if parted else None


def file_name(path: str | Path) -> str:
    """The last part of a path, without what only says how it is packed: for the ids of documents.

    Bytes of the name that are no UTF-8 become U+FFFD: an id must be such that it can be written.
    """
    outer, inside = split_place(path)
    name = Path(inside).name if inside else outer.name
    name = os.fsencode(name).decode("utf-8", "replace")
    return "stdin" if name == "-" else name.removesuffix(".gz")


def lines(path: str | Path) -> Iterator[tuple[int, str]]:
    """Each line with its number, from 1, without its line end (LF or CRLF) and without a byte order mark.

    Only LF ends a line: U+2028, form feeds and lone carriage returns stay in the text. Raises DataError for a file
    that is missing, a folder, damaged, or not UTF-8.
    """
    number = 0
    with open_bytes(path) as stream:
        try:
            for raw in stream:
                number += 1
                try:
                    line = raw.decode() if number > 1 else decode(raw, path, number)
                except UnicodeDecodeError:
                    line = decode(raw, path, number)  # raises, and says where
                yield number, line.removesuffix("\n").removesuffix("\r")
        except BROKEN as error:
            where = "after this line" if number else "at its beginning"
            raise DataError(f"the file is damaged {where}: {_reason(error)}", path=path, line=number or None) from None
        except OSError as error:
            raise DataError(f"cannot be read: {_reason(error)}", path=path, line=number) from None


def decode(raw: bytes, path: str | Path, line: int) -> str:
    """One line of bytes as text; DataError names the byte that is not UTF-8."""
    if line == 1:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise DataError("expected UTF-8, found the mark of UTF-16: save the file as UTF-8", path=path, line=1)
        raw = raw.removeprefix(_BOM)
    raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"expected UTF-8, found byte 0x{raw[error.start]:02x} at byte {error.start + 1} of the line; "
            f"if you know its encoding, such as gb18030 or latin1: iconv -f ENCODING -t utf-8 FILE > NEW",
            path=path,
            line=line,
        ) from None


@contextmanager
def open_bytes(path: str | Path) -> Iterator[IO[bytes]]:
    """A file, a member of an archive, or standard input ("-") as bytes, unpacked where it is gzipped."""
    if str(path) == "-":
        if sys.stdin is None:
            raise DataError("standard input is closed: pipe something into it, or name a file", path=path)
        yield _unpacked(cast(io.BufferedReader, sys.stdin.buffer), path)
        return
    outer, inside = split_place(path)
    check_exists(outer)
    if outer.is_dir():
        raise DataError(f"expected a file, found a folder{_contents(outer)}", path=path)
    try:
        opened = outer.open("rb")
    except OSError as error:
        raise DataError(f"cannot be opened: {_reason(error)}", path=path) from None
    with opened:
        if inside is None:
            yield _unpacked(opened, path)
        else:
            yield from _member(opened, path, inside)


def read_members(path: str | Path) -> dict[str, bytes]:
    """Every file of an archive, by its path inside. DataError where it is damaged or no archive."""
    check_exists(Path(path))
    try:
        with tarfile.open(path, "r:*") as archive:
            files = {member.name.removeprefix("./"): archive.extractfile(member) for member in archive}
            return {name: stream.read() for name, stream in files.items() if stream is not None}
    except BROKEN as error:
        reason = _reason(error).partition("\n")[0].rstrip(":")  # below it stands a line for every way that was tried
        raise DataError(
            f"expected the folder of the files, or a .tar or .tar.gz archive of it, and cannot read one here: {reason}",
            path=path,
        ) from None
    except OSError as error:
        raise DataError(f"cannot be read: {_reason(error)}", path=path) from None


def check_exists(path: Path) -> None:
    """DataError, with the nearest file that does exist, where there is nothing at this path."""
    try:
        if path.exists():
            return
        folder = next(parent for parent in (path.parent, *path.parent.parents) if parent.is_dir())
        # The name at which the path goes wrong, which may be a folder above the file.
        wrong = path.relative_to(folder).parts[0]
        near = _nearest(wrong, sorted(each.name for each in folder.iterdir()))
    except OSError as error:
        raise DataError(f"cannot be opened: {_reason(error)}", path=path) from None
    hint = f"nearest: {folder / near}" if near else f"nothing of a similar name in {folder.resolve()}"
    raise DataError(f"no such file ({hint})", path=path)


def _nearest(wrong: str, names: Sequence[str]) -> str | None:
    """The name that is spelt nearly so, endings left aside: those of two files of one format are always alike."""

    def stem(name: str) -> str:
        return name.partition(".")[0] or name

    near = difflib.get_close_matches(stem(wrong), [stem(name) for name in names], n=1, cutoff=0.6)
    same = [name for name in names if near and stem(name) == near[0]]
    return difflib.get_close_matches(wrong, same, n=1, cutoff=0.0)[0] if same else None


def _member(opened: IO[bytes], path: str | Path, inside: str) -> Iterator[IO[bytes]]:
    try:
        with tarfile.open(fileobj=opened, mode="r:*") as archive:
            names = [member.name for member in archive if member.isfile()]
            found = [name for name in names if name == inside or name.endswith("/" + inside)]
            if len(found) != 1:
                near = found or difflib.get_close_matches(inside, names, n=3, cutoff=0.3)
                what = "several files of this name" if found else "no such file in the archive"
                raise DataError(f"{what} (nearest: {', '.join(near) or 'none'})", path=path)
            stream = archive.extractfile(found[0])
            assert stream is not None  # it is a file: see `names`
            yield _unpacked(io.BufferedReader(cast(io.RawIOBase, stream)), path)
    except tarfile.TarError as error:
        said = _reason(error).partition("\n")[0]  # tarfile lists what each way to unpack it says
        raise DataError(f"expected a .tar or .tar.gz archive: {said}", path=path) from None


def _unpacked(stream: io.BufferedReader, path: str | Path) -> IO[bytes]:
    try:
        start = stream.peek(2)[:2]
    except BROKEN as error:
        raise DataError(f"the file is damaged: {_reason(error)}", path=path) from None
    if start == b"\x1f\x8b":
        return io.BufferedReader(gzip.GzipFile(fileobj=stream))
    if start and str(path).endswith(".gz"):
        raise DataError(f"named .gz, but not a gzip file (it begins with {start!r}): rename it", path=path)
    return stream


def _contents(folder: Path) -> str:
    names = sorted(each.name for each in folder.iterdir())
    return f" with {', '.join(names[:5])}{' ...' * (len(names) > 5)}: name one of its files" if names else " (empty)"


def _reason(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)) or type(error).__name__
