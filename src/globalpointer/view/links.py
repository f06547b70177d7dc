"""What of a document is drawn: its annotation in colours, and for arcs marks on its text and links between them."""

from collections.abc import Iterable
from dataclasses import dataclass

from globalpointer.text.spans import Document, Entity, Event, Labelled, Relation, Span
from globalpointer.view.pieces import colours


@dataclass(frozen=True, slots=True)
class Mark:
    """A span that is marked, with a label or, where only an argument of an event lies, without.

    `of`: what it stands for. Each event has a mark of its own, so that two on one trigger stay apart.
    """

    span: Span
    label: str
    of: Entity | Event | Span


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow from mark to mark: a relation, or an event's argument under the name of its role."""

    source: Mark
    target: Mark
    label: str
    of: Relation | Event


def linked(document: Document) -> tuple[list[Mark], list[Link]]:
    """The marks and links of a document, each once."""
    marks: dict[Entity | Event | Span, Mark] = {
        entity: Mark(entity.span, entity.label, entity) for entity in document.entities or ()
    }
    on: dict[Span, Mark] = {mark.span: mark for mark in marks.values()}
    links = [Link(marks[each.subject], marks[each.object], each.label, each) for each in document.relations or ()]
    for event in document.events or ():
        hub, *others = sorted(event.ordered(), key=lambda argument: argument not in event.triggers)
        label = event.label if hub in event.triggers else f"{event.label}: {hub.role}"
        marks[event] = Mark(hub.span, label, event)
        for argument in others:
            if argument.span not in on:
                on[argument.span] = marks[argument.span] = Mark(argument.span, "", argument.span)
            links.append(Link(marks[event], on[argument.span], argument.role, event))
    return list(marks.values()), list(dict.fromkeys(links))


def is_annotated(document: Document) -> bool:
    """Whether anybody looked for anything in it, found or not."""
    return not (document.entities is None and document.relations is None and document.events is None)


def annotations(documents: Iterable[Document]) -> dict[str, list[Labelled]]:
    """All annotations by their kind, "entities", "relations" or "events"; the last two only where there are any."""
    kinds: dict[str, list[Labelled]] = {"entities": [], "relations": [], "events": []}
    for document in documents:
        kinds["entities"] += document.entities or ()
        kinds["relations"] += document.relations or ()
        kinds["events"] += document.events or ()
    return {kind: found for kind, found in kinds.items() if found or kind == "entities"}


def shades_of(documents: Iterable[Document]) -> dict[str, str]:
    """A colour for each label. Each kind of annotation has the whole palette."""
    shades: dict[str, str] = {}
    for found in annotations(documents).values():
        shades |= colours(each.label for each in found)
    return shades
