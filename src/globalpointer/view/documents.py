"""Documents with their entities: as an HTML page, as a piece of one, and in the terminal.

Nested, crossing and several entities on one span are all visible: each has its own underline, the inner ones nearer to
the text, and its label stands where it begins. Labels are drawn by the style sheet, so copying a text gives the text.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.text import Text

from globalpointer.text.spans import Document, Entity, Span
from globalpointer.view.markup import KINDS, attribute, content, frame
from globalpointer.view.pieces import Piece, colours, lanes, pieces, visible

__all__ = ["KINDS", "attribute", "console", "content", "fragment", "frame", "html"]

STEP = 5
"""Pixels from one underline to the next."""


def html(documents: Sequence[Document], *, title: str = "") -> str:
    """One self-contained page with every document, and a legend that counts the labels."""
    counts = Counter(entity.label for document in documents for entity in document.entities or ())
    shades = colours(counts)
    legend = "".join(
        f'<li><i class="chip" style="--c:{shades[label]}" data-label="{attribute(label)}"></i>{counts[label]}</li>'
        for label in sorted(counts)
    )
    body = "\n".join(
        f'<section class="doc">{_name(document, number)}{fragment(document, shades=shades)}</section>'
        for number, document in enumerate(documents, 1)
    )
    heading = title or "Documents"
    total = f"<p>{len(documents)} documents, {counts.total()} entities</p>"
    return frame(heading, f'<h1>{content(heading)}</h1>{total}<ul class="legend">{legend}</ul>\n{body}')


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
    if document.entities is None:
        return f'<p class="text" dir="auto">{content(document.text)}</p><p class="note">not annotated</p>'
    if not document.text:
        return '<p class="note">empty text</p>'
    placed = lanes(document.entities)
    colour = shades or colours(entity.label for entity in placed)
    depth = max(placed.values(), default=-1) + 1
    parts = [_piece(document.text, piece, kinds or {}, colour) for piece in pieces(document.text, placed, within)]
    return f'<p class="text" dir="auto" style="line-height:calc(1.9em + {STEP * depth}px)">{"".join(parts)}</p>'


def console(document: Document) -> Text:
    """One document for the terminal: `[[Paris]LOC Opera]ORG`, brackets and labels in the colour of the label."""
    drawn = Text()
    if document.entities is None:
        return drawn.append(visible(document.text)).append("  (not annotated)", style="dim")
    entities = tuple(dict.fromkeys(document.entities))
    shades = colours(entity.label for entity in entities)
    placed = dict.fromkeys(entities, 0)
    opening: dict[int, list[Entity]] = {}
    closing: dict[int, list[Entity]] = {}
    for entity in entities:
        opening.setdefault(entity.start, []).append(entity)
        closing.setdefault(entity.end, []).append(entity)
    for piece in pieces(document.text, placed):
        for entity in sorted(opening.get(piece.start, ()), key=lambda each: (-each.end, each.label)):
            drawn.append("[", style=f"bold {shades[entity.label]}")
        drawn.append(visible(document.text[piece.start : piece.end]), style="bold" if piece.lanes else "")
        for entity in sorted(closing.get(piece.end, ()), key=lambda each: (each.start, each.label), reverse=True):
            drawn.append(f"]{visible(entity.label)}", style=f"bold {shades[entity.label]}")
    return drawn


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
