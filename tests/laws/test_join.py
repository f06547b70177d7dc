"""GPLinker's intersection against five loops, and cliques against all subsets."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from tests.oracles import cliques_by_subsets, naive_join

from globalpointer.grid import Cell, join
from globalpointer.tasks.cliques import maximal_cliques

TOKENS, TYPES = 4, 2

pairs = st.sets(
    st.tuples(st.integers(0, TOKENS - 1), st.integers(0, TOKENS - 1)).filter(lambda each: each[0] <= each[1])
)
links = st.sets(st.builds(Cell, st.integers(0, TYPES - 1), st.integers(0, TOKENS - 1), st.integers(0, TOKENS - 1)))


@given(pairs, pairs, links, links)
def test_the_intersection_is_that_of_five_loops(subjects, objects, heads, tails) -> None:
    found = list(join(subjects, objects, heads, tails))
    assert len(found) == len(set(found))
    assert set(found) == naive_join(subjects, objects, heads, tails, TYPES, TOKENS)


def test_both_ways_to_follow_a_link_agree_where_everything_is_linked() -> None:
    spans = {(row, col) for row, col in product(range(TOKENS), repeat=2) if row <= col}
    full = {Cell(0, row, col) for row, col in product(range(TOKENS), repeat=2)}
    assert len(list(join(spans, spans, full, full))) == len(spans) ** 2
    few = {Cell(0, 3, 3)}
    assert set(join(spans, spans, full, few)) == naive_join(spans, spans, full, few, 1, TOKENS)
    assert len(list(join(spans, spans, full, few))) == TOKENS**2


@st.composite
def graphs(draw: st.DrawFn) -> dict[int, set[int]]:
    nodes = draw(st.integers(0, 8))
    neighbours = {node: set() for node in range(nodes)}
    for one in range(nodes):
        for other in range(one):
            if draw(st.booleans()):
                neighbours[one].add(other)
                neighbours[other].add(one)
    return neighbours


@given(graphs())
def test_maximal_cliques_are_those_of_all_subsets(neighbours) -> None:
    found = list(maximal_cliques(neighbours))
    assert len(found) == len(set(found))
    assert set(found) == cliques_by_subsets(neighbours)


def test_a_dense_graph_takes_no_time_and_a_caller_may_stop() -> None:
    # The complement of ten triangles has 3^10 maximal cliques
    neighbours = {node: {other for other in range(30) if other // 3 != node // 3} for node in range(30)}
    first = [next(iter(maximal_cliques(neighbours)))]
    assert len(first[0]) == 10
    complete = {node: set(range(60)) - {node} for node in range(60)}
    assert list(maximal_cliques(complete)) == [frozenset(range(60))]
