"""Column files: a token and its tags on a line, a blank line between sentences.

Columns are parted by a tab, or by blanks where the line has no tab. The first column is the token.

Which columns are tags, unless `layers` says how many of the last ones are: all columns at the end of the line that hold
nothing but tags of the scheme in the whole file (GermEval: outer and inner). Two exceptions. Exactly four columns are
CoNLL-2003's token, part of speech, chunk and entity: chunks look like tags (B-NP), so only the last column counts.
And a column that holds a tag on nearly every line is refused with the line that does not, rather than left out.

Tags are read leniently (see `tags.decode`): each repair is noted, and is an error with `on_error="raise"`.
Lines with the token `-DOCSTART-` part documents and are left aside.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import accumulate

from globalpointer.data.readers.annotate import cut, shorten, unique
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.source import file_name, lines
from globalpointer.data.readers.tags import SCHEMES, Scheme, decode
from globalpointer.data.readers.words import joiner_of
from globalpointer.errors import ConfigError, DataError
from globalpointer.text.spans import Document, Entity

Row = list[str]
Sentence = tuple[int, list[Row]]
"""The number of its first line, and the columns of each of its lines."""

CONLL_COLUMNS = 4
DOCUMENT_START = "-DOCSTART-"
NEARLY = 0.9
"""A column with at least this share of tags was meant to be one."""

_BLANKS = re.compile(" +")


def reader(scheme: str) -> "partial[Iterator[Document]]":
    """The reader of column files in one scheme: a key of `SCHEMES`."""
    return partial(read, SCHEMES[scheme])


def read(scheme: Scheme, path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The sentences of a column file, each a document. The whole file is looked at before the first one comes.

    Source: Tjong Kim Sang and De Meulder, 2003 (columns); Benikova et al., 2014 (layers).
    """
    joiner = joiner_of(options, path, scheme.name)
    sentences = list(_sentences(path, report, options))
    layers = _layers(sentences, scheme, path, report, options)
    name = file_name(path)
    for start, rows in sentences:
        tokens = [row[0] for row in rows]
        starts = [0, *accumulate(len(token) + len(joiner) for token in tokens)]
        text = joiner.join(tokens)
        if not layers:
            yield Document(text, None, f"{name}:{start}")
            continue
        entities: list[Entity] = []
        for column in layers:
            tags = [row[column] for row in rows]
            if any(tag != "O" for tag in tags):
                entities += _entities(text, tokens, starts, tags, scheme, start, report, options)
        yield Document(text, unique(entities, report, start) if entities else (), f"{name}:{start}")


def _entities(
    text: str,
    tokens: list[str],
    starts: list[int],
    tags: list[str],
    scheme: Scheme,
    line: int,
    report: Reporter,
    options: Options,
) -> Iterator[Entity]:
    found = decode(tags, scheme, lambda index, why: report.repaired(why, line + index))
    for label, first, last in found:
        if label in (options.outside or ()):
            report.ignored(f"{label} counts as O", line + first)
        else:
            yield cut(text, label, starts[first], starts[last] + len(tokens[last]))


def _sentences(path: str, report: Reporter, options: Options) -> Iterator[Sentence]:
    rows: list[Row] = []
    start = 0
    width = 0
    for number, line in lines(path):
        if not line.strip():
            if rows:
                yield start, rows
                rows = []
            continue
        row = line.split("\t") if "\t" in line else line.split(" ")
        if len(row) != width:
            row = _columns(line, row, width, path, number, options)
            width = len(row)
        if row[0] == DOCUMENT_START and not rows:
            report.ignored(f"{DOCUMENT_START} parts documents", number)
            continue
        if not row[0]:
            raise DataError(f"the line has no token in its first column: {shorten(line)}", path=path, line=number)
        if not rows:
            start = number
        rows.append(row)
    if rows:
        yield start, rows


def _columns(line: str, row: Row, width: int, path: str, number: int, options: Options) -> Row:
    """The columns of a line that is not as wide as the one before: runs of blanks count once, then it must fit."""
    if "\t" not in line:
        row = _BLANKS.split(line.rstrip(" "))
    if width and len(row) != width:
        raise DataError(
            f"expected {width} columns as in the lines before, found {len(row)}: {shorten(line)}; "
            f"a blank line must part sentences, and tabs must part columns where a token has a blank",
            path=path,
            line=number,
        )
    if len(row) < 2 and options.labelled is not False:
        raise DataError(f"expected a token and its tag, found one column: {shorten(line)}", path=path, line=number)
    return row


def _layers(
    sentences: list[Sentence], scheme: Scheme, path: str, report: Reporter, options: Options
) -> tuple[int, ...]:
    """Which columns are tags; () where the labels are to be left aside."""
    if not sentences or options.labelled is False:
        return ()
    width = len(sentences[0][1][0])
    if options.layers is not None and options.layers >= width:
        raise ConfigError(f"{path}: layers = {options.layers}, but its lines have {width} columns, the first a token")
    wanted = options.layers or 1
    for column in range(width - wanted, width):
        _refuse_foreign(sentences, column, scheme, path, sure=True)
    if options.layers is None and width != CONLL_COLUMNS:
        while wanted < width - 1 and _is_layer(sentences, width - wanted - 1, scheme, path):
            wanted += 1
    if wanted > 1:
        report.ignored(f"{wanted} columns of tags are read as {wanted} layers; layers = 1 takes the last alone", None)
    return tuple(range(width - wanted, width))


def _is_layer(sentences: list[Sentence], column: int, scheme: Scheme, path: str) -> bool:
    rows = [row[column] for _, rows in sentences for row in rows]
    share = sum(map(scheme.is_tag, rows)) / len(rows)
    if NEARLY <= share < 1:
        _refuse_foreign(sentences, column, scheme, path, sure=False)
    return share == 1


def _refuse_foreign(sentences: list[Sentence], column: int, scheme: Scheme, path: str, *, sure: bool) -> None:
    """DataError at the first line that holds no tag of the scheme in this column."""
    good = {"O"}
    for start, rows in sentences:
        for index, row in enumerate(rows):
            tag = row[column]
            if tag in good:
                continue
            if not scheme.is_tag(tag):
                raise DataError(_foreign(tag, column, scheme, sure=sure), path=path, line=start + index)
            good.add(tag)


def _foreign(tag: str, column: int, scheme: Scheme, *, sure: bool) -> str:
    known = ", ".join(f"{letter}-LABEL" for letter in scheme.prefixes)
    said = f"expected O or {known} ({scheme.name}) in column {column + 1}, found {tag!r}"
    if not sure:
        return f"{said}; the other lines have tags there: mend it, or say layers = 1 if the column is none"
    others = [other.name for other in SCHEMES.values() if other.is_tag(tag)]
    return f"{said}; formats that have it: {', '.join(others)}" if others else said
