"""The same text twice: within a file, in two files, and annotated in two ways."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from globalpointer.data.check.report import Corpus, Tally
from globalpointer.data.leaks import parts
from globalpointer.data.readers.annotate import kinds
from globalpointer.text.spans import Document

LONG_ENOUGH = 8
"""Shorter texts are a part of others by chance; only equal ones are told."""


def within(corpus: Corpus, tally: Tally) -> None:
    """Texts that a file has more than once."""
    for documents in _by_text(corpus.documents).values():
        if len(documents) > 1:
            said = ", ".join(corpus.place(document) for document in documents[:3])
            tally.add("warning", "duplicate", f"texts that stand in {corpus.path} more than once", said)


def between(corpora: Sequence[Corpus], tally: Tally) -> None:
    """Texts of one file that equal a text of another, or are a part of one: a score on the other is then too good."""
    for first, second in combinations(corpora, 2):
        shared = _by_text(first.documents)
        theirs = _by_text(second.documents)
        for text in filter(theirs.__contains__, shared):
            said = f"{first.place(shared[text][0])} and {second.place(theirs[text][0])}"
            tally.add("warning", "leak", f"texts that stand in {first.path} and in {second.path}", said)
        for small, large in ((first, second), (second, first)):
            _contained(small, large, tally)


def conflicts(corpora: Sequence[Corpus], tally: Tally) -> None:
    """Texts that are annotated in two ways, in one file or in several."""
    seen: dict[str, list[tuple[Corpus, Document]]] = defaultdict(list)
    for corpus in corpora:
        for document in corpus.documents:
            if any(kind is not None for kind in kinds(document)):
                seen[document.text].append((corpus, document))
    for same in seen.values():
        if len({tuple(frozenset(kind or ()) for kind in kinds(document)) for _, document in same}) > 1:
            said = ", ".join(corpus.place(document) for corpus, document in same[:3])
            tally.add("warning", "conflict", "texts that are annotated in different ways", said)


def _contained(small: Corpus, large: Corpus, tally: Tally) -> None:
    known = {document.text for document in large.documents}
    wanted = [each for each in small.documents if len(each.text) >= LONG_ENOUGH and each.text not in known]
    found = parts([document.text for document in wanted], [document.text for document in large.documents])
    for document, place in zip(wanted, found, strict=True):
        if place is not None:
            said = f"{small.place(document)} in {large.place(large.documents[place])}"
            message = (
                f"texts of {small.path} (of {LONG_ENOUGH} characters or more) that are a part of one of {large.path}"
            )
            tally.add("warning", "contained", message, said)


def _by_text(documents: Sequence[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        if document.text.strip():
            found[document.text].append(document)
    return found
