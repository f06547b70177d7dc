"""One question and what was found: marks by the strings of the answers, and by the places where they stand."""

from collections.abc import Sequence

from globalpointer.evaluation.marks import ALL, NONE, Marks, Shared, shared
from globalpointer.evaluation.official import Official
from globalpointer.text.spans import Answer, Document, Span

BEST = 5
"""So many of the answers that a model found are looked at where its runners-up count too."""


def accepted(document: Document) -> tuple[str, ...]:
    """The strings that are right: as annotators wrote them, else as they stand in the text; () if the text has none."""
    return document.accepted or surfaces(document)


def surfaces(document: Document) -> tuple[str, ...]:
    """The answers as they stand in the text."""
    return tuple(document.text[each.start : each.end] for each in document.answers or ())


def mark(golds: Sequence[str], found: str | None, official: Official) -> Marks:
    """The marks of one question. `found` None: it was not answered, which is right where nothing is accepted."""
    golds = official.answers(golds)
    if not golds or found is None:
        silent = found is None or not official.answers([found])
        return _agree(right=not golds and silent, answered=found is not None)
    return Marks(1, 1, official.exact(golds, found), official.shared(golds, found))


def mark_best(golds: Sequence[str], founds: Sequence[str], official: Official) -> Marks:
    """The marks of the best of several answers: exactly right as soon as one is."""
    marks = [mark(golds, found, official) for found in founds] or [mark(golds, None, official)]
    return Marks(1, bool(founds), max(each.right for each in marks), max((each.sums for each in marks), key=_f1))


def mark_place(golds: Sequence[Span], found: Span | None) -> Marks:
    """The marks by the characters that the spans share: 2 common / (both lengths), against the best gold span."""
    if not golds or found is None:
        return _agree(right=not golds and found is None, answered=found is not None)
    return Marks(1, 1, found in golds, max((_common(gold, found) for gold in golds), key=_f1))


def nearest(golds: Sequence[Answer], found: Span) -> Answer | None:
    """The gold answer that shares most with a span; the first one of equals, None of none."""
    return max(golds, key=lambda each: _common(each.span, found).f1, default=None)


def _agree(*, right: bool, answered: bool) -> Marks:
    return Marks(1, answered, right, ALL if right else NONE)


def _common(gold: Span, found: Span) -> Shared:
    return shared(max(0, min(gold.end, found.end) - max(gold.start, found.start)), len(gold), len(found))


def _f1(each: Shared) -> float:
    return each.f1
