"""Files of JSON objects: one list of them, or one object a line; and what their texts and annotation are."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from globalpointer.data.readers.annotate import checked_name, checked_text, load_json, parse_object, shorten
from globalpointer.data.readers.forms import FORMS, check_form
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import file_name, lines
from globalpointer.errors import DataError


@dataclass(frozen=True, slots=True)
class Record:
    """One object of a file. Where it stands is `path` and `line`, or `path[index]` and no line in a list."""

    fields: dict[str, Any]
    path: str
    line: int | None
    id: str
    """A name for the document, where the file gives none."""


class Annotated(NamedTuple):
    """A record with its text, its annotation as the file gives it, and a name; other keys are left in its fields."""

    record: Record
    text: str
    annotation: Any
    """None where nobody annotated it, or annotation is left aside."""
    id: str


def annotated(found: Iterable[Record], name: str, options: Options) -> Iterator[Annotated]:
    """The records of a file in a format of `FORMS` that has its annotation under one key."""
    form = FORMS[name]
    (key,) = form.annotation
    for record in found:
        fields = record.fields
        check_form(name, fields, options.labelled, record.path, record.line)
        text = checked_text(fields.pop(form.text), form.text, record.path, record.line)
        identity, given = fields.pop(form.id, None), fields.pop(key, None)
        if options.labelled is False:
            given = None
        named = checked_name(identity, form.id, record.path, record.line, otherwise=record.id)
        yield Annotated(record, text, given, named)


def records(path: str) -> Iterator[Record]:
    """The objects of a file. DataError where it is neither a list of objects nor one object a line."""
    return listed(filled(path), path)


def filled(path: str) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not blank, each with its number."""
    return ((number, line) for number, line in lines(path) if line.strip())


def listed(numbered: Iterator[tuple[int, str]], path: str) -> Iterator[Record]:
    """`records` of lines that have been read; the path says where they stand."""
    name = file_name(path)
    start = next(numbered, None)
    if start is None:
        return
    if start[1].lstrip().startswith("["):
        for index, entry in enumerate(whole(chain([start], numbered), path)):
            if not isinstance(entry, dict):
                found = shorten(json.dumps(entry, ensure_ascii=False))
                raise DataError(f"expected a list of JSON objects, found {found}", path=f"{path}[{index}]")
            yield Record(entry, f"{path}[{index}]", None, f"{name}[{index}]")
        return
    for number, line in chain([start], numbered):
        yield Record(parse_object(line, path, number), path, number, f"{name}:{number}")


def whole(numbered: Iterable[tuple[int, str]], path: str) -> Any:
    """The one value that all these lines are. DataError with file and line where they are none."""
    held = list(numbered)
    try:
        return load_json("\n".join(line for _, line in held))
    except json.JSONDecodeError as error:
        # blank lines were left out, so that its line is the number of one of the others
        line, _ = held[min(error.lineno, len(held)) - 1]
        raise DataError(f"broken JSON at column {error.colno}: {error.msg}", path=path, line=line) from None
    except (RecursionError, ValueError) as error:
        raise DataError(f"broken JSON: {error}", path=path) from None
