"""What counts as right: exactly, or with nervaluate's tolerance for borders and labels; and how the rest is wrong.

On flat annotation the relaxed counts are those of nervaluate. On nested annotation that depends on the order in which
entities are listed and lets an overlap use up a gold entity which another answer hits exactly; here exact hits are
paired first, so order plays no part in them.
"""

from collections.abc import Collection, Iterable, Iterator

from globalpointer.evaluation.compare import Error, Rule, apart, differences
from globalpointer.evaluation.counts import Matches
from globalpointer.text.spans import Entity, Span, clusters, reading_order

MATCHES = ("strict", "exact", "partial", "ent_type")
"""strict: borders and label. exact: borders. partial: an overlap is worth a half. ent_type: label, and any overlap."""

ERRORS = ("missed", "spurious", "wrong label", "wrong border", "wrong label and border")


def relaxed(gold: frozenset[Entity], found: frozenset[Entity]) -> dict[str, Matches]:
    """The counts of one document under each of `MATCHES`."""
    hits, missed, spurious = len(gold & found), 0, 0
    totals = dict.fromkeys(MATCHES, Matches())
    for golds, founds in _groups(gold, found):
        if golds and founds:
            totals = {name: totals[name] + matches for name, matches in _relaxed(golds, founds).items()}
        else:
            missed, spurious = missed + len(golds), spurious + len(founds)
    plain = Matches(correct=hits, missed=missed, spurious=spurious)
    return {name: matches + plain for name, matches in totals.items()}


def errors(gold: frozenset[Entity], found: frozenset[Entity]) -> list[Error[Entity]]:
    """What is wrong in one document, each gold and each found entity in at most one error; in reading order.

    Paired first: same borders (wrong label), then same label and overlapping (wrong border), then merely overlapping.
    """
    wrong = [error for golds, founds in _groups(gold, found) for error in differences(golds, founds, _RULES)]
    return sorted(wrong, key=lambda each: reading_order(each.gold or each.found))  # type: ignore[arg-type]


def _groups(gold: frozenset[Entity], found: frozenset[Entity]) -> Iterator[tuple[list[Entity], list[Entity]]]:
    """What is wrong on both sides, in groups that no overlap connects: only within one can anything be paired."""
    for group in clusters(gold ^ found):
        yield [entity for entity in group if entity in gold], [entity for entity in group if entity in found]


def _relaxed(golds: list[Entity], founds: list[Entity]) -> dict[str, Matches]:
    spans, golds_left, founds_left = _same_span(golds, founds)
    unlabelled = _first_overlaps(golds_left, founds_left)
    rest = {"missed": len(golds) - spans - unlabelled, "spurious": len(founds) - spans - unlabelled}
    return {
        "strict": Matches(incorrect=spans + unlabelled, **rest),
        "exact": Matches(correct=spans, incorrect=unlabelled, **rest),
        "partial": Matches(correct=spans, partial=unlabelled, **rest),
        "ent_type": _by_type(golds, founds),
    }


_RULES: tuple[Rule[Entity], ...] = (
    Rule("wrong label", lambda gold: gold.span, lambda found: found.span),
    Rule(
        "wrong border",
        lambda gold: gold.label,
        lambda found: found.label,
        lambda gold, found: apart(gold.span, found.span),
    ),
    Rule("wrong label and border", lambda _: None, lambda _: None, lambda gold, found: apart(gold.span, found.span)),
)


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
