"""Boxes of a graph: none over another, linked ones near, always in the same place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from globalpointer.view.layout import arranged, components


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 12))
    sizes = [(draw(st.integers(20, 200)), 24) for _ in range(count)]
    node = st.integers(0, count - 1)
    return sizes, dict.fromkeys(draw(st.lists(st.tuples(node, node), max_size=20)), 150.0)


@given(graphs())
def test_no_two_boxes_overlap_and_all_are_on_the_page(graph):
    sizes, lengths = graph
    centres = arranged(sizes, lengths, gap=10, width=900)
    half = np.asarray(sizes) / 2
    assert np.isfinite(centres).all()
    assert (centres - half >= 5 - 1e-6).all()
    for one in range(len(sizes)):
        for other in range(one):
            apart = np.abs(centres[one] - centres[other])
            assert (apart >= half[one] + half[other] + 10 - 1e-6).any()
    assert (arranged(sizes, lengths, gap=10, width=900) == centres).all()


@given(graphs())
def test_components_against_reachability(graph):
    sizes, lengths = graph
    reach = np.eye(len(sizes), dtype=bool)
    for one, other in lengths:
        reach[one, other] = reach[other, one] = True
    reach = np.linalg.matrix_power(reach.astype(float), len(sizes)) > 0
    found = components(len(sizes), lengths)
    assert {frozenset(group) for group in found} == {frozenset(np.flatnonzero(row).tolist()) for row in reach}
    assert sorted(node for group in found for node in group) == list(range(len(sizes)))
    assert [len(group) for group in found] == sorted(map(len, found), reverse=True)


def test_linked_nodes_are_nearer_than_unlinked_ones_and_lie_flat():
    chain = arranged([(40, 24)] * 5, {(i, i + 1): 100.0 for i in range(4)}, gap=10, width=900)
    steps = np.linalg.norm(np.diff(chain, axis=0), axis=1)
    assert steps == pytest.approx([100] * 4, abs=3)
    assert np.ptp(chain[:, 0]) > 5 * np.ptp(chain[:, 1])
