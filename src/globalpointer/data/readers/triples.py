"""Triples of strings, no offsets, no entity labels: NYT and WebNLG as CasRel's authors and others after them give them.

A JSON list, or one object a line: `{"text": "Ann lives in Oslo .", "triple_list": [["Ann", "lives in", "Oslo"]]}`. The
text is tokenised, its tokens parted by blanks.
"""

from collections.abc import Iterator
from typing import Any

from globalpointer.data.readers.annotate import label_fault
from globalpointer.data.readers.links import name_fault
from globalpointer.data.readers.locate import TypedTriple
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Record
from globalpointer.data.readers.unlocated import unlocated
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Triple


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a file of triples, their mentions located as `options.mentions` says.

    Source: Wei et al., 2020, CasRel (the form); Zeng et al., 2018 (the choice of NYT and WebNLG).
    """
    return unlocated(path, "triples", _triples, report, options)


def _triples(given: Any, report: Reporter, record: Record) -> Iterator[TypedTriple]:
    if not isinstance(given, list):
        raise DataError(f'expected a list under "triple_list", found {given!r:.60}', path=record.path, line=record.line)
    for index, entry in enumerate(given):
        fault = _fault(entry)
        if fault:
            report.dropped(f"triple {index}: {fault}", record.line, path=record.path)
        else:
            yield TypedTriple(Triple(*entry))


def _fault(entry: Any) -> str | None:
    """What is wrong with one entry of "triple_list", or None."""
    if not isinstance(entry, list) or len(entry) != 3:
        return f"expected [subject, label, object], found {entry!r:.60}"
    return name_fault(entry[0], "a subject") or label_fault(entry[1]) or name_fault(entry[2], "an object")
