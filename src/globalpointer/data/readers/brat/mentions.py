"""The T lines of a brat file: `T1<TAB>label start end<TAB>mention`, ends exclusive; in pieces `start end;start end`."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from globalpointer.data.readers.annotate import cut, shorten, span_fault
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.errors import DataError
from globalpointer.text.spans import Entity

_ANY_MENTION = re.compile(r"T\d+\t")
_MENTION = re.compile(r"(T\d+)\t(\S+) ([^\t]+)(?:\t(.*))?")
_LINE_BREAK = re.compile(r"\r\n|[\r\n]")
_BROKEN = re.compile(r"[TREAMN]\d+ ")
_OTHER = re.compile(r"[REMAN#]\d+\t|\*\t")


@dataclass(frozen=True)
class Mentions:
    """The mentions of a document by their ids, in their order, and why others were left out."""

    kept: Sequence[tuple[str, Entity]]
    faults: Sequence[tuple[str, int]]
    """What is wrong with those that do not fit the text, each with its line: not yet told to anybody."""

    @cached_property
    def by_id(self) -> dict[str, Entity]:
        """The mentions that a link may name: an id that was given twice names none."""
        times = Counter(identity for identity, _ in self.kept)
        return {identity: entity for identity, entity in self.kept if times[identity] == 1}


def parse(text: str, annotation: str, report: Reporter, options: Options, path: str) -> Mentions:
    """The mentions of a file. DataError for a line that begins like one and is none."""
    kept: list[tuple[str, Entity]] = []
    faults: list[tuple[str, int]] = []
    for number, line, spilled in _lines(annotation, report, path):
        mention = _MENTION.fullmatch(line)
        if mention is None:
            raise DataError(
                f"expected 'id<TAB>label start end<TAB>mention', found {shorten(line)}", path=path, line=number
            )
        pieces = _pieces(mention, report, options, number, path)
        if pieces is None:
            continue
        start, end = pieces
        surface = None if ";" in mention[3] else mention[4]
        fault = span_fault(text, start, end) or _mismatch(text[start:end], surface, [each for _, each in spilled])
        if fault:
            faults.append((f"{mention[1]} {mention[2]}: {fault}", number))
        else:
            kept.append((mention[1], cut(text, mention[2], start, end)))
            if surface == text[start:end]:  # the lines after it are no part of it
                for stray, content in spilled:
                    report.ignored(f"no mention, relation or note: {shorten(content)}", stray, path=path)
    return Mentions(kept, faults)


def _pieces(mention: re.Match[str], report: Reporter, options: Options, line: int, path: str) -> tuple[int, int] | None:
    """Start and end of a mention; None where it is in several pieces and those are not wanted."""
    try:
        pieces = [(int(start), int(end)) for start, end in map(str.split, mention[3].split(";"))]
    except ValueError:
        raise DataError(f"expected 'start end' after the label, found {mention[3]!r}", path=path, line=line) from None
    if len(pieces) == 1 or options.discontinuous == "envelope":
        return min(start for start, _ in pieces), max(end for _, end in pieces)
    wanted = options.discontinuous == "skip"
    said = f"{mention[1]} {mention[2]} {mention[3]}: the mention is discontinuous"
    advice = '; discontinuous = "envelope" keeps it as one span from first to last, "skip" leaves it out'
    report.dropped(said if wanted else said + advice, line, path=path, default="skip" if wanted else "raise")
    return None


def _mismatch(found: str, surface: str | None, spilled: Sequence[str]) -> str | None:
    """A fault where the surface is given and differs; brat writes a line break in a mention as a blank."""
    if surface is None or surface in (found, _LINE_BREAK.sub(" ", found)):
        return None
    whole = "\n".join([surface, *spilled])
    if spilled and _LINE_BREAK.sub("\n", found) == whole:
        return None
    return f"the mention is {shorten(whole)}, but the text has {shorten(found)}"


def _lines(annotation: str, report: Reporter, path: str) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
    """The mention lines, each with the lines of no kind after it; relations, events and notes are left aside."""
    held: tuple[int, str, list[tuple[int, str]]] | None = None
    for number, line in enumerate(annotation.split("\n"), 1):
        line = line.removesuffix("\r")
        if _BROKEN.match(line):
            report.dropped(f"a tab is expected after the id, found {shorten(line)}", number, path=path)
            continue
        kind = "T" if _ANY_MENTION.match(line) else "other" if not line or _OTHER.match(line) else "none"
        if held and kind == "none":
            held[2].append((number, line))
            continue
        if held:
            yield held
        held = (number, line, []) if kind == "T" else None
        if kind == "none":
            report.ignored(f"no mention, relation or note: {shorten(line)}", number, path=path)
    if held:
        yield held
