"""CLUENER: one JSON object a line, or a list of them, entities by label and mention, ends inclusive.

`{"text": "浙商银行...", "label": {"company": {"浙商银行": [[0, 3]]}}}`; a test file has no "label".
"""

from collections.abc import Iterator
from typing import Any

from globalpointer.data.readers.annotate import cut, label_fault, span_fault, unique
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record, annotated, records
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a CLUENER file. A span whose text is not its mention is left out and noted.

    Source: Xu et al., 2020, CLUENER2020.
    """
    for record, text, labels, name in annotated(records(path), "cluener", options):
        entities = None
        if labels is not None:
            entities = unique(_entities(text, labels, report, record), report, record.line, path=record.path)
        yield Document(text, entities, name, record.fields)


def _entities(text: str, labels: Any, report: Reporter, record: Record) -> Iterator[Entity]:
    for label, mention, places in _mentions(labels, record):
        for place in places:
            if not isinstance(place, list) or len(place) != 2:
                said = f"{label} {mention!r}: expected [first, last], found {place!r}"
                report.dropped(said, record.line, path=record.path)
                continue
            first, last = place
            end = last + 1 if isinstance(last, int) and not isinstance(last, bool) else last
            fault = label_fault(label) or span_fault(text, first, end, mention)
            if fault:
                report.dropped(f"{label} {mention!r} {place}: {fault}", record.line, path=record.path)
            else:
                yield cut(text, label, first, end)


def _mentions(labels: Any, record: Record) -> Iterator[tuple[str, str, list[Any]]]:
    try:
        for label, mentions in labels.items():
            for mention, places in mentions.items():
                if not isinstance(places, list):
                    raise AttributeError
                yield label, mention, places
    except AttributeError:
        raise DataError(
            'expected "label": {label: {mention: [[first, last], ...]}} with inclusive ends',
            path=record.path,
            line=record.line,
        ) from None
