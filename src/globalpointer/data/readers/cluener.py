"""CLUENER: one JSON object a line, entities by label and mention, ends inclusive.

`{"text": "浙商银行...", "label": {"company": {"浙商银行": [[0, 3]]}}}`; a test file has no "label".
"""

from collections.abc import Iterator
from typing import Any

from globalpointer.data.readers.annotate import checked_text, cut, label_fault, parse_object, span_fault, unique
from globalpointer.data.readers.forms import check_form
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import file_name, lines
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a CLUENER file. A span whose text is not its mention is left out and noted.

    Source: Xu et al., 2020, CLUENER2020.
    """
    name = file_name(path)
    for number, line in lines(path):
        if not line.strip():
            continue
        record = parse_object(line, path, number)
        check_form("cluener", record, options.labelled, path, number)
        text = checked_text(record.pop("text"), "text", path, number)
        labels = record.pop("label", None)
        identity = record.pop("id", None)
        entities = None
        if labels is not None and options.labelled is not False:
            entities = unique(_entities(text, labels, report, number), report, number)
        yield Document(text, entities, f"{name}:{number}" if identity is None else str(identity), record)


def _entities(text: str, labels: Any, report: Reporter, line: int) -> Iterator[Entity]:
    for label, mention, places in _mentions(labels, report.path, line):
        for place in places:
            if not isinstance(place, list) or len(place) != 2:
                report.dropped(f"{label} {mention!r}: expected [first, last], found {place!r}", line)
                continue
            first, last = place
            end = last + 1 if isinstance(last, int) and not isinstance(last, bool) else last
            fault = label_fault(label) or span_fault(text, first, end, mention)
            if fault:
                report.dropped(f"{label} {mention!r} {place}: {fault}", line)
            else:
                yield cut(text, label, first, end)


def _mentions(labels: Any, path: str, line: int) -> Iterator[tuple[str, str, list[Any]]]:
    try:
        for label, mentions in labels.items():
            for mention, places in mentions.items():
                if not isinstance(places, list):
                    raise AttributeError
                yield label, mention, places
    except AttributeError:
        raise DataError(
            'expected "label": {label: {mention: [[first, last], ...]}} with inclusive ends', path=path, line=line
        ) from None
