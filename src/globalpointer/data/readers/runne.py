"""RuNNE-2022: one JSON object a line, ends inclusive: `{"id": 0, "ners": [[0, 11, "PERSON"]], "sentences": "..."}`.

The labels of the test part stand in a file of their own, without texts: give that one (`test_with_answers.jsonl`), and
the texts are taken by their id from the file beside it (`test.jsonl`), or from the one that `texts` names.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from globalpointer.data.readers.annotate import (
    checked_name,
    checked_text,
    cut,
    label_fault,
    parse_object,
    span_fault,
    unique,
)
from globalpointer.data.readers.forms import check_form
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import file_name, lines
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity

_ANSWERS = re.compile(r"_with_answers(?=[^/]*$)")


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a RuNNE file; a wrong span is left out and noted.

    Source: Artemova et al., 2022, RuNNE-2022.
    """
    name = file_name(path)
    texts: dict[str, Any] | None = None
    for number, line in lines(path):
        if not line.strip():
            continue
        record = parse_object(line, path, number)
        if "ners" not in record:  # those with labels may have their texts in another file
            check_form("runne", record, options.labelled, path, number)
        identity = record.pop("id", None)
        text = record.pop("sentences", None)
        if text is None:
            texts = _texts(path, options) if texts is None else texts
            text = texts.get(str(identity))
            if text is None:
                raise DataError(f"no text with the id {identity!r} in the file of texts", path=path, line=number)
        spans = record.pop("ners", None)
        text = checked_text(text, "sentences", path, number)
        entities = None
        if spans is not None and options.labelled is not False:
            entities = unique(_entities(text, spans, report, number), report, number)
        named = checked_name(identity, "id", path, number, otherwise=f"{name}:{number}")
        yield Document(text, entities, named, record)


def _texts(path: str, options: Options) -> dict[str, Any]:
    """Text by id from the file that has the texts of these labels."""
    beside = str(options.texts) if options.texts is not None else _ANSWERS.sub("", path)
    if beside == path:
        raise DataError(
            'its lines have no "sentences", and its name does not say where they are (X_with_answers.jsonl has them in '
            "X.jsonl): name the file of the texts",
            path=path,
        )
    if options.texts is None and not Path(beside).exists():
        raise DataError(f'its lines have no "sentences", and {beside} is not there to take them from', path=path)
    texts = {}
    for number, line in lines(beside):
        if line.strip():
            record = parse_object(line, beside, number)
            texts[str(record.get("id"))] = record.get("sentences")
    return texts


def _entities(text: str, spans: Any, report: Reporter, line: int) -> Iterator[Entity]:
    if not isinstance(spans, list):
        raise DataError(f'expected a list under "ners", found {spans!r:.60}', path=report.path, line=line)
    for span in spans:
        if not isinstance(span, list) or len(span) != 3:
            report.dropped(f"expected [first, last, label], found {span!r:.60}", line)
            continue
        first, last, label = span
        end = last + 1 if isinstance(last, int) and not isinstance(last, bool) else last
        fault = label_fault(label) or span_fault(text, first, end)
        if fault:
            report.dropped(f"{label} {first} {last}: {fault}", line)
        else:
            yield cut(text, label, first, end)
