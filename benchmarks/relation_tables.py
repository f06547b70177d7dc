"""The tables of docs/relations.md that results/relations.jsonl holds."""

from collections.abc import Sequence

from benchmarks.kernel_tables import NOT_MEASURED, Row, median, newest, number, size, spread, table, times
from benchmarks.rows import read_rows

OURS = "GPLinker, efficient"


def relation_tables() -> dict[str, str]:
    """A table for each region of the page."""
    rows = newest(read_rows("relations"))

    def of(part: str) -> list[Row]:
        return [row for row in rows if row["part"] == part]

    return {
        "relations-step": systems(of("step")),
        "relations-decoding": systems(of("decoding")),
        "relations-loss": losses(of("loss")),
        "relations-parameters": parameters(of("parameters")),
        "relations-untrained": untrained(of("untrained")),
    }


def systems(rows: Sequence[Row]) -> str:
    """Milliseconds of each system, a column a case, and how many times those of OURS they are."""
    if not rows:
        return NOT_MEASURED
    columns = ["system", *(f"{row['encoder']}, {row['batch']} × {row['tokens']}" for row in rows)]
    lines = [[name, *(beside_ours(row, name) for row in rows)] for name in rows[0]["ms"]]
    return table(columns, lines, rows)


def beside_ours(row: Row, name: str) -> str:
    """The median with the quartiles, and the ratio."""
    ratio = "" if name == OURS else f", × {number(median(row, name) / median(row, OURS))}"
    return spread(row, name) + ratio


def losses(rows: Sequence[Row]) -> str:
    """Head and loss over one unordered grid."""
    names = ("ours", "sparse", "dense")
    columns = ["head", "batch × tokens × types", *(f"{name}, ms" for name in names), "sparse / ours", "dense / ours"]
    lines = [
        [row["head"], size(row), *(spread(row, name) for name in names), *(times(row, name) for name in names[1:])]
        for row in rows
    ]
    return table(columns, lines, rows)


def parameters(rows: Sequence[Row]) -> str:
    """What each system learns on top of the encoder."""
    if not rows:
        return NOT_MEASURED
    lines = [[name, f"{count:,}"] for name, count in rows[-1]["parameters"].items()]
    return table(["system", f"parameters, {rows[-1]['hidden']} wide, {rows[-1]['predicates']} predicates"], lines, rows)


def untrained(rows: Sequence[Row]) -> str:
    """Seconds for many sentences."""
    if not rows:
        return NOT_MEASURED
    (row,) = rows[-1:]
    lines = [[name, f"{row['sentences']:,}", number(median(row, name) / 1000)] for name in row["ms"]]
    return table(["system", f"sentences of {row['tokens']} tokens", "seconds"], lines, rows)
