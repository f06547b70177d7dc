"""The data doctor: what is lost, doubled, crossing, unknown, leaking or odd in files of documents, before training."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from globalpointer.data.check import alignment, annotation, copies, texts
from globalpointer.data.check.facts import Facts
from globalpointer.data.check.labels import labels
from globalpointer.data.check.report import CheckReport, Corpus, Finding, Tally
from globalpointer.data.readers import Notes, read
from globalpointer.errors import DataError

__all__ = ["CheckReport", "Facts", "Finding", "check"]


def check(
    paths: Sequence[str | Path],
    *,
    format: str,  # noqa: A002 - the word everyone uses for it
    tokenizer: alignment.Tokenizer | None = None,
    window: int | None = None,
    overlap: int | None = None,
    **options: Any,
) -> CheckReport:
    """Look at all that may be wrong with these files, the training file first.

    `options` are those of `readers.read`, such as `joiner`. With a tokenizer, spans that it cannot express are counted;
    `window` and `overlap`, in tokens, are the tokenizer's own by default. A file that cannot be read becomes an error
    of the report, and what comes before the bad line is looked at. Raises ConfigError for options alone.
    """
    tally = Tally()
    corpora = [_read(str(path), format, tally, options) for path in paths]
    files = [annotation.facts(corpus, tally) for corpus in corpora]
    if tokenizer is not None:
        window = getattr(tokenizer, "window", None) if window is None else window
        overlap = getattr(tokenizer, "overlap", 0) if overlap is None else overlap
        files = [
            dataclasses.replace(each, tokens=alignment.token_facts(corpus, tokenizer, window, overlap, tally))
            for each, corpus in zip(files, corpora, strict=True)
        ]
    for corpus in corpora:
        annotation.borders(corpus, tally)
        texts.odd_characters(corpus, tally)
        copies.within(corpus, tally)
    copies.between(corpora, tally)
    copies.conflicts(corpora, tally)
    labels(files, tally)
    annotation.surfaces(corpora, tally)
    _overlaps(files, tally)
    return CheckReport(tuple(files), tuple(tally.findings()))


def _read(path: str, name: str, tally: Tally, options: dict[str, Any]) -> Corpus:
    """The documents of a file as far as they can be read; everything that reading noted is told."""
    notes = Notes()
    corpus = Corpus(path, [])
    try:
        for document in read(path, name, notes=notes, on_error="skip", **options):
            corpus.documents.append(document)
    except DataError as error:
        tally.add("error", "unreadable", "files that cannot be read to their end", str(error))
    said = {
        "dropped": "annotations that cannot be kept",
        "repaired": "annotations that were repaired",
        "duplicate": "annotations given twice and kept once",
        "ambiguous": "annotations with several readings, read by rule,",
        "ignored": "things left aside by the rules of the format",
        "bare": "files without any annotation",
    }
    for note in notes:
        where = "" if note.kind == "bare" else f" in {path}"
        tally.add(note.level, note.kind, said[note.kind] + where, str(note))
    return corpus


def _overlaps(files: Sequence[Facts], tally: Tally) -> None:
    for each in files:
        if each.nested:
            message = (
                f"nested entities in {each.path}: column formats and taggers cannot hold them, this library can; where "
                'they are at most one in a thousand, with task.overlap_policy = "nested"'
            )
            tally.add("info", "nested", message, count=each.nested)
        if each.crossing:
            message = f'pairs of crossing spans in {each.path}: found again only with overlap_policy = "allow"'
            tally.add("warning", "crossing", message, count=each.crossing)
