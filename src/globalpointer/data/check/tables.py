"""A check as tables for the terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from globalpointer.data.check.facts import Facts
from globalpointer.data.check.report import CheckReport, Finding
from globalpointer.text.spans import TRIGGER

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
_ENTITY_ROWS = _ROWS[_ROWS.index("entities") : _ROWS.index("length_mean")] + _ROWS[_ROWS.index("entity_length_mean") :]
_RELATION_ROWS = {
    "documents": "documents with relations annotated",
    "relations": "relations",
    "triples": "triples without offsets",
    "distance_mean": "distance of the ends, mean",
    "distance_max": "farthest ends",
    "self_relations": "of a mention with itself",
    "overlapping": "whose ends overlap",
    "same_pair": "pairs with several relations",
    "confused": "too many when decoded from gold",
}
_EVENT_ROWS = {
    "documents": "documents with events annotated",
    "events": "events",
    "arguments": "arguments",
    "without_trigger": "without a trigger",
    "several_triggers": "with several triggers",
    "shared_triggers": "triggers of several events",
    "shared_arguments": "arguments of several events",
    "repeated_roles": "with several arguments of a role",
    "confused": "lost when decoded from gold",
}
_ANSWER_ROWS = {
    "documents": "questions",
    "contexts": "different texts",
    "unanswerable": "without an answer",
    "unplaced": "with no answer in the text",
    "answers": "answers, of all annotators",
    "places": "different spans",
    "answer_length_mean": "answer length, mean",
    "answer_length_max": "longest answer",
    "question_length_mean": "question length, mean",
    "question_length_max": "longest question",
}
MOST = 3
"""How many pairs of labels, or roles, are shown beside a label; JSON has them all."""


def table(report: CheckReport) -> RenderableType:
    """The facts of the files side by side, their labels, and all findings. Lengths are in characters."""
    parts: list[RenderableType] = []
    linked = any(_others(each) for each in report.files)
    if report.files:
        parts.append(_facts(report.files))
    if any(each.labels for each in report.files) or (report.files and not linked):
        parts.append(_labels("label", report.files, [each.labels for each in report.files]))
    parts += _relations(report.files) + _events(report.files)
    parts += _part("answers", _ANSWER_ROWS, report.files, [each.answers for each in report.files])
    if any(each.tokens for each in report.files):
        parts.append(_tokens(report.files))
    parts += [_finding(finding) for finding in report.findings]
    parts.append(
        Text(
            f"Kinds of errors: {len(report.errors)}, of warnings: {len(report.warnings)}, of notes: {len(report.infos)}"
        )
    )
    return Group(*parts)


def _facts(files: tuple[Facts, ...]) -> Table:
    linked = any(map(_others, files))
    bare = linked and not any(each.entities for each in files)
    drawn = _grid("", files)
    for name in _ROWS:
        if not (bare and name in _ENTITY_ROWS):
            said = "with nothing annotated in them" if linked and name == "empty" else _SAID.get(name, name)
            drawn.add_row(said, *(_value(each, name) for each in files))
    return drawn


def _others(facts: Facts) -> bool:
    """Whether there is anything but entities."""
    return any((facts.relations, facts.events, facts.answers))


def _value(facts: Facts, name: str) -> str:
    if name == "length_mean":
        return f"{facts.length_mean:.2f} ± {facts.length_std:.2f}"
    return _number(getattr(facts, name))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else f"{value:,}"


def _labels(
    title: str,
    files: tuple[Facts, ...],
    counts: Sequence[Mapping[str, int]],
    details: Sequence[Mapping[str, Mapping[str, int]]] = (),
    heading: str = "",
) -> Table:
    """Every label with its count in each file, and what is most often found with it."""
    every = sorted({label for each in counts for label in each})
    drawn = _grid(title, files)
    if heading:
        drawn.add_column(heading)
    for label in every:
        found: Counter[str] = sum((Counter(each.get(label)) for each in details), Counter())
        most = ", ".join(f"{name} {count:,}" for name, count in found.most_common(MOST))
        more = f", {len(found) - MOST} more" * (len(found) > MOST)
        row = [f"{each.get(label, 0):,}" for each in counts]
        drawn.add_row(escape(label), *row, *([escape(most + more)] if heading else []))
    return drawn


def _relations(files: tuple[Facts, ...]) -> list[Table]:
    found = [each.relations for each in files]
    labels, ends = [each.labels if each else {} for each in found], [each.ends if each else {} for each in found]
    drawn = _part("relations", _RELATION_ROWS, files, found)
    return drawn and [*drawn, _labels("relation", files, labels, ends, "most frequent ends")]


def _events(files: tuple[Facts, ...]) -> list[Table]:
    found = [each.events for each in files]
    labels = [each.labels if each else {} for each in found]
    roles = [{label: _arguments(counts) for label, counts in each.roles.items()} if each else {} for each in found]
    drawn = _part("events", _EVENT_ROWS, files, found)
    return drawn and [*drawn, _labels("event", files, labels, roles, "most frequent roles")]


def _arguments(roles: Mapping[str, int]) -> dict[str, int]:
    """The roles without that of the trigger, which every event has."""
    return {role: count for role, count in roles.items() if role != TRIGGER}


def _part(title: str, rows: Mapping[str, str], files: tuple[Facts, ...], found: Sequence[object | None]) -> list[Table]:
    """The numbers of one kind of annotation; no table where no file has it."""
    if not any(found):
        return []
    drawn = _grid(title, files)
    for name, said in rows.items():
        drawn.add_row(said, *(_number(None if each is None else getattr(each, name)) for each in found))
    return [drawn]


def _tokens(files: tuple[Facts, ...]) -> Table:
    drawn = _grid("tokens", files)
    for name in ("mean", "max", "window", "windows", "cut", "misaligned", "unreachable", "longest_entity"):
        values = [getattr(each.tokens, name) if each.tokens else None for each in files]
        said = {"cut": "texts in several windows", "longest_entity": "longest mention"}.get(name, name)
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
    said.append(f"{finding.message} ({finding.count:,})" if finding.examples or finding.count > 1 else finding.message)
    for example in finding.examples:
        said.append(f"\n    {example}")
    if finding.examples and finding.count > len(finding.examples):
        said.append(f"\n    ... and {finding.count - len(finding.examples):,} more")
    return said
