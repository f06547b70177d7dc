"""What reading changed, left out or doubled: nothing of it happens in silence."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from globalpointer.errors import DataError

Kind = Literal["dropped", "repaired", "duplicate", "ambiguous", "ignored", "bare"]
Level = Literal["error", "warning", "info"]
OnError = Literal["raise", "skip"]

LEVELS: dict[Kind, Level] = {
    "dropped": "error",
    "repaired": "warning",
    "duplicate": "warning",
    "ambiguous": "info",
    "ignored": "info",
    "bare": "info",
}


class DataWarning(UserWarning):
    """Annotation was repaired or left out while a file was read, and the caller did not ask for the notes."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that is not in the documents as it is in the file.

    `dropped`: annotation that cannot be kept. `repaired`: annotation that had one clear reading. `duplicate`: given
    twice, kept once. `ambiguous`: had several readings, of which a rule chose, such as a mention that stands in a text
    more than once (see `data.readers.locate`). `ignored`: left aside by the rules of the format, such as a `-DOCSTART-`
    line. `bare`: a whole file of which no document has any annotation.
    """

    kind: Kind
    message: str
    path: str
    line: int | None = None

    @property
    def level(self) -> Level:
        """How grave it is for a check of the file."""
        return LEVELS[self.kind]

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.line is None else f"{self.path}:{self.line}: {self.message}"


class Notes:
    """The notes of one or several files, in the order they were made. Pass one to `read`, and look at it after."""

    def __init__(self) -> None:
        self._notes: list[Note] = []

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes)

    def __len__(self) -> int:
        return len(self._notes)

    def __bool__(self) -> bool:
        return bool(self._notes)

    def add(self, note: Note) -> None:
        """Put one more at the end."""
        self._notes.append(note)

    def counts(self) -> dict[Kind, int]:
        """How many there are of each kind."""
        return dict(Counter(note.kind for note in self._notes))

    def grave(self) -> list[Note]:
        """Those that a person should see: errors and warnings, no mere information."""
        return [note for note in self._notes if note.level != "info"]

    def summary(self, examples: int = 3) -> list[str]:
        """Lines for a person: each kind that matters with its number, and its first few notes in full.

        Of what was ambiguous only the number: it is how the data is, and nothing that a person could mend.
        """
        lines = []
        for kind, count in Counter(note.kind for note in self.grave()).items():
            of_kind = [note for note in self._notes if note.kind == kind]
            lines.append(f"{count} annotation{'s' * (count != 1)} {_SAID[kind]}, such as:")
            lines += [f"  {note}" for note in of_kind[:examples]]
            lines += [f"  ... and {count - examples} more"] * (count > examples)
        ambiguous = self.counts().get("ambiguous", 0)
        lines += [str(note) for note in self._notes if note.kind == "bare"]
        if ambiguous:
            lines.append(f"{ambiguous} annotation{'s' * (ambiguous != 1)} with several readings, of which a rule chose")
        return lines


_SAID = {"dropped": "left out", "repaired": "repaired", "duplicate": "given twice and kept once"}


class Reporter:
    """What a reader tells its problems to: it raises, or takes a note, as `on_error` says.

    `on_error` is "raise" (a problem is a DataError), "skip" (it becomes a note, and reading goes on), or None (what
    the format does by itself: see `globalpointer.data.readers`).
    """

    def __init__(self, path: str | Path, notes: Notes, on_error: OnError | None = None) -> None:
        self.path = str(path)
        self.notes = notes
        self.on_error = on_error

    def dropped(self, message: str, line: int | None, *, path: str | None = None, default: OnError = "skip") -> None:
        """An annotation cannot be kept."""
        self._problem("dropped", message, line, path, default)

    def repaired(self, message: str, line: int | None, *, path: str | None = None, default: OnError = "skip") -> None:
        """An annotation was not as the format wants it, but can only be read in one way."""
        self._problem("repaired", message, line, path, default)

    def duplicate(self, message: str, line: int | None, *, path: str | None = None) -> None:
        """An annotation was given twice; never an error."""
        self.notes.add(Note("duplicate", message, path or self.path, line))

    def ambiguous(self, message: str, line: int | None, *, path: str | None = None) -> None:
        """An annotation had several readings, and a rule chose; never an error."""
        self.notes.add(Note("ambiguous", message, path or self.path, line))

    def bare(self, documents: int, name: str) -> None:
        """Nothing in these documents is annotated, read in this format; never an error."""
        said = f"read as {name!r}, it has no annotation; documents: {documents}"
        self.notes.add(Note("bare", said, self.path))

    def ignored(self, message: str, line: int | None, *, path: str | None = None) -> None:
        """Something stands aside by the rules of the format; never an error."""
        self.notes.add(Note("ignored", message, path or self.path, line))

    def _problem(self, kind: Kind, message: str, line: int | None, path: str | None, default: OnError) -> None:
        if (self.on_error or default) == "raise":
            raise DataError(message, path=path or self.path, line=line)
        self.notes.add(Note(kind, message, path or self.path, line))
