"""Where the nodes of a graph stand: near what they are linked to, none over another, always in the same place."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

ROUNDS = 200
"""Of stress majorization; the picture no longer changes visibly after about half of them."""

FLATNESS = 0.55
"""Of the height that the lengths ask for, what is kept: they must hold words only where they lie flat."""

Link = tuple[int, int]


def arranged(
    sizes: Sequence[tuple[float, float]], lengths: Mapping[Link, float], *, gap: float, width: float
) -> NDArray[np.float64]:
    """The centre of each box, [nodes, 2]; boxes stay `gap` apart, and what is not connected stands in rows.

    `sizes`: width and height of each box. `lengths`: how long each link would like to be if it lies flat; one
    from a node to itself makes no difference. `width`: of a row, unless one group alone is wider.
    """
    boxes = np.asarray(sizes, dtype=np.float64).reshape(-1, 2) + gap
    centres = np.zeros_like(boxes)
    extents: list[tuple[float, float]] = []
    groups = components(len(boxes), lengths)
    for group in groups:
        here = {node: index for index, node in enumerate(group)}
        inner = {(here[a], here[b]): length for (a, b), length in lengths.items() if a in here and a != b}
        centres[group] = _placed(boxes[group], inner)
        wide, high = (centres[group] + boxes[group] / 2).max(axis=0)
        extents.append((float(wide), float(high)))
    for group, corner in zip(groups, _shelves(extents, width), strict=True):
        centres[group] += corner
    return centres


def components(count: int, links: Iterable[Link]) -> list[list[int]]:
    """The nodes in groups that no link connects, the largest first, each from its first node outwards."""
    near: list[set[int]] = [set() for _ in range(count)]
    for one, other in links:
        near[one].add(other)
        near[other].add(one)
    groups: list[list[int]] = []
    seen: set[int] = set()
    for first in range(count):
        if first not in seen:
            group = [first]
            seen.add(first)
            for node in group:  # grows while it is walked
                group += sorted(near[node] - seen)
                seen |= near[node]
            groups.append(group)
    return sorted(groups, key=len, reverse=True)


def _placed(boxes: NDArray[np.float64], lengths: Mapping[Link, float]) -> NDArray[np.float64]:
    """The centres of the boxes [nodes, 2] of one connected graph, the corner of all of them at 0."""
    wished = np.full((len(boxes), len(boxes)), np.inf)
    np.fill_diagonal(wished, 0.0)
    for (one, other), length in lengths.items():
        wished[one, other] = wished[other, one] = min(length, wished[one, other])
    for middle in range(len(boxes)):  # the shortest ways, by Floyd and Warshall
        wished = np.minimum(wished, wished[:, middle, None] + wished[None, middle])
    centres = _lying(_majorized(wished)) * (1.0, FLATNESS)
    centres *= _stretch(centres, boxes)
    return np.asarray(centres - (centres - boxes / 2).min(axis=0), dtype=np.float64)


def _majorized(wished: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points whose distances are near the wished ones, from a circle on; the far ones count less, by their square.

    Source: Gansner, Koren and North, 2004, Graph drawing by stress majorization, eq. 11, each step taken by half.
    """
    count = len(wished)
    angles = 2 * np.pi * np.arange(count) / count
    points: NDArray[np.float64] = np.stack([np.cos(angles), np.sin(angles)], axis=1) * wished.max() / 2
    if count == 1:
        return points
    weights = 1 / (wished + np.eye(count)) ** 2 * (1 - np.eye(count))
    for _ in range(ROUNDS):
        apart = points[:, None] - points[None]
        distance = np.maximum(np.linalg.norm(apart, axis=-1), 1e-6)
        pulled = points[None] + (wished / distance)[..., None] * apart
        points = (points + (weights[..., None] * pulled).sum(1) / weights.sum(1)[:, None]) / 2
    return points


def _lying(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points turned so that they reach farthest from left to right, as words do."""
    centred = points - points.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=True)[2]
    axes *= np.where(axes[:, :1] < 0, -1.0, 1.0)  # an axis has no sign of its own
    return np.asarray(centred @ axes.T, dtype=np.float64)


def _stretch(centres: NDArray[np.float64], sizes: NDArray[np.float64]) -> float:
    """The factor, at least 1, at which no two boxes overlap."""
    one, other = np.triu_indices(len(centres), 1)
    if not one.size:
        return 1.0
    apart = np.maximum(np.abs(centres[one] - centres[other]), 1e-3)
    needed = ((sizes[one] + sizes[other]) / 2 / apart).min(axis=1)
    return float(max(1.0, needed.max()))


def _shelves(sizes: Sequence[tuple[float, float]], width: float) -> list[tuple[float, float]]:
    """Where boxes of these sizes go, row by row, each row as high as its highest box."""
    places: list[tuple[float, float]] = []
    x = y = height = 0.0
    for wide, high in sizes:
        if x and x + wide > width:
            x, y, height = 0.0, y + height, 0.0
        places.append((x, y))
        x, height = x + wide, max(height, high)
    return places
