"""Errors in words, as HTML; whatever comes from a document is escaped."""

from collections.abc import Iterator
from functools import singledispatch

from globalpointer.evaluation.answer_marks import accepted
from globalpointer.evaluation.arguments import EventArgument
from globalpointer.evaluation.compare import Error
from globalpointer.text.spans import Document, Entity, Event, Relation, Span, Triple
from globalpointer.view.markup import content


def describe(error: Error[object], text: str) -> str:
    """The kind of an error, then what is gold and what was found, as far as there is either."""
    sides = [wording(each, text) for each in (error.gold, error.found) if each is not None]
    return f"{error.kind}: " + " found as ".join(sides)


def compare_answers(kind: str, gold: Document, found: Document) -> Iterator[str]:
    """The kind of an error, all that was accepted and all that was found, best first."""
    yield f"{kind}: {_gold_answers(gold) or 'the text does not say'}"
    for place, answer in enumerate(found.answers or (), 1):
        name = "found" if place == 1 else f"runner-up {place}"
        yield f"{name}: {_covered(answer.span, found.text)} {_place(answer.span, answer.score)}"


def _gold_answers(gold: Document) -> str:
    """Every accepted string once, where it stands if it does."""
    places: dict[str, list[str]] = {each: [] for each in accepted(gold)}
    for answer in gold.answers or ():
        places.setdefault(gold.text[answer.start : answer.end], []).append(_place(answer.span))
    return " or ".join(" ".join([_quoted(each), *found]) for each, found in places.items())


@singledispatch
def wording(thing: object, _text: str) -> str:
    """What was annotated or found, in this text."""
    raise TypeError(f"there are no words for a {type(thing).__name__}")


@wording.register
def _entity(entity: Entity, text: str) -> str:
    return f"{_labelled(entity, text)} {_place(entity.span, entity.score)}"


@wording.register
def _relation(relation: Relation, text: str) -> str:
    subject, object_ = _labelled(relation.subject, text), _labelled(relation.object, text)
    places = f"{_place(relation.subject.span)} \u2192 {_place(relation.object.span)}{_score(relation.score)}"
    return f"{subject} \u2192 <b>{content(relation.label)}</b> \u2192 {object_} ({places})"


@wording.register
def _triple(triple: Triple, _text: str) -> str:
    return f"{_quoted(triple.subject)} \u2192 <b>{content(triple.label)}</b> \u2192 {_quoted(triple.object)}"


@wording.register
def _argument(argument: EventArgument, text: str) -> str:
    return f"{_covered(argument.span, text)} <b>{content(argument.name)}</b> {_place(argument.span)}"


@wording.register
def _event(event: Event, text: str) -> str:
    parts = (f"{_covered(each.span, text)} {content(each.role)} {_place(each.span)}" for each in event.ordered())
    return f"<b>{content(event.label)}</b> of {', '.join(parts)}"


def _labelled(entity: Entity, text: str) -> str:
    return f"{_covered(entity.span, text)} <b>{content(entity.label)}</b>"


def _covered(span: Span, text: str) -> str:
    return _quoted(text[span.start : span.end])


def _quoted(text: str) -> str:
    return f'<bdi class="quoted">{content(text)}</bdi>'


def _place(span: Span, score: float | None = None) -> str:
    return f"[{span.start}, {span.end}){_score(score)}"


def _score(score: float | None) -> str:
    return "" if score is None else f", score {score:.3f}"
