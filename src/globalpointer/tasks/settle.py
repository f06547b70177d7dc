"""From all that a model found to the answer: what is probable enough, and of overlapping entities those that stay."""

from dataclasses import replace

from globalpointer.tasks.overlap import resolve
from globalpointer.tasks.thresholds import Thresholds
from globalpointer.text.spans import Document, Event, Relation


def settle(document: Document, thresholds: Thresholds, policy: str) -> Document:
    """The document without what is below its threshold, and without the entities that `policy` gives up.

    A relation goes with its ends. Entities were held against their thresholds cell by cell; the score of a relation or
    an event is known only now. An annotation without a score counts as certain.
    """
    if document.entities is not None:
        document = _with_entities(document, policy)
    relations, events = document.relations, document.events
    if relations is not None:
        relations = tuple(each for each in relations if _reaches(each, "relation", thresholds))
    if events is not None:
        events = tuple(each for each in events if _reaches(each, "event", thresholds))
    return replace(document, relations=relations, events=events)


def _with_entities(document: Document, policy: str) -> Document:
    entities = resolve(document.entities or (), policy)
    if document.relations is None or len(entities) == len(document.entities or ()):
        return replace(document, entities=entities)
    kept = set(entities)
    relations = tuple(each for each in document.relations if each.subject in kept and each.object in kept)
    return replace(document, entities=entities, relations=relations)


def _reaches(found: Relation | Event, kind: str, thresholds: Thresholds) -> bool:
    return found.score is None or found.score >= thresholds.score(kind, found.label)
