"""A check as tables for the terminal."""

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from globalpointer.data.check.report import CheckReport, Facts, Finding

STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_ROWS = (
    "documents", "annotated", "empty", "entities", "length_mean", "length_max", "entity_length_mean",
    "entity_length_max", "nested", "depth", "crossing", "several_labels",
)  # fmt: skip
_SAID = {
    "empty": "without an entity",
    "length_mean": "length, mean ± deviation",
    "length_max": "longest text",
    "entity_length_mean": "entity length, mean",
    "entity_length_max": "longest entity",
    "nested": "nested entities",
    "depth": "deepest nesting",
    "crossing": "crossing pairs",
    "several_labels": "spans with several labels",
}


def table(report: CheckReport) -> RenderableType:
    """The facts of the files side by side, their labels, and all findings. Lengths are in characters."""
    parts: list[RenderableType] = []
    if report.files:
        parts += [_facts(report.files), _labels(report.files)]
    if any(each.tokens for each in report.files):
        parts.append(_tokens(report.files))
    parts += [_finding(finding) for finding in report.findings]
    parts.append(
        Text(f"{len(report.errors)} kinds of errors, {len(report.warnings)} of warnings, {len(report.infos)} of notes")
    )
    return Group(*parts)


def _facts(files: tuple[Facts, ...]) -> Table:
    drawn = _grid("", files)
    for name in _ROWS:
        drawn.add_row(_SAID.get(name, name), *(_value(each, name) for each in files))
    return drawn


def _value(facts: Facts, name: str) -> str:
    if name == "length_mean":
        return f"{facts.length_mean:.2f} ± {facts.length_std:.2f}"
    value = getattr(facts, name)
    return f"{value:.2f}" if isinstance(value, float) else f"{value:,}"


def _labels(files: tuple[Facts, ...]) -> Table:
    drawn = _grid("label", files)
    for label in sorted({label for each in files for label in each.labels}):
        drawn.add_row(escape(label), *(f"{each.labels.get(label, 0):,}" for each in files))
    return drawn


def _tokens(files: tuple[Facts, ...]) -> Table:
    drawn = _grid("tokens", files)
    for name in ("mean", "max", "window", "windows", "cut", "misaligned", "unreachable", "longest_entity"):
        values = [getattr(each.tokens, name) if each.tokens else None for each in files]
        said = {"cut": "texts in several windows", "longest_entity": "longest entity"}.get(name, name)
        shown = ("-" if each is None else f"{each:.1f}" if isinstance(each, float) else f"{each:,}" for each in values)
        drawn.add_row(said, *shown)
    return drawn


def _grid(title: str, files: tuple[Facts, ...]) -> Table:
    drawn = Table()
    drawn.add_column(title)
    for each in files:
        drawn.add_column(escape(each.path.rsplit("/", 1)[-1] or each.path), justify="right")
    return drawn


def _finding(finding: Finding) -> Text:
    # Never broken into lines: it names files, which are copied.
    said = Text(no_wrap=True, overflow="ignore")
    said.append(f"{finding.level}: ", style=STYLES[finding.level])
    said.append(f"{finding.count:,} {finding.message}" if finding.examples or finding.count > 1 else finding.message)
    for example in finding.examples:
        said.append(f"\n    {example}")
    if finding.examples and finding.count > len(finding.examples):
        said.append(f"\n    ... and {finding.count - len(finding.examples):,} more")
    return said
