"""From all that a model found to the answer: what is probable enough, and of overlapping entities those that stay."""

from dataclasses import replace

from globalpointer.tasks.overlap import resolve
from globalpointer.tasks.thresholds import Thresholds
from globalpointer.text.spans import Annotation, Document


def settle(document: Document, thresholds: Thresholds, policy: str) -> Document:
    """The document without what is below its threshold, and without the entities that `policy` gives up.

    An entity below its threshold stays as an end of a relation that reaches its own; a relation goes with an end that
    the policy gives up. Answers are given all or none: see `Document.answerable`. An annotation without a score counts
    as certain.
    """
    entities, relations, events, answers = document.entities, document.relations, document.events, document.answers
    if document.answerable is not None and document.answerable < thresholds.score("answer", "answer"):
        answers = ()
    if events is not None:
        events = tuple(each for each in events if _reaches(each, "event", each.label, thresholds))
    if relations is not None:
        relations = tuple(each for each in relations if _reaches(each, "relation", each.label, thresholds))
    if entities is not None:
        linked = {end for relation in relations or () for end in (relation.subject, relation.object)}
        reaching = [each for each in entities if each in linked or _reaches(each, "entity", each.label, thresholds)]
        entities = resolve(reaching, policy)
        if relations is not None and len(entities) < len(reaching):
            kept = set(entities)
            relations = tuple(each for each in relations if each.subject in kept and each.object in kept)
    return replace(document, entities=entities, relations=relations, events=events, answers=answers)


def _reaches(found: Annotation, kind: str, label: str, thresholds: Thresholds) -> bool:
    return found.score is None or found.score >= thresholds.score(kind, label)
