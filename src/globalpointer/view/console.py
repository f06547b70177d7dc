"""Documents in the terminal: entities as brackets in the text, relations, events and answers in lines beneath it."""

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from globalpointer.text.spans import Answer, Document, Entity, Event, Relation, Span
from globalpointer.view.answers import with_answers
from globalpointer.view.links import is_annotated, shades_of
from globalpointer.view.pieces import pieces, visible

INDENT = "\n    "


def console(document: Document) -> Text:
    """One document: `[[Paris]LOC Opera]ORG`, then lines such as `Ann ─works_for→ Acme` and `join: person Ann`.

    Brackets and labels are in the colour of the label.
    """
    if document.answers is None and not is_annotated(document):
        return Text(visible(document.text)).append("  (not annotated)", style="dim")
    marked = with_answers(document, most=1)
    shades = shades_of([marked])
    lines = [
        _brackets(marked, shades),
        *(_relation(each, document.text, shades) for each in document.relations or ()),
        *(_event(each, document.text, shades) for each in document.events or ()),
        *([] if document.answers is None else _answers(document, document.answers)),
    ]
    return Text(INDENT).join(lines)


def _answers(document: Document, answers: Sequence[Answer]) -> Iterator[Text]:
    """The question, then the answers and how probable they are."""
    yield Text(visible(document.question or ""), style="italic")
    for answer in answers:
        score = "" if answer.score is None else f"{100 * answer.score:.0f} % "
        yield Text(score, style="dim").append(_surface(document.text, answer.span), style="not dim bold")
    if not answers:
        yield Text("no answer", style="dim")


def _brackets(document: Document, shades: Mapping[str, str]) -> Text:
    """The text, each entity in brackets with its label behind."""
    drawn = Text()
    placed = dict.fromkeys(document.entities or (), 0)
    opening: dict[int, list[Entity]] = {}
    closing: dict[int, list[Entity]] = {}
    for entity in placed:
        opening.setdefault(entity.start, []).append(entity)
        closing.setdefault(entity.end, []).append(entity)
    for piece in pieces(document.text, placed):
        for entity in sorted(opening.get(piece.start, ()), key=lambda each: (-each.end, each.label)):
            drawn.append("[", style=f"bold {shades[entity.label]}")
        drawn.append(visible(document.text[piece.start : piece.end]), style="bold" if piece.lanes else "")
        for entity in sorted(closing.get(piece.end, ()), key=lambda each: (each.start, each.label), reverse=True):
            drawn.append(f"]{visible(entity.label)}", style=f"bold {shades[entity.label]}")
    return drawn


def _relation(relation: Relation, text: str, shades: Mapping[str, str]) -> Text:
    arrow = f" \u2500{visible(relation.label)}\u2192 "
    return Text.assemble(
        _surface(text, relation.subject.span),
        (arrow, f"bold {shades[relation.label]}"),
        _surface(text, relation.object.span),
    )


def _event(event: Event, text: str, shades: Mapping[str, str]) -> Text:
    drawn = Text(f"{visible(event.label)}:", style=f"bold {shades[event.label]}")
    for argument in event.ordered():
        drawn.append(f"  {visible(argument.role)} ", style="dim not bold")
        drawn.append(_surface(text, argument.span), style="not bold default")
    return drawn


def _surface(text: str, span: Span) -> str:
    """What a span covers, on one line."""
    return visible(" ".join(text[span.start : span.end].splitlines()))
