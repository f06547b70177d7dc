"""Spans from a file to the entities of a document: checked, sorted, each once."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from globalpointer.data.readers.notes import Reporter
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity, Span

Problem = Callable[[str], None]


def load_json(text: str) -> Any:
    """The value of a JSON text. ValueError also where an object has one key twice, of which `json` drops the first."""
    return json.loads(text, object_pairs_hook=_each_once)


def parse_object(line: str, path: str, number: int) -> dict[str, Any]:
    """One line of a JSON-lines file as an object. DataError with file and line where it is none."""
    try:
        value = load_json(line)
    except json.JSONDecodeError as error:
        raise DataError(
            f"broken JSON at column {error.colno}: {error.msg}; expected one object a line, found {shorten(line)}",
            path=path,
            line=number,
        ) from None
    except (RecursionError, ValueError) as error:
        raise DataError(f"broken JSON: {error}", path=path, line=number) from None
    if not isinstance(value, dict):
        raise DataError(f"expected one JSON object a line, found {shorten(line)}", path=path, line=number)
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in found if keys.count(key) > 1)!r} stands twice in one object")
    return found


def checked_text(value: Any, key: str, path: str, line: int | None) -> str:
    """The text of a document, which must be a string that can be written as UTF-8 again."""
    if not isinstance(value, str):
        found = "nothing" if value is None else f"{json.dumps(value, ensure_ascii=False):.60}"
        raise DataError(f"expected a string under {key!r}, found {found}", path=path, line=line)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(
            f"the text holds half of a surrogate pair (U+{ord(value[error.start]):04X}) at character {error.start}: "
            f"export the file again, as UTF-8",
            path=path,
            line=line,
        ) from None
    return value


def checked_name(value: Any, key: str, path: str, line: int | None, *, otherwise: str) -> str:
    """The id of a document as a string, `otherwise` where it has none; it must be a string or a number."""
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        said = f"expected a string or a number under {key!r}, found {json.dumps(value, ensure_ascii=False):.60}"
        raise DataError(said, path=path, line=line)
    return str(value)


def span_fault(text: str, start: Any, end: Any, surface: Any = None) -> str | None:
    """What is wrong with the half-open span (start, end) of `text`, or None. `surface` None: it was not given."""
    for offset in (start, end):
        if not isinstance(offset, int) or isinstance(offset, bool):
            return f"an offset must be an integer, found {offset!r}"
    if not 0 <= start < end:
        return f"a span needs 0 <= start < end, found start={start}, end={end} (end exclusive)"
    if end > len(text):
        length = counted(len(text), "character")
        return f"the span ends at {end} (exclusive), but the text has {length}; offsets count code points"
    if surface is not None and text[start:end] != surface:
        return f"the mention is {shorten(str(surface))}, but the text has {shorten(text[start:end])} at {start}:{end}"
    return None


def label_fault(label: Any) -> str | None:
    """What is wrong with a label, or None."""
    if not isinstance(label, str) or not label.strip():
        return f"a label must be a string that is not blank, found {label!r}"
    if any("\ud800" <= each <= "\udfff" for each in label):
        return f"a label must not hold half of a surrogate pair, found {label!r}"
    return None


def unique(
    entities: Iterable[Entity], report: Reporter, line: int | None, *, path: str | None = None
) -> tuple[Entity, ...]:
    """The entities sorted by start, end and label, each once; a second one is reported."""
    seen: dict[tuple[int, int, str], Entity] = {}
    for entity in entities:
        key = (entity.start, entity.end, entity.label)
        if key in seen:
            report.duplicate(f"{entity.label} {shorten(entity.text)} at {entity.start}:{entity.end}", line, path=path)
        else:
            seen[key] = entity
    return tuple(seen[key] for key in sorted(seen))


def cut(text: str, label: str, start: int, end: int, score: float | None = None) -> Entity:
    """An entity with its surface; the span must have been checked."""
    return Entity(label, Span(start, end), text[start:end], score)


def kinds(document: Document) -> tuple[Sequence[object] | None, ...]:
    """Every kind of annotation a document may have: None where nobody annotated it."""
    return (
        document.entities,
        document.relations,
        document.triples,
        document.events,
        document.answers,
        document.accepted,
    )


def shorten(text: str, width: int = 40) -> str:
    """A text in quotes, its end cut off where it is long: for messages."""
    return repr(text if len(text) <= width else text[: width - 3] + "...")


def counted(count: int, one: str, many: str = "") -> str:
    """So many of something, for messages. `many`: the plural where it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
