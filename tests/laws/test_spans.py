"""Laws of spans, clusters and overlap policies."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import documents, spans

from globalpointer.tasks.overlap import OVERLAP_POLICIES, resolve
from globalpointer.text.spans import Entity, Span, clusters, reading_order


@given(spans(12), spans(12))
def test_the_relations_of_spans_are_those_of_their_sets(one: Span, other: Span) -> None:
    first, second = set(range(one.start, one.end)), set(range(other.start, other.end))
    assert one.overlaps(other) == bool(first & second) == other.overlaps(one)
    assert one.contains(other) == (second <= first)
    assert one.crosses(other) == (bool(first & second) and not first <= second and not second <= first)
    assert len(one) == len(first)


@given(documents())
def test_clusters_part_what_does_not_overlap_and_lose_nothing(document) -> None:
    groups = list(clusters(document.entities))
    assert [e for group in groups for e in group] == sorted(document.entities, key=reading_order)
    for one, other in combinations(groups, 2):
        assert not any(a.span.overlaps(b.span) for a in one for b in other)
    for group in groups:
        for index, entity in enumerate(group):
            others = group[:index] + group[index + 1 :]
            assert not others or any(entity.span.overlaps(other.span) for other in others)


@given(documents(scored=True), st.sampled_from(OVERLAP_POLICIES), st.randoms(use_true_random=False))
def test_a_policy_keeps_its_promise_and_no_more_is_dropped_than_needed(document, policy, random) -> None:
    unique = tuple(dict.fromkeys(document.entities))
    kept = resolve(unique, policy)
    assert set(kept) <= set(unique)
    assert list(kept) == sorted(kept, key=reading_order)
    collide = {"nested": Span.crosses, "allow": lambda one, other: False}.get(policy, Span.overlaps)
    assert not any(collide(one.span, other.span) for one, other in combinations(kept, 2))
    for entity in set(unique) - set(kept):
        rivals = [other for other in kept if collide(entity.span, other.span)]
        assert rivals
        if policy == "longest":
            assert max(len(other.span) for other in rivals) >= len(entity.span)
        else:
            assert max(other.score for other in rivals) >= entity.score
    shuffled = random.sample(unique, len(unique))
    assert resolve(shuffled, policy) == kept


@given(documents(scored=True), st.sampled_from(["nested", "flat", "longest"]))
def test_what_is_kept_is_what_a_comparison_of_all_pairs_keeps(document, policy) -> None:
    """The plain way: best first, and none that collides with one before it."""
    unique = list(dict.fromkeys(document.entities))
    score = {entity: 1.0 if entity.score is None else entity.score for entity in unique}
    ranks = {
        "nested": lambda entity: (-score[entity], -len(entity.span), entity.start, entity.label),
        "longest": lambda entity: (-len(entity.span), -score[entity], entity.start, entity.label),
    }
    collide = Span.crosses if policy == "nested" else Span.overlaps
    kept: list[Entity] = []
    for entity in sorted(unique, key=ranks.get(policy, ranks["nested"])):
        if not any(collide(entity.span, other.span) for other in kept):
            kept.append(entity)
    assert set(resolve(unique, policy)) == set(kept)
