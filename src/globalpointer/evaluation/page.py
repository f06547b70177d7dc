"""A report as one self-contained HTML page: the tables, and every wrong example drawn in its text."""

from collections.abc import Iterable, Sequence

from globalpointer.evaluation.examples import Example, crop, example
from globalpointer.evaluation.outcome import Outcome
from globalpointer.evaluation.pairs import ANNOTATION, pairs
from globalpointer.evaluation.sections import Section, details, sections
from globalpointer.evaluation.tables import summary
from globalpointer.text.spans import Document, Entity, Span
from globalpointer.view.answers import question
from globalpointer.view.arcs import arcs
from globalpointer.view.documents import fragment
from globalpointer.view.markup import attribute, content, frame

CONTEXT = 120
"""Characters that are drawn on either side of an error; what is left out is said."""

_STYLE = """
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-size:.9rem}td,th{padding:.15rem .7rem;text-align:right}
td:first-child,th:first-child{text-align:left}
tbody{border-top:1px solid #dee2e6}thead th{border-bottom:2px solid #adb5bd}
ul.errors{margin:.2rem 0;padding-left:1.2rem;font-size:.85rem}bdi{unicode-bidi:isolate}
.filter label{margin-right:1rem;font-size:.9rem;white-space:nowrap}.gap{color:#868e96;font-size:.8rem}
.question{font-weight:600;margin:.3rem 0}
.quoted{background:#f1f3f5;border-radius:3px;padding:0 .2em;white-space:pre-wrap;overflow-wrap:anywhere}
"""

_SCRIPT = """<script>
const boxes=[...document.querySelectorAll('.filter input')];
function show(){const on=new Set(boxes.filter(b=>b.checked).map(b=>b.value));
for(const doc of document.querySelectorAll('.doc'))doc.hidden=!doc.dataset.kinds.split('|').some(k=>on.has(k));}
boxes.forEach(b=>b.addEventListener('change',show));</script>"""


def page(report: Outcome, gold: Sequence[Document], found: Sequence[Document], *, limit: int = 500) -> str:
    """The page. `limit`: at most so many wrong documents are drawn, the first ones; the page says of how many."""
    both = pairs(gold, found, *(kind for kinds in ANNOTATION.values() for kind in kinds))
    wrong = [(number, made) for number, pair in enumerate(both, 1) if (made := example(report, *pair)) is not None]
    body = [
        f"<h1>Evaluation</h1><p>{content(summary(report))}</p>",
        *(_table(each) for each in (*sections(report), *details(report))),
        f"<h2>Wrong documents: {len(wrong)} of {report.documents}</h2>",
        _filter(report),
    ]
    if len(wrong) > limit:
        body.append(f'<p class="note">The first {limit} of {len(wrong)} are drawn.</p>')
    body += [_section(number, made) for number, made in wrong[:limit]]
    return frame("Evaluation", "\n".join(body) + _SCRIPT, style=_STYLE)


def _section(number: int, shown: Example) -> str:
    length = len(shown.drawn.text)
    regions = _regions(length, shown)
    parts = [_drawn(shown, region) for region in regions]
    borders = [0, *(border for region in regions for border in (region.start, region.end)), length]
    gaps = [_gap(after - before) for before, after in zip(borders[::2], borders[1::2], strict=True)]
    picture = gaps[0] + "".join(part + gap for part, gap in zip(parts, gaps[1:], strict=True))
    listed = "".join(f"<li>{line}</li>" for line in shown.lines)
    name = content(str(number) if shown.drawn.id is None else shown.drawn.id)
    return (
        f'<section class="doc" data-kinds="{attribute("|".join(shown.kinds))}"><div class="id">{name}</div>'
        f"{question(shown.drawn)}{picture}"
        f'<ul class="errors">{listed}</ul></section>'
    )


def _drawn(shown: Example, region: Span) -> str:
    if shown.drawn.relations is None and shown.drawn.events is None:
        kinds = {each: kind for each, kind in shown.marks.items() if isinstance(each, Entity)}
        return fragment(shown.drawn, kinds=kinds, within=region)
    part, kinds_of = crop(shown, region)
    return arcs(part, kinds=kinds_of)


def _regions(length: int, shown: Example) -> list[Span]:
    """The parts of a text that are near an error, merged where they meet; one part where there are links to draw."""
    if not shown.spans:
        return [Span(0, length)] if length else []
    near = [Span(max(0, span.start - CONTEXT), min(length, span.end + CONTEXT)) for span in sorted(shown.spans)]
    if shown.drawn.entities is not None and shown.drawn.relations is None and shown.drawn.events is None:
        return _merged(near)
    return [Span(near[0].start, max(span.end for span in near))]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return merged


def _gap(characters: int) -> str:
    return f'<div class="gap">\u2026 {characters} characters \u2026</div>' if characters else ""


def _filter(report: Outcome) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" value="{kind}" checked> {kind} ({count})</label>'
        for kind, count in report.errors.items()
    )
    key = "Lines: solid green is right, dashed red (\u2212) was missed, dotted orange (+) is spurious."
    return f'<p class="filter">{boxes}</p><p class="note">{key}</p>'


def _table(section: Section) -> str:
    head = "".join(f"<th>{content(column)}</th>" for column in section.columns)
    groups = (*section.groups, section.foot) if section.foot else section.groups
    body = "".join(f"<tbody>{_rows(rows)}</tbody>" for rows in groups)
    return f"<h2>{content(section.title)}</h2><table><thead><tr>{head}</tr></thead>{body}</table>"


def _rows(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join("<tr>" + "".join(f"<td>{content(cell)}</td>" for cell in row) + "</tr>" for row in rows)
