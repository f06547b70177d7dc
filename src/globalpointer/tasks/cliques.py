"""Maximal cliques: the largest groups in which every two are linked."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet


def maximal_cliques(neighbours: Mapping[int, AbstractSet[int]]) -> Iterator[frozenset[int]]:
    """Every maximal clique of an undirected graph, each once.

    `neighbours`: of each node the others that it is linked with, without itself. A node without links is a clique.
    There may be 3^(n/3) cliques among n nodes, so a caller takes as many as it can use.

    Source: Bron and Kerbosch, 1973; the pivot of Tomita et al., 2006.
    """
    if neighbours:
        yield from _grow(frozenset(), set(neighbours), set(), neighbours)


def _grow(
    clique: frozenset[int], candidates: set[int], done: set[int], neighbours: Mapping[int, AbstractSet[int]]
) -> Iterator[frozenset[int]]:
    """The maximal cliques that hold `clique`, some of `candidates`, and none of `done`."""
    if not candidates and not done:
        yield clique
        return
    # Every maximal clique holds the pivot or something that is not linked with it
    pivot = max(sorted(candidates | done), key=lambda node: len(candidates & neighbours[node]))
    for node in sorted(candidates - neighbours[pivot]):
        yield from _grow(clique | {node}, candidates & neighbours[node], done & neighbours[node], neighbours)
        candidates.remove(node)
        done.add(node)
