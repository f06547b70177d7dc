"""CMeEE v1 as text lines: the text, then start, end and type of each entity, parted by `|||`, ends inclusive.

`研究证实...|||10    10    bod|||10    13    sym|||`; a line without bars is a text without annotation.
"""

from collections.abc import Iterator

from globalpointer.data.readers.annotate import cut, span_fault, unique
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import file_name, lines
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity

BARS = "|||"


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a CMeEE file. A span that cannot be (its end before its start) is left out and noted.

    Source: Zhang et al., 2022, CBLUE.
    """
    name = file_name(path)
    for number, line in lines(path):
        if not line.strip():
            continue
        if looks_like_json(line) and BARS not in line:
            raise DataError(
                f"expected a text and its spans parted by {BARS}, found JSON: try another format",
                path=path,
                line=number,
            )
        text, *fields = line.split(BARS)
        entities = None
        if fields and options.labelled is not False:
            entities = unique(_entities(text, fields, report, number), report, number)
        yield Document(text, entities, f"{name}:{number}")


def looks_like_json(line: str) -> bool:
    """Whether a line is an object of JSON, or a list of such; no text of this format may look so."""
    return line.startswith(("{", "[{")) and line.endswith(("}", "}]"))


def _entities(text: str, fields: list[str], report: Reporter, line: int) -> Iterator[Entity]:
    # The line ends with bars, so that the last field is empty; a line that lacks them loses nothing.
    for field in fields if fields[-1].strip() else fields[:-1]:
        parts = field.split()
        if len(parts) != 3 or not (_is_integer(parts[0]) and _is_integer(parts[1])):
            report.dropped(f"expected 'start    end    type' between the bars, found {field!r}", line)
            continue
        first, last, label = int(parts[0]), int(parts[1]), parts[2]
        fault = span_fault(text, first, last + 1)
        if fault:
            said = f"its last character ({last}) is before its first ({first})" if last < first else fault
            report.dropped(f"{label} {first} {last}: {said}", line)
        else:
            yield cut(text, label, first, last + 1)


def _is_integer(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) < 16
