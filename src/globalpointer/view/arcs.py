"""Relations and events as arcs over the text, in one SVG that needs no network, no script and no font of its own.

How wide a font draws is not known here; every piece of text is told the width it has to take. Entities carry their
label on a bar; a relation is an arrow from its subject to its object; an event is a rounded label over its trigger with
an arrow to each argument, named by the role. What leads into another line says where it goes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from globalpointer.text.spans import Document, Event, Labelled, Span
from globalpointer.view.lines import Run
from globalpointer.view.links import Mark, shades_of
from globalpointer.view.markup import KINDS, content
from globalpointer.view.rows import PADDING, SIZE, SMALL, Arc, Bar, Row, label_width, rows

WIDTH, MARGIN = 920.0, 8.0
LANE, CHIP, LEVEL = 19.0, 13.0, 17.0
"""Heights in pixels: from bar to bar, of a label, from arc to arc."""
BEND = 6.0
PLAIN = "#868e96"
"""The colour of a bar without a label."""
DASHES = {"missed": ' stroke-dasharray="6 3"', "spurious": ' stroke-dasharray="2 3"'}
FONTS = "system-ui,'Noto Sans','Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"


def arcs(
    document: Document,
    *,
    kinds: Mapping[Labelled, str] | None = None,
    shades: Mapping[str, str] | None = None,
) -> str:
    """The document as a piece of a page.

    `kinds`: for a relation, event or entity "right", "missed" or "spurious", drawn accordingly; all else has the
    colour that `shades` gives its label.
    """
    if not document.text:
        return '<p class="note">empty text</p>'
    paint = _Paint(kinds or {}, shades or shades_of([document]))
    parts: list[str] = []
    y = MARGIN
    for row in rows(document, WIDTH - 2 * MARGIN):
        roof = y + LEVEL * (max((arc.level for arc in row.arcs), default=-1) + 1)
        top = roof + LANE * (max((bar.lane for bar in row.bars), default=-1) + 1)
        parts += _row(row, document.text, roof, top, paint)
        y = top + 1.8 * SIZE
    return (
        f'<svg class="arcs" xmlns="http://www.w3.org/2000/svg" width="{WIDTH:.0f}" height="{y:.0f}" '
        f'viewBox="{-MARGIN:.0f} 0 {WIDTH:.0f} {y:.0f}" font-family="{FONTS}" font-size="{SIZE:.0f}" '
        f'text-anchor="middle">{"".join(parts)}</svg>'
    )


@dataclass(frozen=True, slots=True)
class _Paint:
    kinds: Mapping[Labelled, str]
    shades: Mapping[str, str]

    def colour(self, of: Labelled | Span) -> str:
        if isinstance(of, Span):
            return PLAIN
        kind = self.kinds.get(of)
        return self.shades[of.label] if kind is None else KINDS[kind][0]

    def sign(self, of: Labelled | Span) -> str:
        kind = None if isinstance(of, Span) else self.kinds.get(of)
        return "" if kind is None else KINDS[kind][1]

    def dashes(self, of: Labelled | Span) -> str:
        return "" if isinstance(of, Span) else DASHES.get(self.kinds.get(of, ""), "")


def _row(row: Row, text: str, roof: float, top: float, paint: _Paint) -> Iterator[str]:
    """A line: its text begins at `top`, its arcs above `roof`; lines first, so that all words stand over them."""
    yield from (_line(arc, roof, top, paint) for arc in row.arcs)
    yield from (_bar(bar, top, paint) for bar in row.bars)
    yield from (_run(run, text, top) for run in row.line.runs)
    yield from (_name(arc, roof, paint) for arc in row.arcs)


def _run(run: Run, text: str, top: float) -> str:
    shown = content(text[run.start : run.end].translate({13: " ", 10: " ", 9: " "}))
    direction = ' direction="rtl"' if run.backward else ""
    width = f' textLength="{run.width:.1f}" lengthAdjust="spacingAndGlyphs"' if run.width else ""
    return (
        f'<text class="t" x="{run.x + run.width / 2:.1f}" y="{top + SIZE:.1f}"{direction}{width} fill="#212529" '
        f'style="white-space:pre;unicode-bidi:isolate">{shown}</text>'
    )


def _bar(bar: Bar, top: float, paint: _Paint) -> str:
    """A line over what is marked, its ends turned towards it, and the label on it where it begins."""
    (first, last), y, of = bar.extent, top - LANE * bar.lane - 2, bar.mark.of
    colour = paint.colour(of)
    return (
        f'<g><title>{content(_describe(bar.mark))}</title><path d="M{first + 1:.1f} {y + 3:.1f}V{y:.1f}H{last - 1:.1f}'
        f'v3" fill="none" stroke="{colour}" stroke-width="1.6"{paint.dashes(of)}/>'
        f"{_chip(bar, y, paint) if bar.named and bar.mark.label else ''}</g>"
    )


def _chip(bar: Bar, y: float, paint: _Paint) -> str:
    """A label on its bar: white on colour for an entity, coloured in a rounded frame for an event."""
    of, colour = bar.mark.of, paint.colour(bar.mark.of)
    width = label_width(bar.mark.label)
    fill, ink, radius = ("#fff", colour, CHIP / 2) if isinstance(of, Event) else (colour, "#fff", 3)
    return (
        f'<rect x="{bar.middle - width / 2:.1f}" y="{y - CHIP:.1f}" width="{width:.1f}" height="{CHIP}" rx="{radius}" '
        f'fill="{fill}" stroke="{colour}" stroke-width="1.2"/>'
        f"{_small(paint.sign(of) + bar.mark.label, bar.middle, y - CHIP / 2, ink)}"
    )


def _line(arc: Arc, roof: float, top: float, paint: _Paint) -> str:
    """The arrow: up from one bar, along its level, down to the other; at the edge of a line it has only one leg."""
    y = roof - LEVEL * (arc.level + 0.5)
    (start, source), (end, target) = arc.start, arc.end
    bend = min(BEND, abs(end - start) / 2) * (1 if end >= start else -1)
    colour = paint.colour(arc.link.of)
    rise = f"M{start:.1f} {y:.1f}"
    if source is not None:
        rise = f"M{start:.1f} {_roof(source, top):.1f}V{y + BEND:.1f}Q{start:.1f} {y:.1f} {start + bend:.1f} {y:.1f}"
    fall, tip = f"H{end:.1f}", ""
    if target is not None:
        foot = _roof(target, top)
        fall = f"H{end - bend:.1f}Q{end:.1f} {y:.1f} {end:.1f} {y + BEND:.1f}V{foot - 5:.1f}"
        tip = f'<path d="M{end - 3.5:.1f} {foot - 7:.1f}h7L{end:.1f} {foot:.1f}z" fill="{colour}"/>'
    return f'<path d="{rise}{fall}" fill="none" stroke="{colour}" stroke-width="1.3"{paint.dashes(arc.link.of)}/>{tip}'


def _roof(bar: Bar, top: float) -> float:
    """The upper border of a bar, or of the label on it."""
    return top - LANE * bar.lane - 2 - (CHIP if bar.mark.label else 0)


def _name(arc: Arc, roof: float, paint: _Paint) -> str:
    """The label of an arc, on a white ground that interrupts its line."""
    y, width = roof - LEVEL * (arc.level + 0.5), label_width(arc.label) - PADDING
    ground = f'<rect x="{arc.middle - width / 2:.1f}" y="{y - 6:.1f}" width="{width:.1f}" height="12" fill="#fff"/>'
    return ground + _small(paint.sign(arc.link.of) + arc.label, arc.middle, y, paint.colour(arc.link.of))


def _small(text: str, x: float, y: float, colour: str) -> str:
    width = label_width(text) - 2 * PADDING
    return (
        f'<text x="{x:.1f}" y="{y + 0.36 * SMALL:.1f}" font-size="{SMALL:.0f}" font-weight="600" fill="{colour}" '
        f'textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs" style="unicode-bidi:isolate">{content(text)}</text>'
    )


def _describe(mark: Mark) -> str:
    score = "" if isinstance(mark.of, Span) or mark.of.score is None else f" {mark.of.score:.3f}"
    return f"{mark.label} [{mark.span.start}, {mark.span.end}){score}".strip()
