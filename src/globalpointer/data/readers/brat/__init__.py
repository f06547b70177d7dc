"""brat standoff: `name.txt` and `name.ann`, in a folder or in a `.tar.gz` (`corpus.tar.gz::train/`), ends exclusive.

Text is read without newline translation: brat counts a CRLF as two characters. A mention that goes over a line break
may spill over to lines without an id. A text without `.ann` is not annotated.
"""

import re
from collections.abc import Iterator, Sequence

from globalpointer.data.readers.annotate import unique
from globalpointer.data.readers.brat import links, mentions
from globalpointer.data.readers.brat.files import Files, documents
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import decode
from globalpointer.text.spans import Document

SHIFTED = 0.1
"""A document with more than this share of mentions that are not in its text where they should be is shifted."""

_A_RELATION = re.compile(rb"^R\d+\t", re.MULTILINE)
_AN_EVENT = re.compile(rb"^E\d+\t", re.MULTILINE)
_A_LINK = re.compile(r"^[RE]\d+\t", re.MULTILINE)


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a brat folder, sorted by name.

    A mention that differs from its text is left out and noted; where more than a tenth of a document's do, its
    offsets are shifted, and the whole document is. Relations and events are annotated where any file of the folder has
    one: a file without is then one that has none. The trigger of an event is no entity. Attributes, normalizations and
    equivalences are not read.

    Source: Stenetorp et al., 2012, brat; the standoff format as in its manual.
    """
    files = list(documents(path))
    relations, events = _has(files, _A_RELATION), _has(files, _AN_EVENT)
    for each in files:
        document = _document(each, report, options, relations, events)
        if document is not None:
            yield document


def _has(files: Sequence[Files], line: re.Pattern[bytes]) -> bool:
    return any(line.search(each.annotation) for each in files if each.annotation is not None)


def _document(files: Files, report: Reporter, options: Options, relations: bool, events: bool) -> Document | None:
    # A byte order mark stays: brat counts it.
    text = _decode(files.text, files.place + ".txt")
    if files.annotation is None or options.labelled is False:
        return Document(text, None, files.name)
    path = files.place + ".ann"
    annotation = _decode(files.annotation, path).removeprefix("\ufeff")
    found = mentions.parse(text, annotation, report, options, path)
    for message, number in found.faults:
        report.dropped(message, number, path=path)
    if len(found.faults) > SHIFTED * (len(found.kept) + len(found.faults)):
        linked = len(_A_LINK.findall(annotation))
        said = f"mentions that fit: {len(found.kept)}, that do not: {len(found.faults)}"
        said += f", relations and events: {linked}" * bool(linked)
        report.dropped(f"the whole document, whose offsets are shifted ({said})", None, path=path)
        return None
    links.tell_unread(annotation, report, path)
    lines = links.event_lines(annotation, path)
    triggers = {each.trigger for each in lines}
    kept = [entity for identity, entity in found.kept if identity not in triggers]
    entities = unique(kept, report, None, path=path)
    return Document(
        text,
        entities,
        files.name,
        relations=links.relations(annotation, found.by_id, entities, report, path) if relations else None,
        events=links.events(lines, found.by_id, report, path) if events else None,
    )


def _decode(raw: bytes, path: str) -> str:
    """The file as text; the DataError for a byte that is not UTF-8 names its line."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        start = raw.rfind(b"\n", 0, error.start) + 1
        decode(raw[start : raw.find(b"\n", error.start) + 1 or None], path, raw.count(b"\n", 0, error.start) + 1)
        raise
