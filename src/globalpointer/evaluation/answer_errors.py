"""How an answer is wrong: by its place beside the gold answer that is nearest."""

from globalpointer.evaluation.answer_marks import accepted, mark, nearest, surfaces
from globalpointer.evaluation.compare import Error
from globalpointer.evaluation.official import Official
from globalpointer.text.spans import Answer, Document, Span

ERRORS = (
    "wrong place",
    "too long",
    "too short",
    "crossing",
    "other words",
    "answered though unanswerable",
    "not answered though answerable",
)
"""wrong place: apart from all of gold. too long, too short: around the nearest gold answer, or within it. crossing:
neither, but they overlap. other words: gold is not what stands in the text, so places say nothing."""


def error(gold: Document, found: Document, official: Official) -> Error[Answer] | None:
    """What is wrong with the best answer of one question; None where it is exactly right."""
    right = official.answers(accepted(gold))
    answer = found.answers[0] if found.answers else None
    if mark(right, surfaces(found)[0] if answer else None, official).right:
        return None
    if answer is None:
        return Error("not answered though answerable", gold.answers[0] if gold.answers else None, None)
    if not right:
        return Error("answered though unanswerable", None, answer)
    near = nearest(gold.answers or (), answer.span)
    return Error(_kind(near.span if near else answer.span, answer.span), near, answer)


def _kind(gold: Span, found: Span) -> str:
    if gold == found:
        return "other words"
    if found.contains(gold):
        return "too long"
    if gold.contains(found):
        return "too short"
    return "crossing" if gold.crosses(found) else "wrong place"
