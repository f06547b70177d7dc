"""Wrong documents as examples for the page: what is drawn on their text, and each error in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import TypeVar

from globalpointer.evaluation import arguments, match, triples
from globalpointer.evaluation.answer_errors import error
from globalpointer.evaluation.answers import AnswerReport
from globalpointer.evaluation.compare import Error
from globalpointer.evaluation.events import EventReport
from globalpointer.evaluation.official import official
from globalpointer.evaluation.outcome import Outcome
from globalpointer.evaluation.relations import RelationReport
from globalpointer.evaluation.report import Report
from globalpointer.evaluation.wording import compare_answers, describe
from globalpointer.text.spans import Answer, Document, Entity, Event, Labelled, Relation, Span, reading_order

A = TypeVar("A", Entity, Relation, Event)


ANSWER = "answer"
"""The label under which answers are drawn."""


@dataclass(frozen=True, slots=True)
class Example:
    """A document in which something is wrong.

    `drawn`: gold and found annotation together, and in `marks` each of it as "right", "missed" or "spurious". `spans`:
    where something is wrong. `kinds`: of the errors, each once. `lines`: the errors as HTML.
    """

    drawn: Document
    marks: Mapping[Labelled, str]
    spans: tuple[Span, ...]
    kinds: tuple[str, ...]
    lines: tuple[str, ...]


@singledispatch
def example(report: Outcome, _gold: Document, _found: Document) -> Example | None:
    """What is wrong in one document, in the sense of this report; None where nothing is."""
    raise TypeError(f"no examples are drawn for a {type(report).__name__}")


@example.register
def _entities(_report: Report, gold: Document, found: Document) -> Example | None:
    wrong = match.errors(frozenset(gold.entities or ()), frozenset(found.entities or ()))
    marks = _marks(gold.entities or (), found.entities or ())
    drawn = Document(gold.text, tuple(sorted(marks, key=reading_order)), gold.id)
    return _example(drawn, marks, wrong)


@example.register
def _relations(report: RelationReport, gold: Document, found: Document) -> Example | None:
    """By strings, gold is drawn where the reader found it, which is a guess; what it did not find is only listed."""
    wrong: Sequence[Error[triples.Link]]
    if report.match == "strict":
        wrong = triples.errors(triples.relations(gold), triples.relations(found), report.unit)
        marks = _marks(gold.relations or (), found.relations or ())
    else:
        wrong = triples.errors(triples.strings(gold), triples.strings(found), report.unit)
        marks = _marks_by_strings(gold, found)
    ends = {end for each in marks for end in (each.subject, each.object)}
    drawn = Document(gold.text, tuple(sorted(ends, key=reading_order)), gold.id, relations=tuple(marks))
    return _example(drawn, marks, wrong)


@example.register
def _events(_report: EventReport, gold: Document, found: Document) -> Example | None:
    marks = _marks(gold.events or (), found.events or ())
    return _example(Document(gold.text, (), gold.id, events=tuple(marks)), marks, arguments.errors(gold, found))


@example.register
def _answers(report: AnswerReport, gold: Document, found: Document) -> Example | None:
    """Drawn are every gold answer and the best that was found; the runners-up are listed."""
    wrong = error(gold, found, official(report.unit))
    if wrong is None:
        return None
    marks = _marks(_as_entities(gold.answers or ()), _as_entities((found.answers or ())[:1]))
    drawn = Document(gold.text, tuple(sorted(marks, key=reading_order)), gold.id, question=gold.question)
    spans = tuple(each.span for each, mark in marks.items() if mark != "right")
    return Example(drawn, dict(marks.items()), spans, (wrong.kind,), tuple(compare_answers(wrong.kind, gold, found)))


def _as_entities(answers: Iterable[Answer]) -> list[Entity]:
    return [Entity(ANSWER, each.span, each.text, each.score) for each in answers]


def _marks(gold: Iterable[A], found: Iterable[A]) -> dict[A, str]:
    golds, founds = dict.fromkeys(gold), dict.fromkeys(found)
    marks = {each: "right" if each in golds else "spurious" for each in founds}
    return marks | {each: "missed" for each in golds if each not in founds}


def _marks_by_strings(gold: Document, found: Document) -> dict[Relation, str]:
    golds, founds = triples.strings(gold), triples.strings(found)
    named = {each: triples.triple(gold.text, each) for each in (*(found.relations or ()), *(gold.relations or ()))}
    marks = {each: "right" if named[each] in golds else "spurious" for each in found.relations or ()}
    return marks | {each: "missed" for each in gold.relations or () if named[each] not in founds}


def _example(drawn: Document, marks: Mapping[A, str], wrong: Sequence[Error[object]]) -> Example | None:
    if not wrong:
        return None
    spans = tuple(span for each, mark in marks.items() if mark != "right" for span in places(each))
    kinds = tuple(dict.fromkeys(error.kind for error in wrong))
    return Example(
        drawn,
        dict(marks.items()),
        spans,
        kinds,
        tuple(describe(error, drawn.text) for error in wrong),
    )


def places(annotation: Labelled) -> tuple[Span, ...]:
    """Where an annotation stands."""
    if isinstance(annotation, Entity):
        return (annotation.span,)
    if isinstance(annotation, Relation):
        return triples.spans(annotation)
    return tuple(each.span for each in annotation.ordered())


def crop(shown: Example, region: Span) -> tuple[Document, dict[Labelled, str]]:
    """The part of an example's text, with what lies wholly in it, and the marks of that."""
    drawn = shown.drawn
    every: tuple[Labelled, ...] = (*(drawn.entities or ()), *(drawn.relations or ()), *(drawn.events or ()))
    moved = {each: _moved(each, region.start) for each in every if all(region.contains(span) for span in places(each))}
    part = Document(
        drawn.text[region.start : region.end],
        tuple(each for each in moved.values() if isinstance(each, Entity)),
        relations=tuple(each for each in moved.values() if isinstance(each, Relation)),
        events=tuple(each for each in moved.values() if isinstance(each, Event)),
    )
    return part, {there: shown.marks[each] for each, there in moved.items() if each in shown.marks}


def _moved(annotation: Labelled, by: int) -> Labelled:
    """The same in a text that begins `by` characters later."""
    if isinstance(annotation, Entity):
        return _moved_entity(annotation, by)
    if isinstance(annotation, Relation):
        subject, object_ = _moved_entity(annotation.subject, by), _moved_entity(annotation.object, by)
        return replace(annotation, subject=subject, object=object_)
    moved = (replace(each, span=Span(each.start - by, each.end - by)) for each in annotation.arguments)
    return replace(annotation, arguments=frozenset(moved))


def _moved_entity(entity: Entity, by: int) -> Entity:
    return replace(entity, span=Span(entity.start - by, entity.end - by))
