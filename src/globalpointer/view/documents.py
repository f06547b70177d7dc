"""Documents as an HTML page, and the entities of one as a piece of it.

Nested, crossing and several entities on one span are all visible: each has its own underline, the inner ones nearer to
the text, and its label stands where it begins. Labels are drawn by the style sheet, so copying a text gives the text.
Where there are relations or events, arcs over the text show them instead.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from globalpointer.text.spans import Document, Entity, Span
from globalpointer.view.answers import STYLE as ANSWERS
from globalpointer.view.answers import listing, question, with_answers
from globalpointer.view.arcs import arcs
from globalpointer.view.graph import graph
from globalpointer.view.links import annotations, is_annotated, shades_of
from globalpointer.view.markup import KINDS, attribute, content, frame
from globalpointer.view.pieces import Piece, colours, lanes, pieces

STEP = 5
"""Pixels from one underline to the next."""


_ONE = {
    "documents": "document",
    "entities": "entity",
    "relations": "relation",
    "events": "event",
    "questions": "question",
}
"""What is counted, where there is one."""


def html(documents: Sequence[Document], *, title: str = "") -> str:
    """One self-contained page with every document, legends that count the labels, and a graph of the relations."""
    asked = any(document.answers is not None for document in documents)
    shades = shades_of(map(with_answers, documents))
    counts = {kind: Counter(each.label for each in found) for kind, found in annotations(documents).items()}
    heading = title or "Documents"
    legends = "".join(_legend(counted, shades) for counted in counts.values())
    sections = "\n".join(
        f'<section class="doc">{_name(document, number)}{_drawn(document, shades)}</section>'
        for number, document in enumerate(documents, 1)
    )
    top = f"<h1>{content(heading)}</h1><p>{_totals(documents, counts)}</p>{legends}{graph(documents, shades=shades)}"
    return frame(heading, f"{top}\n{sections}", style=ANSWERS if asked else "")


def fragment(
    document: Document,
    *,
    kinds: Mapping[Entity, str] | None = None,
    shades: Mapping[str, str] | None = None,
    within: Span | None = None,
) -> str:
    """One document as a paragraph; its page needs `STYLE`.

    `kinds`: for each entity "right", "missed" or "spurious", drawn accordingly; otherwise labels have the colours of
    `shades`. `within`: draw only this part of the text; entities that reach out of it are drawn as far as it goes.
    """
    if not is_annotated(document):
        return f'<p class="text" dir="auto">{content(document.text)}</p><p class="note">not annotated</p>'
    if not document.text:
        return '<p class="note">empty text</p>'
    placed = lanes(document.entities or ())
    colour = shades or colours(entity.label for entity in placed)
    depth = max(placed.values(), default=-1) + 1
    parts = [_piece(document.text, piece, kinds or {}, colour) for piece in pieces(document.text, placed, within)]
    return f'<p class="text" dir="auto" style="line-height:calc(1.9em + {STEP * depth}px)">{"".join(parts)}</p>'


def _totals(documents: Sequence[Document], counts: Mapping[str, Counter[str]]) -> str:
    """How many documents there are, and how much of each kind of annotation; answers where questions were asked."""
    asked = [document for document in documents if document.answers is not None]
    totals = {"documents": len(documents)}
    totals |= {kind: counted.total() for kind, counted in counts.items() if counted or not asked}
    totals |= {"questions": len(asked), "answered": sum(bool(document.answers) for document in asked)} if asked else {}
    return ", ".join(f"{count} {_ONE.get(what, what) if count == 1 else what}" for what, count in totals.items())


def _legend(counts: Counter[str], shades: Mapping[str, str]) -> str:
    entries = (
        f'<li><i class="chip" style="--c:{shades[label]}" data-label="{attribute(label)}"></i>{counts[label]}</li>'
        for label in sorted(counts)
    )
    return f'<ul class="legend">{"".join(entries)}</ul>'


def _drawn(document: Document, shades: Mapping[str, str]) -> str:
    draw = arcs if document.relations or document.events else fragment
    drawn = draw(with_answers(document), shades=shades)
    return drawn if document.answers is None else f"{question(document)}{drawn}{listing(document)}"


def _name(document: Document, number: int) -> str:
    return f'<div class="id">{content(str(number) if document.id is None else document.id)}</div>'


def _piece(text: str, piece: Piece, kinds: Mapping[Entity, str], shades: Mapping[str, str]) -> str:
    shown = content(text[piece.start : piece.end])
    if not piece.lanes:
        return shown
    top = max(lane for lane, _ in piece.lanes)
    images, places = [], []
    for lane, entity in piece.lanes:
        kind = kinds.get(entity, "")
        images.append(_line(KINDS[kind][0] if kind else shades[entity.label], kind))
        places.append(f"0 calc(100% - {STEP * (top - lane)}px)")
    style = (
        f"background-image:{','.join(images)};background-position:{','.join(places)};"
        f"background-size:100% 3px;padding-bottom:{STEP * (top + 1)}px"
    )
    title = " | ".join(_describe(entity, kinds.get(entity, "")) for _, entity in piece.lanes)
    chips = "".join(_chip(entity, kinds.get(entity, ""), shades) for entity in piece.opening)
    return f'<span class="e" style="{style}" title="{attribute(title)}">{chips}{shown}</span>'


def _chip(entity: Entity, kind: str, shades: Mapping[str, str]) -> str:
    colour, sign = KINDS[kind] if kind else (shades[entity.label], "")
    return f'<i class="chip {kind}" style="--c:{colour}" data-label="{attribute(sign + entity.label)}"></i>'


def _line(colour: str, kind: str) -> str:
    if kind == "missed":
        return f"repeating-linear-gradient(90deg,{colour} 0 7px,transparent 7px 11px)"
    if kind == "spurious":
        return f"repeating-linear-gradient(90deg,{colour} 0 3px,transparent 3px 5px)"
    return f"linear-gradient({colour},{colour})"


def _describe(entity: Entity, kind: str) -> str:
    parts: Iterable[str] = (kind, entity.label, f"[{entity.start}, {entity.end})", _score(entity))
    return " ".join(part for part in parts if part)


def _score(entity: Entity) -> str:
    return "" if entity.score is None else f"{entity.score:.3f}"
