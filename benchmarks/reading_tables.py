"""The tables of reading comprehension: every reader and loss on the same questions, by seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.rows import read_rows
from benchmarks.system_tables import circumstances, current, values

Row = Mapping[str, Any]

READERS = {"two_pointers": "two pointers", "gnr": "Globally Normalized Reader"}
"""The compared systems, by the name of their head."""


LENGTHS = ("answer", "context")
"""Slices by the length of the answer and of the text, in words or characters."""

FEWEST = 50
"""F1 of fewer questions says nothing, and is not shown."""


def reading_tables() -> dict[str, str]:
    """The tables by the names of their places."""
    rows = current(read_rows("reading"))
    return {"reading": accuracy(rows), "reading-slices": slices(rows)}


def accuracy(rows: Sequence[Row]) -> str:
    """Exact match and F1 of each reader on each dataset."""
    lines = [
        "| dataset | reader | encoder | seeds | epochs | official | exact match | F1 | best of 5, F1 | F1 of places "
        "| minutes |",
        "|---|---|---|--:|--:|---|--:|--:|--:|--:|--:|",
    ]
    for (dataset, reader), runs in _grouped(rows).items():
        first, tests = runs[0], [row["test"] for row in runs]
        found = [values([test[key] for test in tests]) for key in ("exact", "f1")]
        found += [values([test["matches"][name]["f1"] for test in tests]) for name in ("best of 5", "place")]
        minutes = sum(row["minutes"] for row in runs) / len(runs)
        lines.append(
            f"| {dataset} | {reader} | {first['encoder']} | {len(runs)} | {first['epochs']} "
            f"| {first['test']['official']} | {' | '.join(found)} | {minutes:.0f} |"
        )
    return "\n".join([*lines, "", circumstances(rows, "reading", "Exact match and F1")])


def slices(rows: Sequence[Row]) -> str:
    """F1 by the length of the answer and of the text, where there are at least FEWEST questions."""
    groups = {group: parts for row in rows[:1] for group, parts in row["test"]["slices"].items() if group in LENGTHS}
    columns = [(group, part) for group, parts in groups.items() for part in parts]
    lines = [
        f"| dataset | reader | {' | '.join(f'{group} {part}' for group, part in columns)} |",
        f"|---|---|{'--:|' * len(columns)}",
    ]
    for (dataset, reader), runs in _grouped(rows).items():
        cells = [_slice(runs, group, part) for group, part in columns]
        lines.append(f"| {dataset} | {reader} | {' | '.join(cells)} |")
    return "\n".join(lines)


def told(row: Row) -> str:
    """The reader and what it was trained by."""
    if row["head"] in READERS:
        return READERS[row["head"]]
    grid = "one grid, standard head" if row["head"] == "global_pointer" else "one grid"
    if row["loss"] != "span_f1":
        return f"{grid}, {'multi-label loss' if row['loss'] == 'multilabel' else 'joint cross-entropy'}"
    warm = f"after {row['warm_epochs']} of cross-entropy" if row["warm_epochs"] else "from scratch"
    return f"{grid}, F1 loss, λ = {row['loss_options']['entropy']:g}, {warm}"


def _grouped(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """The runs of each dataset and reader."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((str(row["recipe"]).partition("_")[0], told(row)), []).append(row)
    return groups


def _slice(runs: Sequence[Row], group: str, part: str) -> str:
    found = [row["test"]["slices"].get(group, {}).get(part, {}) for row in runs]
    return values([each["f1"] for each in found]) if all(each.get("questions", 0) >= FEWEST for each in found) else ""
