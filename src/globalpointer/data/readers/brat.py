"""brat standoff: `name.txt` and `name.ann`, in a folder or in a `.tar.gz` (`corpus.tar.gz::train/`), ends exclusive.

Text is read without newline translation: brat counts a CRLF as two characters. A mention that goes over a line break
may spill over to lines without an id. A text without `.ann` is not annotated.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from globalpointer.data.readers.annotate import cut, shorten, span_fault, unique
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import check_exists, decode, read_members, split_place
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity

SHIFTED = 0.1
"""A document with more than this share of mentions that are not in its text where they should be is shifted."""

_ANY_MENTION = re.compile(r"T\d+\t")
_MENTION = re.compile(r"(T\d+)\t(\S+) ([^\t]+)(?:\t(.*))?")
_LINE_BREAK = re.compile(r"\r\n|[\r\n]")
_OTHER = re.compile(r"[REMAN#]\d+\t|\*\t")


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one document: where they are, for messages, and what is in them."""

    name: str
    place: str
    text: bytes
    annotation: bytes | None


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a brat folder, sorted by name.

    A mention that differs from its text is left out and noted; where more than a tenth of a document's do, its
    offsets are shifted, and the whole document is. Relations, events and notes are not read.

    Source: Stenetorp et al., 2012, brat; the standoff format as in its manual.
    """
    for files in _documents(path):
        document = _document(files, report, options)
        if document is not None:
            yield document


def _documents(path: str) -> Iterator[Files]:
    outer, inside = split_place(path)
    check_exists(outer)
    if outer.is_dir():
        where = outer / inside if inside else outer
        check_exists(where)
        try:
            names = [each.relative_to(where).as_posix() for each in where.rglob("*") if each.suffix in (".txt", ".ann")]
            folder = _only_folder(names, path)
            content: Mapping[str, bytes] = {name: (where / name).read_bytes() for name in names}
        except OSError as error:
            raise DataError(f"cannot be read: {error.strerror}", path=error.filename or path) from None
        place = str(where)
    else:
        content = _inside(read_members(outer), inside, path)
        folder = _only_folder(content, path)
        place = str(outer) + "::"
    for name in sorted(content):
        if PurePosixPath(name).parent != folder:
            continue
        stem = name.removesuffix(".txt")
        if name.endswith(".ann") and name.removesuffix(".ann") + ".txt" not in content:
            raise DataError("annotation without its text: expected a .txt of the same name", path=f"{place}/{name}")
        if name.endswith(".txt"):
            shown = f"{place}{stem}" if place.endswith("::") else str(Path(place) / stem)
            yield Files(PurePosixPath(stem).name, shown, content[name], content.get(stem + ".ann"))


def _inside(content: Mapping[str, bytes], inside: str | None, path: str) -> Mapping[str, bytes]:
    """The texts and annotations of an archive that are in one folder, whose path may lack its beginning."""
    files = {name: data for name, data in content.items() if name.endswith((".txt", ".ann"))}
    if not inside:
        return files
    folders = {str(PurePosixPath(name).parent) for name in files}
    found = [folder for folder in folders if folder == inside or folder.endswith("/" + inside)]
    if len(found) != 1:
        raise DataError(f"expected one folder of this name, found {len(found)}; there are: {_list(folders)}", path=path)
    return {name: data for name, data in files.items() if str(PurePosixPath(name).parent) == found[0]}


def _only_folder(names: Iterable[str], path: str) -> PurePosixPath:
    """The folder that holds all the documents; several are not put together unasked: they may be train and test."""
    folders = {PurePosixPath(name).parent for name in names}
    if len(folders) != 1:
        what = f"in {len(folders)} folders, name one: {_list(map(str, folders))}" if folders else "in it: no .txt file"
        raise DataError(f"expected the documents of one folder, found them {what}", path=path)
    return folders.pop()


def _list(folders: Iterable[str]) -> str:
    names = sorted(folders)
    return ", ".join(names[:6]) + " ..." * (len(names) > 6)


def _document(files: Files, report: Reporter, options: Options) -> Document | None:
    # A byte order mark stays: brat counts it.
    text = _decode(files.text, files.place + ".txt")
    if files.annotation is None or options.labelled is False:
        return Document(text, None, files.name)
    path = files.place + ".ann"
    kept: list[Entity] = []
    faults: list[tuple[str, int]] = []
    for number, line, spilled in _mention_lines(_decode(files.annotation, path).removeprefix("\ufeff"), report, path):
        mention = _MENTION.fullmatch(line)
        if mention is None:
            raise DataError(
                f"expected 'id<TAB>label start end<TAB>mention', found {shorten(line)}", path=path, line=number
            )
        pieces = _pieces(mention, report, options, number, path)
        if pieces is None:
            continue
        start, end = pieces
        surface = None if ";" in mention[3] else mention[4]
        fault = span_fault(text, start, end) or _mismatch(text[start:end], surface, [each for _, each in spilled])
        if fault:
            faults.append((f"{mention[1]} {mention[2]}: {fault}", number))
        else:
            kept.append(cut(text, mention[2], start, end))
            if surface == text[start:end]:  # the lines after it are no part of it
                for stray, content in spilled:
                    report.ignored(f"no mention, relation or note: {shorten(content)}", stray, path=path)
    for message, number in faults:
        report.dropped(message, number, path=path)
    if len(faults) > SHIFTED * (len(kept) + len(faults)):
        report.dropped(
            f"the whole document, with {len(kept)} mentions that fit: {len(faults)} do not, its offsets are shifted",
            None,
            path=path,
        )
        return None
    return Document(text, unique(kept, report, None, path=path), files.name)


def _pieces(mention: re.Match[str], report: Reporter, options: Options, line: int, path: str) -> tuple[int, int] | None:
    """Start and end of a mention; None where it is in several pieces and those are not wanted."""
    try:
        pieces = [(int(start), int(end)) for start, end in map(str.split, mention[3].split(";"))]
    except ValueError:
        raise DataError(f"expected 'start end' after the label, found {mention[3]!r}", path=path, line=line) from None
    if len(pieces) == 1 or options.discontinuous == "envelope":
        return min(start for start, _ in pieces), max(end for _, end in pieces)
    wanted = options.discontinuous == "skip"
    said = f"{mention[1]} {mention[2]} {mention[3]}: the mention is discontinuous"
    advice = '; discontinuous = "envelope" keeps it as one span from first to last, "skip" leaves it out'
    report.dropped(said if wanted else said + advice, line, path=path, default="skip" if wanted else "raise")
    return None


def _mismatch(found: str, surface: str | None, spilled: Sequence[str]) -> str | None:
    """A fault where the surface is given and differs; brat writes a line break in a mention as a blank."""
    if surface is None or surface in (found, _LINE_BREAK.sub(" ", found)):
        return None
    whole = "\n".join([surface, *spilled])
    if spilled and _LINE_BREAK.sub("\n", found) == whole:
        return None
    return f"the mention is {shorten(whole)}, but the text has {shorten(found)}"


def _mention_lines(annotation: str, report: Reporter, path: str) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
    """The mention lines, each with the lines of no kind after it; relations, events and notes are left aside."""
    held: tuple[int, str, list[tuple[int, str]]] | None = None
    for number, line in enumerate(annotation.split("\n"), 1):
        line = line.removesuffix("\r")
        kind = "T" if _ANY_MENTION.match(line) else "other" if not line or _OTHER.match(line) else "none"
        if held and kind == "none":
            held[2].append((number, line))
            continue
        if held:
            yield held
        held = (number, line, []) if kind == "T" else None
        if kind == "none":
            report.ignored(f"no mention, relation or note: {shorten(line)}", number, path=path)
    if held:
        yield held


def _decode(raw: bytes, path: str) -> str:
    """The file as text; the DataError for a byte that is not UTF-8 names its line."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        start = raw.rfind(b"\n", 0, error.start) + 1
        decode(raw[start : raw.find(b"\n", error.start) + 1 or None], path, raw.count(b"\n", 0, error.start) + 1)
        raise
