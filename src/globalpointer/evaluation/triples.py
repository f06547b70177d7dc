"""When a found relation is right, and how the others are wrong: by its spans, or by its strings where data has no more.

By spans the things compared are `Relation`s; by strings, `Triple`s of surfaces (`surface`). Every comparison is one of
sets, so a relation that a document lists twice, or in two places where only strings count, counts once.
"""

from collections import Counter
from collections.abc import Callable, Hashable
from collections.abc import Set as AbstractSet
from typing import TypeVar

from globalpointer.evaluation.compare import Error, Rule, apart, differences
from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.surfaces import contains, surface
from globalpointer.text.spans import Document, Relation, Span, Triple, clusters

Link = Relation | Triple
L = TypeVar("L", Relation, Triple)

ERRORS = ("missed", "spurious", "wrong entity label", "wrong label", "wrong direction", "wrong border")
"""wrong entity label: all but the label of an end. wrong label: both ends under another label. wrong direction: the
ends change places. wrong border: both ends overlap those of gold; of strings, one contains the other."""

STRING_ERRORS = tuple(kind for kind in ERRORS if kind != "wrong entity label")
"""The kinds there are where only strings are compared."""


def relations(document: Document) -> frozenset[Relation]:
    """The relations of a document, each once."""
    return frozenset(document.relations or ())


def strings(document: Document) -> frozenset[Triple]:
    """The relations of a document as surfaces: its triples where it has any, also those that are not in the text."""
    if document.triples is not None:
        return frozenset(Triple(surface(each.subject), each.label, surface(each.object)) for each in document.triples)
    return frozenset(triple(document.text, each) for each in document.relations or ())


def triple(text: str, relation: Relation) -> Triple:
    """A relation of this text as surfaces."""
    subject, object_ = (text[end.start : end.end] for end in (relation.subject, relation.object))
    return Triple(surface(subject), relation.label, surface(object_))


def boundaries(gold: AbstractSet[Relation], found: AbstractSet[Relation]) -> Counts:
    """Right is what has the same label and the same spans.

    Relations that differ in the label of an end alone still count one by one, so nothing that is right by all their
    labels can be wrong here.
    """
    golds, founds = (Counter((each.label, *spans(each)) for each in side) for side in (gold, found))
    return Counts(len(gold), len(found), (golds & founds).total())


def spans(relation: Relation) -> tuple[Span, Span]:
    """Where the subject and the object stand."""
    return relation.subject.span, relation.object.span


def ends(link: Link) -> tuple[Hashable, Hashable]:
    """What makes two ends the same: their span, or their string."""
    return spans(link) if isinstance(link, Relation) else (link.subject, link.object)


def order(link: Link) -> tuple[object, ...]:
    """By the ends, then by the labels: from left to right, or by the alphabet."""
    if isinstance(link, Relation):
        return (*spans(link), link.label, link.subject.label, link.object.label)
    return link.subject, link.object, link.label


def errors(gold: AbstractSet[L], found: AbstractSet[L], unit: str) -> list[Error[L]]:
    """What is wrong in one document, each gold and each found relation in at most one error.

    Paired first: what differs in the label of an end, then in its own label, then in its direction, then in its
    borders. `unit`: "word" where a string must contain another by whole words, as "Rome" in "Rome Airport".
    """
    area = _area(gold ^ found)
    rules: tuple[Rule[L], ...] = (
        Rule("wrong entity label", lambda each: (each.label, ends(each)), lambda each: (each.label, ends(each))),
        Rule("wrong label", ends, ends),
        Rule("wrong direction", lambda each: (each.label, ends(each)), lambda each: (each.label, ends(each)[::-1])),
        Rule(
            "wrong border",
            area,
            area,
            lambda one, other: _both(_away(one.subject, other.subject, unit), _away(one.object, other.object, unit)),
        ),
    )
    made = differences(sorted(gold - found, key=order), sorted(found - gold, key=order), rules)
    return sorted(made, key=lambda each: order(each.gold or each.found))  # type: ignore[arg-type]


def _area(links: AbstractSet[Link]) -> Callable[[Link], Hashable]:
    """A key that relations with overlapping ends have in common, so that few are compared; of strings, the label."""
    entities = {end for each in links if isinstance(each, Relation) for end in (each.subject, each.object)}
    areas: dict[Hashable, int] = {end.span: index for index, group in enumerate(clusters(entities)) for end in group}
    return lambda each: (each.label, *(areas.get(end) for end in ends(each)))


def _away(gold: object, found: object, unit: str) -> int | None:
    if isinstance(gold, str) and isinstance(found, str):
        inside = contains(gold, found, unit) or contains(found, gold, unit)
        return abs(len(gold) - len(found)) if inside else None
    return apart(gold.span, found.span)  # type: ignore[attr-defined]


def _both(subject: int | None, object_: int | None) -> int | None:
    return None if subject is None or object_ is None else subject + object_
