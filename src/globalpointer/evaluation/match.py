"""What counts as right: exactly, or with nervaluate's tolerance for borders and labels; and how the rest is wrong.

On flat annotation the relaxed counts are those of nervaluate. On nested annotation that depends on the order in which
entities are listed and lets an overlap use up a gold entity which another answer hits exactly; here exact hits are
paired first, so order plays no part in them.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from globalpointer.evaluation.counts import Counts, Matches
from globalpointer.text.spans import Entity, Span, reading_order

MATCHES = ("strict", "exact", "partial", "ent_type")
"""strict: borders and label. exact: borders. partial: an overlap is worth a half. ent_type: label, and any overlap."""

ERRORS = ("missed", "spurious", "wrong label", "wrong border", "wrong label and border")


@dataclass(frozen=True, slots=True)
class Error:
    """One wrong thing: gold was missed (found is None), found is spurious (gold is None), or they differ."""

    kind: str
    gold: Entity | None
    found: Entity | None


def exact(gold: frozenset[Entity], found: frozenset[Entity]) -> Counts:
    """Right is what has the same label and the same borders."""
    return Counts(len(gold), len(found), len(gold & found))


def relaxed(gold: frozenset[Entity], found: frozenset[Entity]) -> dict[str, Matches]:
    """The counts of one document under each of `MATCHES`."""
    right = gold & found
    golds, founds = sorted(gold - right, key=reading_order), sorted(found - right, key=reading_order)
    if not golds or not founds:
        same = Matches(correct=len(right), missed=len(golds), spurious=len(founds))
        return dict.fromkeys(MATCHES, same)
    spans, pairs_left, founds_left = _same_span(golds, founds)
    unlabelled = _first_overlaps(pairs_left, founds_left)
    rest = {"missed": len(golds) - spans - unlabelled, "spurious": len(founds) - spans - unlabelled}
    by_type = _by_type(golds, founds)
    hits = len(right)
    return {
        "strict": Matches(correct=hits, incorrect=spans + unlabelled, **rest),
        "exact": Matches(correct=hits + spans, incorrect=unlabelled, **rest),
        "partial": Matches(correct=hits + spans, partial=unlabelled, **rest),
        "ent_type": by_type + Matches(correct=hits),
    }


def errors(gold: frozenset[Entity], found: frozenset[Entity]) -> list[Error]:
    """What is wrong in one document, each gold and each found entity in at most one error; in reading order.

    Paired first: same borders (wrong label), then same label and overlapping (wrong border), then merely overlapping.
    """
    if gold == found:
        return []
    golds, founds = sorted(gold - found, key=reading_order), sorted(found - gold, key=reading_order)
    wrong = []
    rules: tuple[tuple[str, Callable[[Entity, Entity], bool]], ...] = (
        ("wrong label", lambda one, other: one.span == other.span),
        ("wrong border", lambda one, other: one.label == other.label and one.span.overlaps(other.span)),
        ("wrong label and border", lambda one, other: one.span.overlaps(other.span)),
    )
    for kind, fits in rules:
        for one in tuple(founds):
            candidates = [other for other in golds if fits(one, other)]
            if candidates:
                other = min(candidates, key=lambda each: _distance(one.span, each.span))
                founds.remove(one)
                golds.remove(other)
                wrong.append(Error(kind, other, one))
    wrong += [Error("missed", entity, None) for entity in golds]
    wrong += [Error("spurious", None, entity) for entity in founds]
    return sorted(wrong, key=lambda each: reading_order(each.gold or each.found))  # type: ignore[arg-type]


def _same_span(golds: Collection[Entity], founds: Iterable[Entity]) -> tuple[int, list[Entity], list[Entity]]:
    """How many can be paired by their borders alone, and what is left on both sides."""
    free: dict[Span, list[Entity]] = {}
    for entity in golds:
        free.setdefault(entity.span, []).append(entity)
    pairs, founds_left = 0, []
    for entity in founds:
        if free.get(entity.span):
            free[entity.span].pop(0)
            pairs += 1
        else:
            founds_left.append(entity)
    left = {id(entity) for entities in free.values() for entity in entities}
    return pairs, [entity for entity in golds if id(entity) in left], founds_left


def _first_overlaps(golds: Collection[Entity], founds: Iterable[Entity]) -> int:
    free, pairs = list(golds), 0
    for entity in founds:
        index = next((index for index, other in enumerate(free) if _overlaps(entity.span, other.span)), None)
        if index is not None:
            del free[index]
            pairs += 1
    return pairs


def _by_type(golds: Collection[Entity], founds: Iterable[Entity]) -> Matches:
    free = list(golds)
    correct = incorrect = spurious = 0
    for entity in founds:
        near = [other for other in free if _overlaps(entity.span, other.span)]
        alike = [other for other in near if other.label == entity.label]
        if alike:
            free.remove(min(alike, key=lambda other: _distance(entity.span, other.span)))
            correct += 1
        elif near:
            free.remove(near[0])
            incorrect += 1
        else:
            spurious += 1
    return Matches(correct=correct, incorrect=incorrect, missed=len(free), spurious=spurious)


def _overlaps(found: Span, gold: Span) -> bool:
    """As nervaluate by default: they share at least one in a hundred of the gold entity's characters."""
    shared = min(found.end, gold.end) - max(found.start, gold.start)
    return shared > 0 and 100 * shared >= len(gold)


def _distance(one: Span, other: Span) -> int:
    return abs(one.start - other.start) + abs(one.end - other.end)
