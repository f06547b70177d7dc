"""Our own form: one JSON object a line, offsets in code points, ends exclusive.

`{"text": "Ann sings.", "entities": [{"start": 0, "end": 3, "label": "PER", "text": "Ann"}], "id": "7", "meta": {}}`.
"text" of an entity, "id" and "meta" may be absent; without "entities" the document is not annotated.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from globalpointer.data.readers.annotate import checked_text, cut, label_fault, parse_object, span_fault, unique
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import file_name, lines
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a file in our own form. It is exact: by itself, a wrong span is a DataError."""
    name = file_name(path)
    for number, line in lines(path):
        if line.strip():
            yield parse(line, report, options, number, name)


def parse(line: str, report: Reporter, options: Options, number: int, name: str) -> Document:
    """One line as a document; keys we do not know are kept in `meta`."""
    record = parse_object(line, report.path, number)
    if "text" not in record:
        found = ", ".join(map(repr, record)) or "none"
        raise DataError(f'expected the key "text", found the keys {found}', path=report.path, line=number)
    text = checked_text(record.pop("text"), "text", report.path, number)
    identity, meta, spans = record.pop("id", None), record.pop("meta", None), record.pop("entities", None)
    if not isinstance(meta, Mapping | None):
        raise DataError(f'expected an object under "meta", found {meta!r}', path=report.path, line=number)
    entities = None
    if spans is not None and options.labelled is not False:
        if not isinstance(spans, list):
            raise DataError(f'expected a list under "entities", found {spans!r:.60}', path=report.path, line=number)
        entities = unique(_entities(text, spans, report, number), report, number)
    return Document(
        text, entities, f"{name}:{number}" if identity is None else str(identity), {**record, **(meta or {})}
    )


def _entities(text: str, spans: list[Any], report: Reporter, line: int) -> Iterator[Entity]:
    for index, span in enumerate(spans):
        fault = _fault(text, span)
        if fault:
            report.dropped(f"entity {index}: {fault}", line, default="raise")
        else:
            yield cut(text, span["label"], span["start"], span["end"], span.get("score"))


def _fault(text: str, span: Any) -> str | None:
    if not isinstance(span, dict):
        return f'expected {{"start", "end", "label"}}, found {span!r:.60}'
    missing = [key for key in ("start", "end", "label") if key not in span]
    if missing:
        return f"{', '.join(map(repr, missing))} missing; expected start, end (exclusive) and label"
    score = span.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        return f"a score must be a number, found {score!r}"
    return label_fault(span["label"]) or span_fault(text, span["start"], span["end"], span.get("text"))
