"""Render the rows of results/ as tables: in the READMEs, in docs/ and in the recipes' headers.

    python -m benchmarks.tables

A table stands between `<!-- NAME -->` and `<!-- /NAME -->`, and nothing but what stands between is changed.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.gpu_tables import gpu_tables
from benchmarks.kernel_tables import kernel_tables
from benchmarks.latency_tables import latency_tables
from benchmarks.paper_tables import paper_tables
from benchmarks.reading_tables import reading_tables
from benchmarks.relation_tables import relation_tables
from benchmarks.rows import ROOT, read_rows
from benchmarks.system_tables import current as current_systems
from benchmarks.system_tables import system_tables
from benchmarks.tagging_tables import tagging_tables
from globalpointer.config import load_recipe

Row = Mapping[str, Any]

FLOORS = {"resume": 93.0, "cluener": 70.0, "cmeee": 54.0, "conll2003": 88.0}
"""The least F1, in percent, that the better head was asked to reach on each dataset."""

SCORED = {"cluener": "dev (scored once)", "cmeee": "val (scored once)"}
"""Where there is no labelled test part: which part stands in for it, selected on a tenth of train."""


HEADS = ("efficient", "global_pointer")
"""The endings of the recipes that are the measure of a dataset; other endings name what was changed."""

CHANGES = {
    "no_rope": "no rotary positions",
    "no_bigrams": "no bigrams in the embedding",
    "no_average": "no moving average of the weights",
    "mean": "losses of the types averaged, not added",
}


def main() -> None:
    tables = every_table()
    for page in pages():
        page.write_text(filled(page.read_text(encoding="utf-8"), tables), encoding="utf-8")
    # A recipe by itself has the seed 42
    seeded = [row for name in ("systems", "reading") for row in current_systems(read_rows(name))]
    systems = [row for row in seeded if row["seed"] == 42]
    for row in [*current(read_rows("accuracy")), *systems]:
        head_recipe(ROOT / "recipes" / f"{row['recipe']}.toml", row)


def pages() -> list[Path]:
    """Those that may have a place for a table."""
    return [ROOT / "README.md", ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def every_table() -> dict[str, str]:
    """All tables by the names of their places."""
    rows = current(read_rows("accuracy"))
    return {
        "summary": summary(rows),
        "accuracy": accuracy(rows),
        "rope": changes(rows, ["no_rope"]),
        "steps": changes(rows, [change for change in CHANGES if change != "no_rope"]),
        "policies": policies(read_rows("policies")),
        "slices": slices(rows),
        **kernel_tables(),
        **gpu_tables(),
        **relation_tables(),
        **system_tables(),
        **reading_tables(),
        **paper_tables(),
        **tagging_tables(),
        **latency_tables(),
    }


def current(rows: Sequence[Row]) -> list[Row]:
    """The newest row of each recipe as it stands now, in the order of their names."""
    newest = {row["recipe"]: row for row in rows}
    paths = sorted((ROOT / "recipes").glob("*.toml"))
    known = [newest[path.stem] for path in paths if path.stem in newest]
    return [row for row in known if row["fingerprint"] == load_recipe(_recipe(row)).fingerprint]


def summary(rows: Sequence[Row]) -> str:
    """F1 of the heads, a line a dataset."""
    scores: dict[str, dict[str, Row]] = {}
    for row in rows:
        dataset, ending = parted(row)
        if ending in HEADS:
            scores.setdefault(dataset, {})[ending] = row
    lines = ["| dataset | scored part | encoder | efficient | global_pointer |", "|---|---|---|--:|--:|"]
    for dataset, by_head in scores.items():
        found = [_percent(by_head[head]["test"]["f1"]) if head in by_head else "" for head in HEADS]
        encoder = next(iter(by_head.values()))["encoder"]
        lines.append(f"| {dataset} | {SCORED.get(dataset, 'test')} | {encoder} | {' | '.join(found)} |")
    return "\n".join([*lines, "", _circumstances(rows)])


def accuracy(rows: Sequence[Row]) -> str:
    """F1 of both heads, with what was asked for."""
    lines = [
        "| dataset | head | encoder | scored part | F1 | precision | recall | complete documents | selected at dev F1 "
        "| asked for | million parameters | minutes |",
        "|---|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        dataset, ending = parted(row)
        if ending in HEADS:
            test = row["test"]
            floor = FLOORS.get(dataset)
            lines.append(
                f"| {dataset} | {row['head']} | {row['encoder']} | {SCORED.get(dataset, 'test')} "
                f"| **{_percent(test['f1'])}** | {_percent(test['precision'])} | {_percent(test['recall'])} "
                f"| {_percent(test['document_accuracy'])} | {_percent(row['dev']['f1'])} "
                f"| {'' if floor is None else f'{floor:.0f}'} | {row['parameters'] / 1e6:.2f} | {row['minutes']:.1f} |"
            )
    return "\n".join([*lines, "", _circumstances(rows)])


def changes(rows: Sequence[Row], wanted: Sequence[str]) -> str:
    """The same recipe of the efficient head with one thing changed."""
    by_name = {row["recipe"]: row for row in rows}
    lines = [
        "| dataset | changed | F1 as it is | F1 changed | difference | on the dev part |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for row in rows:
        dataset, ending = parted(row)
        whole = by_name.get(f"{dataset}_efficient")
        if ending in wanted and whole is not None:
            lines.append(
                f"| {dataset} | {CHANGES[ending]} | {_percent(whole['test']['f1'])} | {_percent(row['test']['f1'])} "
                f"| {_difference(row, whole, 'test')} | {_difference(row, whole, 'dev')} |"
            )
    return "\n".join(lines)


def policies(rows: Sequence[Row]) -> str:
    """The same models, with nested answers and without."""
    lines = ["| recipe | nested | flat | difference |", "|---|--:|--:|--:|"]
    for row in sorted(rows, key=lambda row: str(row["recipe"])):
        gain = 100 * (row["flat"] - row["nested"])
        lines.append(f"| {row['recipe']} | {_percent(row['nested'])} | {_percent(row['flat'])} | {gain:+.2f} |")
    return "\n".join(lines)


def slices(rows: Sequence[Row]) -> str:
    """F1 by length, density and whether the mention stands in the training part; recall of what is nested or not."""
    parts = {
        **{part: ("length", part, "f1") for part in ("L1", "L2", "L3")},
        **{part: ("density", part, "f1") for part in ("D1", "D2", "D3")},
        **{f"{part}, recall": ("nesting", part, "recall") for part in ("flat", "nested")},
        **{part: ("mention", part, "f1") for part in ("seen", "unseen")},
    }
    lines = [
        f"| recipe | unit | {' | '.join(parts)} |",
        f"|---|---|{'--:|' * len(parts)}",
    ]
    for row in rows:
        test = row["test"]
        cells = [(test["slices"].get(group, {}).get(part, {}), rate) for group, part, rate in parts.values()]
        # Without gold there is nothing to find, and a rate of 0 would look like a failure.
        shown = [_percent(cell[rate] if cell.get("gold") else None) for cell, rate in cells]
        lines.append(f"| {row['recipe']} | {test['unit']} | {' | '.join(shown)} |")
    return "\n".join(lines)


def filled(text: str, tables: Mapping[str, str]) -> str:
    """The text of a page with each table where it has its two marks."""
    for name, table in tables.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = pattern.sub(_between(f"\n{table}\n\n"), text)
    return text


def head_recipe(path: Path, row: Row) -> None:
    """Write the measured score into the header of a recipe."""
    test, machine = row["test"], row["machine"]
    expected = (
        f"# Expect:  {SCORED.get(parted(row)[0], 'test').partition(' ')[0]} F1 {test['f1']:.4f} after "
        f"{row['minutes']:.0f} min on one thread of {machine}, {row['date']}"
    )
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^# Expect:.*$", expected, text, flags=re.MULTILINE), encoding="utf-8")


def _between(table: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match.group(1) + table + match.group(2)


def _recipe(row: Row) -> Path:
    return ROOT / "recipes" / f"{row['recipe']}.toml"


def parted(row: Row) -> tuple[str, str]:
    """The dataset and the ending of a recipe's name."""
    name = str(row["recipe"])
    ending = next((ending for ending in (*HEADS, *CHANGES) if name.endswith(f"_{ending}")), "")
    return name.removesuffix(f"_{ending}"), ending


def _difference(row: Row, whole: Row, part: str) -> str:
    return f"{100 * (row[part]['f1'] - whole[part]['f1']):+.2f}"


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.2f}"


def _circumstances(rows: Sequence[Row]) -> str:
    if not rows:
        return "Nothing is measured yet."
    machines = sorted({row["machine"] for row in rows})
    dates = sorted({row["date"] for row in rows})
    versions = sorted({f"torch {row['torch']}, transformers {row['transformers']}" for row in rows})
    return (
        f"Machine: {'; '.join(machines)}, one thread a run, two runs side by side. "
        f"Measured {' and '.join(dates)}; {'; '.join(versions)}. Micro F1 over exact spans and labels against the raw "
        "annotation, in percent, one seed (42). Each run is one recipe in `recipes/` and one row in "
        "`benchmarks/results/accuracy.jsonl`."
    )


if __name__ == "__main__":
    sys.exit(main())
