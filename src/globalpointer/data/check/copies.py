"""The same text twice: within a file, in two files, and annotated in two ways; of questions, the same one twice."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from globalpointer.data.check.report import Corpus, Tally
from globalpointer.data.leaks import parts
from globalpointer.data.readers.annotate import kinds
from globalpointer.text.spans import Document

Key = tuple[str, str | None]
"""What two copies have in common: the text, and what is asked of it."""

LONG_ENOUGH = 8
"""Shorter texts are a part of others by chance; only equal ones are told."""


def within(corpus: Corpus, tally: Tally) -> None:
    """Texts, or questions about one text, that a file has more than once."""
    what = "questions" if corpus.asked else "texts"
    for documents in _groups(corpus.documents).values():
        if len(documents) > 1:
            said = ", ".join(corpus.place(document) for document in documents[:3])
            tally.add("warning", "duplicate", f"{what} that stand in {corpus.path} more than once", said)


def between(corpora: Sequence[Corpus], tally: Tally) -> None:
    """Texts of one file that equal a text of another, or are a part of one: a score on the other is then too good."""
    for first, second in combinations(corpora, 2):
        shared, theirs = _firsts(first), _firsts(second)
        for text in filter(theirs.__contains__, shared):
            said = f"{first.place(shared[text])} and {second.place(theirs[text])}"
            tally.add("warning", "leak", f"texts that stand in {first.path} and in {second.path}", said)
        for small, large in ((first, second), (second, first)):
            _contained(small, large, tally)


def conflicts(corpora: Sequence[Corpus], tally: Tally) -> None:
    """Texts that are annotated in two ways, and questions that are answered in two, in one file or in several."""
    seen: dict[Key, list[tuple[Corpus, Document]]] = defaultdict(list)
    for corpus in corpora:
        for document in corpus.documents:
            if any(kind is not None for kind in kinds(document)):
                seen[_key(document)].append((corpus, document))
    for same in seen.values():
        if len({tuple(frozenset(kind or ()) for kind in kinds(document)) for _, document in same}) > 1:
            said = ", ".join(corpus.place(document) for corpus, document in same[:3])
            asked = same[0][1].question is not None
            message = "questions that are answered" if asked else "texts that are annotated"
            tally.add("warning", "conflict", f"{message} in different ways", said)


def _contained(small: Corpus, large: Corpus, tally: Tally) -> None:
    known = {document.text for document in large.documents}
    wanted = [each for each in small.texts if len(each.text) >= LONG_ENOUGH and each.text not in known]
    larger = large.texts
    found = parts([document.text for document in wanted], [document.text for document in larger])
    for document, place in zip(wanted, found, strict=True):
        if place is not None:
            said = f"{small.place(document)} in {large.place(larger[place])}"
            message = (
                f"texts of {small.path} (of {LONG_ENOUGH} characters or more) that are a part of one of {large.path}"
            )
            tally.add("warning", "contained", message, said)


def _firsts(corpus: Corpus) -> dict[str, Document]:
    """The first document of each text that is not blank."""
    firsts: dict[str, Document] = {}
    for document in corpus.documents:
        if document.text.strip():
            firsts.setdefault(document.text, document)
    return firsts


def _groups(documents: Sequence[Document]) -> dict[Key, list[Document]]:
    found: dict[Key, list[Document]] = defaultdict(list)
    for document in documents:
        if document.text.strip():
            found[_key(document)].append(document)
    return found


def _key(document: Document) -> Key:
    return document.text, document.question
