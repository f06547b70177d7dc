"""A report as one self-contained HTML page: the tables, and every wrong example drawn in its text."""

from collections.abc import Iterable, Sequence

from globalpointer.evaluation.compare import Error
from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.match import ERRORS, errors
from globalpointer.evaluation.pairs import pairs
from globalpointer.evaluation.report import Report
from globalpointer.evaluation.tables import CAPTIONS, UNIT_NAMES, numbers, percent, summary
from globalpointer.text.spans import Document, Entity, Span, reading_order
from globalpointer.view.documents import attribute, content, fragment, frame

CONTEXT = 120
"""Characters that are drawn on either side of an error; what is left out is said."""

_STYLE = """
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-size:.9rem}td,th{padding:.15rem .7rem;text-align:right}
td:first-child,th:first-child{text-align:left}thead th{border-bottom:2px solid #adb5bd}tr.all{font-weight:700}
ul.errors{margin:.2rem 0;padding-left:1.2rem;font-size:.85rem}bdi{unicode-bidi:isolate}
.filter label{margin-right:1rem;font-size:.9rem;white-space:nowrap}.gap{color:#868e96;font-size:.8rem}
.quoted{background:#f1f3f5;border-radius:3px;padding:0 .2em;white-space:pre-wrap;overflow-wrap:anywhere}
"""

_SCRIPT = """<script>
const boxes=[...document.querySelectorAll('.filter input')];
function show(){const on=new Set(boxes.filter(b=>b.checked).map(b=>b.value));
for(const doc of document.querySelectorAll('.doc'))doc.hidden=!doc.dataset.kinds.split('|').some(k=>on.has(k));}
boxes.forEach(b=>b.addEventListener('change',show));</script>"""


def page(report: Report, gold: Sequence[Document], found: Sequence[Document], *, limit: int = 500) -> str:
    """The page. `limit`: at most so many wrong documents are drawn, the first ones; the page says of how many."""
    wrong = [(one, other, made) for one, other in pairs(gold, found, "entities") if (made := _errors_of(one, other))]
    body = [
        f"<h1>Evaluation</h1><p>{content(summary(report))}</p>",
        _table("Labels, exact match", "label", _label_rows(report)),
        _slices(report),
        _relaxed(report),
        _calibration(report),
        _confusions(report),
        f"<h2>Wrong documents: {len(wrong)} of {report.documents}</h2>",
        _filter(report),
    ]
    if len(wrong) > limit:
        body.append(f'<p class="note">The first {limit} of {len(wrong)} are drawn.</p>')
    body += [_example(number, *each) for number, each in enumerate(wrong[:limit], 1)]
    return frame("Evaluation", "\n".join(part for part in body if part) + _SCRIPT, style=_STYLE)


def _errors_of(one: Document, other: Document) -> list[Error[Entity]]:
    return errors(frozenset(one.entities or ()), frozenset(other.entities or ()))


def _example(number: int, one: Document, other: Document, made: Sequence[Error[Entity]]) -> str:
    gold, found = set(one.entities or ()), dict.fromkeys(other.entities or ())
    kinds: dict[Entity, str] = {entity: "right" if entity in gold else "spurious" for entity in found}
    kinds |= {entity: "missed" for entity in gold if entity not in found}
    drawn = Document(one.text, tuple(sorted(kinds, key=reading_order)))
    concerned = [each for error in made for each in (error.gold, error.found) if each is not None]
    regions = _regions(len(one.text), concerned)
    parts = [fragment(drawn, kinds=kinds, within=region) for region in regions]
    borders = [0, *(border for region in regions for border in (region.start, region.end)), len(one.text)]
    gaps = [_gap(after - before) for before, after in zip(borders[::2], borders[1::2], strict=True)]
    shown = gaps[0] + "".join(part + gap for part, gap in zip(parts, gaps[1:], strict=True))
    listed = "".join(f"<li>{_describe(error, one.text)}</li>" for error in made)
    name = content(str(number) if one.id is None else one.id)
    tags = attribute("|".join(dict.fromkeys(error.kind for error in made)))
    return (
        f'<section class="doc" data-kinds="{tags}"><div class="id">{name}</div>{shown}'
        f'<ul class="errors">{listed}</ul></section>'
    )


def _regions(length: int, entities: Iterable[Entity]) -> list[Span]:
    """The parts of a text that are near an error, merged where they meet."""
    merged: list[Span] = []
    for entity in sorted(entities, key=reading_order):
        start, end = max(0, entity.start - CONTEXT), min(length, entity.end + CONTEXT)
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return merged


def _gap(characters: int) -> str:
    return f'<div class="gap">\u2026 {characters} characters \u2026</div>' if characters else ""


def _describe(error: Error[Entity], text: str) -> str:
    sides = [_quote(each, text) for each in (error.gold, error.found) if each is not None]
    return f"{error.kind}: " + " found as ".join(sides)


def _quote(entity: Entity, text: str) -> str:
    score = "" if entity.score is None else f", score {entity.score:.3f}"
    return (
        f'<bdi class="quoted">{content(text[entity.start : entity.end])}</bdi> <b>{content(entity.label)}</b> '
        f"[{entity.start}, {entity.end}){score}"
    )


def _filter(report: Report) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" value="{kind}" checked> {kind} ({report.errors.get(kind, 0)})</label>'
        for kind in ERRORS
    )
    key = "Underlines: solid green is right, dashed red (\u2212) was missed, dotted orange (+) is spurious."
    return f'<p class="filter">{boxes}</p><p class="note">{key}</p>'


def _label_rows(report: Report) -> list[tuple[str, Counts]]:
    return [*report.labels.items(), ("all (micro)", report.counts)]


def _slices(report: Report) -> str:
    rows = [(f"{part}: {CAPTIONS[part]}", counts) for parts in report.slices.values() for part, counts in parts.items()]
    return _table(f"Slices; length and density in {UNIT_NAMES[report.unit]}", "slice", rows)


def _table(title: str, first: str, rows: Iterable[tuple[str, Counts]]) -> str:
    columns = ("F1", "precision", "recall", "gold", "found", "right")
    cells = ((name, *numbers(each)) for name, each in rows)
    return _rows(title, (first, *columns), cells)


def _relaxed(report: Report) -> str:
    columns = ("match", "F1", "precision", "recall", "COR", "INC", "PAR", "MIS", "SPU")
    cells = (
        (name, percent(each.f1), percent(each.precision), percent(each.recall))
        + (each.correct, each.incorrect, each.partial, each.missed, each.spurious)
        for name, each in report.relaxed.items()
    )
    return _rows("Relaxed matches, named as nervaluate names them", columns, cells)


def _calibration(report: Report) -> str:
    if report.calibration is None:
        return ""
    title = f"Scores and how often they are right; expected calibration error {percent(report.calibration.error)}"
    cells = (
        (f"{each.low:.1f} to {each.high:.1f}", each.count, percent(each.score), percent(each.right))
        for each in report.calibration.bins
    )
    return _rows(title, ("score", "found", "mean score", "right"), cells)


def _confusions(report: Report) -> str:
    if not report.confusions:
        return ""
    title = f"Spans found under a wrong label: the {min(20, len(report.confusions))} most frequent pairs"
    return _rows(title, ("gold label", "found label", "times"), report.confusions[:20])


def _rows(title: str, columns: Sequence[str], cells: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{column}</th>" for column in columns)
    body = "\n".join("<tr>" + "".join(f"<td>{content(str(cell))}</td>" for cell in row) + "</tr>" for row in cells)
    return f"<h2>{content(title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
