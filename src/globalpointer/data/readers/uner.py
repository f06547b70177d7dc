"""Universal NER `.iob2`: tab-separated token lines under `# text = ...`, which gives the blanks between the words.

Token lines: number, word, tag, and up to two more columns that are left aside. A line that begins with `#` is a token
only if it has a tab.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from globalpointer.data.readers.annotate import cut, shorten, unique
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import file_name, lines
from globalpointer.data.readers.tags import SCHEMES, decode
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Entity, Span

OUTSIDE = ("OTH", "O")
"""Labels of early versions that the release dropped: they count as O unless `outside` says otherwise."""


@dataclass(slots=True)
class Sentence:
    """What the lines of one sentence said."""

    line: int
    text: str | None = None
    id: str | None = None
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The sentences of a Universal NER file, on their raw text.

    Source: Mayhew et al., 2024, Universal NER.
    """
    name = file_name(path)
    sentence = Sentence(1)
    for number, line in lines(path):
        if line.strip():
            _take(sentence, line, path, number)
            continue
        if sentence.words:
            yield _document(sentence, name, report, options)
        sentence = Sentence(number + 1)
    if sentence.words:
        yield _document(sentence, name, report, options)


def _take(sentence: Sentence, line: str, path: str, number: int) -> None:
    if line.startswith("#") and "\t" not in line:
        key, _, value = line[1:].partition("=")
        if key.strip() == "text":
            sentence.text = value.strip()
        elif key.strip() == "sent_id":
            sentence.id = value.strip()
        return
    columns = line.split("\t")
    if len(columns) < 3 or not columns[0].isdecimal() or not columns[1]:
        raise DataError(f"expected number, word and tag parted by tabs, found {shorten(line)}", path=path, line=number)
    if not SCHEMES["bio"].is_tag(columns[2]):
        raise DataError(f"expected O, B-LABEL or I-LABEL in column 3, found {columns[2]!r}", path=path, line=number)
    sentence.words.append(columns[1])
    sentence.tags.append(columns[2])
    sentence.numbers.append(number)


def _document(sentence: Sentence, name: str, report: Reporter, options: Options) -> Document:
    text, offsets = _align(sentence, report.path, options)
    entities = None
    if options.labelled is not False:
        entities = unique(_entities(sentence, text, offsets, report, options), report, sentence.line)
    return Document(text, entities, sentence.id or f"{name}:{sentence.line}")


def _align(sentence: Sentence, path: str, options: Options) -> tuple[str, list[Span]]:
    """Where each word stands in the text; without `# text`, the text is the words joined."""
    text = sentence.text
    if text is None:
        if options.joiner is None:
            raise DataError(
                'no "# text = ..." line in this sentence: say how its words are joined (joiner = "" or " ")',
                path=path,
                line=sentence.line,
            )
        text = options.joiner.join(sentence.words)
    offsets = []
    position = 0
    for word, number in zip(sentence.words, sentence.numbers, strict=True):
        found = text.find(word, position)
        if found < 0 or text[position:found].strip():
            raise DataError(
                f"the word {word!r} does not stand in the text at character {position}, "
                f"which goes on with {shorten(text[position:])}",
                path=path,
                line=number,
            )
        position = found + len(word)
        offsets.append(Span(found, position))
    return text, offsets


def _entities(
    sentence: Sentence, text: str, offsets: list[Span], report: Reporter, options: Options
) -> Iterator[Entity]:
    outside = OUTSIDE if options.outside is None else options.outside
    found = decode(sentence.tags, SCHEMES["bio"], lambda index, why: report.repaired(why, sentence.numbers[index]))
    for label, first, last in found:
        if label in outside:
            report.ignored(f"{label} counts as O", sentence.numbers[first])
        else:
            yield cut(text, label, offsets[first].start, offsets[last].end)
