"""The report of a comparison: report.md with pictures beside it, and report.html, one page that needs no network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from globalpointer.comparison import tables
from globalpointer.comparison.outcome import Comparison
from globalpointer.comparison.plots import pictures
from globalpointer.comparison.prose import failed, head, notes, told
from globalpointer.data.writers.files import new_file
from globalpointer.errors import DependencyError
from globalpointer.evaluation.sections import Section
from globalpointer.view.markup import attribute, content, frame

MARKDOWN, PAGE, PICTURES = "report.md", "report.html", "pictures"

_STYLE = """
figure{margin:0 0 1rem}.wide{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0 1rem;font-size:.85rem}
td,th{padding:.15rem .7rem;text-align:right;white-space:nowrap}td:first-child,th:first-child{text-align:left}
tbody{border-top:1px solid #dee2e6}thead th{border-bottom:2px solid #adb5bd}p,li{overflow-wrap:anywhere}
"""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading with what stands under it: paragraphs, a table, the name of a picture, a list."""

    title: str
    text: Sequence[str] = ()
    table: Section | None = None
    picture: str | None = None
    items: Sequence[str] = ()


def write_report(comparison: Comparison) -> None:
    """Write both forms into the folder of the comparison."""
    try:
        drawn, missing = pictures(comparison) if comparison.rows else {}, []
    except DependencyError as error:
        drawn, missing = {}, [str(error)]
    made = list(chapters(comparison, missing))
    (comparison.folder / PICTURES).mkdir(exist_ok=True)
    for old in (comparison.folder / PICTURES).glob("*.svg"):
        if old.stem not in drawn:
            old.unlink()
    files = {f"{PICTURES}/{name}.svg": svg for name, svg in drawn.items()}
    for name, text in {**files, MARKDOWN: markdown(made, drawn), PAGE: page(made, drawn)}.items():
        with new_file(comparison.folder / name) as file:
            file.write(text)


def chapters(comparison: Comparison, missing: Sequence[str] = ()) -> Iterator[Chapter]:
    """What the report says, in its order. `missing`: what could not be made, and why."""
    yield Chapter("Comparison", head(comparison))
    if comparison.failures:
        yield Chapter("Failed runs", items=failed(comparison))
    if comparison.rows:
        yield from _found(comparison)
    if comparison.rows and (settings := tables.settings(comparison)):
        yield Chapter(settings.title, table=settings)
    if comparison.rows:
        yield Chapter("Runs", table=tables.runs(comparison))
    if remarks := [*missing, *notes(comparison)]:
        yield Chapter("Notes", items=remarks)


def _found(comparison: Comparison) -> Iterator[Chapter]:
    yield Chapter("Scores", told("scores", comparison), tables.scores(comparison), "scores")
    if difference := tables.differences(comparison):
        yield Chapter(difference.title, told("differences", comparison), difference)
    if comparison.speed is not None:
        training, prediction = (tables.speeds(comparison.speed, what) for what in ("training", "prediction"))
        yield Chapter(training.title, told("speed", comparison), training)
        yield Chapter(prediction.title, (), prediction, "speed")
    yield Chapter("F1 over epochs", told("epochs", comparison), picture="epochs")
    yield Chapter("F1 by slice", told("slices", comparison), tables.slices(comparison), "slices")
    yield Chapter("F1 by label", (), tables.labels(comparison))


def markdown(made: Sequence[Chapter], drawn: dict[str, str]) -> str:
    """The report as Markdown."""
    return "\n".join(line for number, each in enumerate(made) for line in _as_markdown(each, drawn, first=not number))


def _as_markdown(chapter: Chapter, drawn: dict[str, str], *, first: bool) -> Iterator[str]:
    yield f"{'#' if first else '##'} {_escaped(chapter.title)}\n"
    for paragraph in chapter.text:
        yield f"{_escaped(paragraph)}\n"
    if chapter.table is not None:
        yield _table_in_markdown(chapter.table)
    if chapter.picture in drawn:
        yield f"![{_escaped(chapter.title)}]({PICTURES}/{chapter.picture}.svg)\n"
    if chapter.items:
        yield "\n".join(f"- {_escaped(item)}" for item in chapter.items) + "\n"


def _table_in_markdown(table: Section) -> str:
    rows = [row for group in (*table.groups, table.foot) for row in group]
    rule = ["---"] + ["--:"] * (len(table.columns) - 1)
    lines = [table.columns, rule, *rows]
    return "\n".join(f"| {' | '.join(_escaped(cell) for cell in line)} |" for line in lines) + "\n"


def _escaped(text: str) -> str:
    """Text in which nothing is taken for Markdown: labels and messages are anybody's."""
    one_line = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\|*_`<>[]#" else char for char in one_line)


def page(made: Sequence[Chapter], drawn: dict[str, str]) -> str:
    """The report as one HTML page."""
    body = "\n".join(part for number, each in enumerate(made) for part in _as_html(each, drawn, first=not number))
    return frame("Comparison", body, style=_STYLE)


def _as_html(chapter: Chapter, drawn: dict[str, str], *, first: bool) -> Iterator[str]:
    heading = "h1" if first else "h2"
    yield f"<{heading}>{content(chapter.title)}</{heading}>"
    yield from (f"<p>{content(paragraph)}</p>" for paragraph in chapter.text)
    if chapter.table is not None:
        yield _table_in_html(chapter.table)
    if chapter.picture in drawn:
        yield f'<figure role="img" aria-label="{attribute(chapter.title)}">{drawn[chapter.picture]}</figure>'
    if chapter.items:
        yield f"<ul>{''.join(f'<li>{content(item)}</li>' for item in chapter.items)}</ul>"


def _table_in_html(table: Section) -> str:
    head = "".join(f"<th>{content(column)}</th>" for column in table.columns)
    groups = (*table.groups, table.foot) if table.foot else table.groups
    body = "".join(
        "<tbody>"
        + "".join(f"<tr>{''.join(f'<td>{content(cell)}</td>' for cell in row)}</tr>" for row in group)
        + "</tbody>"
        for group in groups
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead>{body}</table></div>'
