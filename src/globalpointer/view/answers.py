"""Answers to a question: the best one and its runners-up, marked in the text and listed by probability."""

from dataclasses import replace

from globalpointer.text.spans import Document, Entity
from globalpointer.view.markup import content

BEST = "answer"
"""The label of the best answer; the others have their place in the order."""

STYLE = """
.question{font-weight:600;margin:.3rem 0}
.answers{list-style:none;padding:0;margin:.5rem 0 .3rem;font-size:.85rem}
.answers li{display:grid;grid-template-columns:4rem 9rem 1fr;gap:.6rem;align-items:center}
.answers i{display:block;height:.6em;border-radius:3px;background:#1f77b4}
.answers .rest{color:#868e96}
"""


def with_answers(document: Document, most: int | None = None) -> Document:
    """The document with its answers (the first `most`) among its entities, each with its place as its label.

    So they are drawn as entities are, together with those that the document has. As it is where nothing was asked.
    """
    if document.answers is None:
        return document
    answers = document.answers[:most]
    labels = [BEST, *(str(place) for place in range(2, len(answers) + 1))]
    marked = (
        Entity(label, answer.span, answer.text, answer.score) for label, answer in zip(labels, answers, strict=False)
    )
    return replace(document, entities=(*(document.entities or ()), *marked))


def question(document: Document) -> str:
    """The question as a paragraph; empty where nothing is asked."""
    return "" if document.question is None else f'<p class="question" dir="auto">{content(document.question)}</p>'


def listing(document: Document) -> str:
    """The answers with a bar for the probability of each, and what is left for everything else."""
    answers = document.answers or ()
    if not answers:
        sure = "" if document.answerable is None else f" (the best one is {100 * document.answerable:.1f} % probable)"
        return f'<p class="note">no answer{sure}</p>'
    scores = [answer.score for answer in answers if answer.score is not None]
    rows = [_row(content(" ".join(answer.text.split())), answer.score) for answer in answers]
    if scores and sum(scores) < 1:
        rows.append(_row('<span class="rest">anything else, or no answer</span>', 1 - sum(scores)))
    return f'<ul class="answers">{"".join(rows)}</ul>'


def _row(said: str, score: float | None) -> str:
    if score is None:
        return f"<li><span></span><span></span><span>{said}</span></li>"
    bar = f'<i style="width:{100 * score:.1f}%"></i>'
    return f"<li><span>{100 * score:.1f} %</span>{bar}<span>{said}</span></li>"
