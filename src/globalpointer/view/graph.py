"""The relations of many documents as one graph: a node for each name with its label, an arrow for each relation."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from globalpointer.text.spans import Document, Entity
from globalpointer.view.layout import arranged, components
from globalpointer.view.links import shades_of
from globalpointer.view.markup import content
from globalpointer.view.rows import SMALL, label_width
from globalpointer.view.widths import advances

WIDTH, GAP = 920.0, 26.0
SIZE, HEIGHT = 13.0, 24.0
"""Of the letters of a name, and of the box around it, in pixels."""
SHOWN = 28
"""So many characters of a name are drawn; the whole of it comes up under the pointer."""
BULGE = 30.0
"""How far two arrows between the same nodes bend out of each other's way, and how high one to its own node rises."""
FONTS = "system-ui,'Noto Sans','Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"

Name = tuple[str, str]
"""Surface and label: the same surface under another label is another node."""
Pair = tuple[Name, Name]
Arrows = Mapping[Pair, Counter[str]]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Box:
    name: Name
    x: float
    y: float

    def border(self, towards: Point) -> Point:
        """Where a line from the middle to a point leaves the box."""
        dx, dy = towards[0] - self.x, towards[1] - self.y
        reach = min(_width(self.name) / 2 / max(abs(dx), 1e-6), HEIGHT / 2 / max(abs(dy), 1e-6))
        return self.x + dx * reach, self.y + dy * reach


def graph(documents: Sequence[Document], *, shades: Mapping[str, str] | None = None, limit: int = 60) -> str:
    """The graph as a piece of a page, one SVG that needs no network; "" where there are no relations.

    Entities without a relation are no part of it. `limit`: at most so many nodes, the largest connected groups first
    and each from its most linked node outwards; the page says of how many. `shades`: the colour of each label.
    """
    arrows = _arrows(documents)
    names = _by_weight(arrows)
    drawn = {pair: labels for pair, labels in arrows.items() if set(names[:limit]).issuperset(pair)}
    if not drawn:
        return ""
    used = sorted({name for pair in drawn for name in pair})
    colour = shades or shades_of(documents)
    boxes = _boxes(used, drawn)
    width = max(box.x + _width(name) / 2 for name, box in boxes.items()) + GAP
    height = max(box.y for box in boxes.values()) + HEIGHT
    parts = [_arrow(boxes, pair, labels, pair[::-1] in drawn, colour) for pair, labels in sorted(drawn.items())]
    parts += [_node(box, colour) for box in boxes.values()]
    told = f'<p class="note">{len(used)} of {len(names)} names are drawn.</p>' if len(used) < len(names) else ""
    # A large graph is wider than a page; made narrower it could no longer be read.
    return (
        f'<div style="overflow-x:auto"><svg class="graph" style="max-width:none" xmlns="http://www.w3.org/2000/svg" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONTS}" '
        f'text-anchor="middle">{"".join(parts)}</svg></div>{told}'
    )


def _arrows(documents: Iterable[Document]) -> dict[Pair, Counter[str]]:
    """How often each label joins two names."""
    arrows: dict[Pair, Counter[str]] = {}
    for document in documents:
        for relation in document.relations or ():
            pair = (_named(document, relation.subject), _named(document, relation.object))
            arrows.setdefault(pair, Counter())[relation.label] += 1
    return arrows


def _by_weight(arrows: Arrows) -> list[Name]:
    """All names, so that the first of them are worth drawing: from large groups, and each near to one before it."""
    counts = Counter(name for pair, labels in arrows.items() for name in pair for _ in labels.elements())
    names = sorted(counts, key=lambda name: (-counts[name], name))
    index = {name: position for position, name in enumerate(names)}
    groups = components(len(names), [(index[one], index[other]) for one, other in arrows])
    return [names[node] for group in groups for node in group]


def _named(document: Document, entity: Entity) -> Name:
    return document.text[entity.start : entity.end], entity.label


def _boxes(names: Sequence[Name], arrows: Arrows) -> dict[Name, _Box]:
    """The box of each name, those that are linked near each other."""
    index = {name: position for position, name in enumerate(names)}
    sizes = [(_width(name), HEIGHT + (2 * BULGE if (name, name) in arrows else 0)) for name in names]
    lengths = {
        (index[one], index[other]): (_width(one) + _width(other)) / 2 + label_width(_written(labels)) + GAP
        for (one, other), labels in arrows.items()
    }
    centres = arranged(sizes, lengths, gap=GAP, width=WIDTH)
    return {name: _Box(name, *centre) for name, centre in zip(names, centres.tolist(), strict=True)}


def _width(name: Name) -> float:
    return SIZE * sum(advances(_short(name[0]))) + label_width(name[1]) + 14


def _short(surface: str) -> str:
    shown = " ".join(surface.split()) or surface
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}\u2026"


def _written(labels: Counter[str]) -> str:
    """The labels with how often each stands, as `founded, works_for ×3`."""
    return ", ".join(label if count == 1 else f"{label} \u00d7{count}" for label, count in sorted(labels.items()))


def _node(box: _Box, shades: Mapping[str, str]) -> str:
    """A frame with the name, and its label behind it."""
    (surface, label), width = box.name, _width(box.name)
    left, colour = box.x - width / 2, shades[label]
    place = left + 6 + (width - label_width(label) - 10) / 2
    return (
        f"<g><title>{content(f'{surface} {label}')}</title>"
        f'<rect x="{left:.1f}" y="{box.y - HEIGHT / 2:.1f}" width="{width:.1f}" height="{HEIGHT}" rx="6" fill="#fff" '
        f'stroke="{colour}" stroke-width="1.5"/>'
        f"{_words(_short(surface), place, box.y, SIZE, '#212529')}"
        f"{_words(label, left + width - label_width(label) / 2 - 2, box.y, SMALL, colour)}</g>"
    )


def _arrow(boxes: Mapping[Name, _Box], pair: Pair, labels: Counter[str], both: bool, shades: Mapping[str, str]) -> str:
    """One arrow for all relations from a name to another, their labels on it. `both`: there is one back, too."""
    one, other = (boxes[name] for name in pair)
    colour = shades[min(labels, key=lambda label: (-labels[label], label))]
    if one is other:
        start, bend, end = (
            (one.x - 16, one.y - HEIGHT / 2),
            (one.x, one.y - 2 * BULGE),
            (one.x + 16, one.y - HEIGHT / 2),
        )
    else:
        dx, dy = other.x - one.x, other.y - one.y
        aside = BULGE / hypot(dx, dy) if both else 0.0
        bend = ((one.x + other.x) / 2 - dy * aside, (one.y + other.y) / 2 + dx * aside)
        start, end = one.border(bend), other.border(bend)
    middle = ((start[0] + 2 * bend[0] + end[0]) / 4, (start[1] + 2 * bend[1] + end[1]) / 4)
    written = _written(labels)
    width = label_width(written) - 4
    return (
        f'<path d="M{_at(start)}Q{_at(bend)} {_at(end)}" fill="none" stroke="{colour}" stroke-width="1.3"/>'
        f'<path d="{_tip(bend, end)}" fill="{colour}"/>'
        f'<rect x="{middle[0] - width / 2:.1f}" y="{middle[1] - 7:.1f}" width="{width:.1f}" height="14" fill="#fff"/>'
        f"{_words(written, *middle, SMALL, colour)}"
    )


def _tip(bend: Point, end: Point) -> str:
    """The head of an arrow that comes from `bend` and ends at `end`."""
    dx, dy = end[0] - bend[0], end[1] - bend[1]
    length = max(hypot(dx, dy), 1e-6)
    dx, dy = dx / length, dy / length
    back = (end[0] - 8 * dx, end[1] - 8 * dy)
    return (
        f"M{_at(end)}L{_at((back[0] - 3.5 * dy, back[1] + 3.5 * dx))} {_at((back[0] + 3.5 * dy, back[1] - 3.5 * dx))}z"
    )


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _words(text: str, x: float, y: float, size: float, colour: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y + 0.36 * size:.1f}" font-size="{size:.0f}" fill="{colour}" '
        f'textLength="{size * sum(advances(text)):.1f}" lengthAdjust="spacingAndGlyphs" '
        f'style="unicode-bidi:isolate">{content(text)}</text>'
    )
