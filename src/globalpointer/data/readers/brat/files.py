"""Where the documents of a brat corpus are: the pairs of `name.txt` and `name.ann` in a folder or an archive."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from globalpointer.data.readers.source import check_exists, read_members, split_place
from globalpointer.errors import DataError


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one document: where they are, for messages, and what is in them."""

    name: str
    place: str
    text: bytes
    annotation: bytes | None


def documents(path: str) -> Iterator[Files]:
    """The documents of one folder, sorted by name; DataError where there are several folders, or an `.ann` alone."""
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
