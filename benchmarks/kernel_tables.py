"""The tables of docs/kernels.md that results/kernels.jsonl holds; those of a GPU are made in gpu_tables.py."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.rows import read_rows

Row = Mapping[str, Any]

NOT_MEASURED = "Not measured."

IDENTITY = ("part", "case", "dtype", "model", "loss")
"""The keys that tell measurements apart; a row has those that matter for it."""


def kernel_tables() -> dict[str, str]:
    """A table for each region of the page."""
    rows = newest(read_rows("kernels"))

    def of(part: str, head: str | None = None) -> list[Row]:
        return [row for row in rows if row["part"] == part and head in (None, row["head"])]

    return {
        "kernels-summary": summary([row for row in of("loss") if row["mask"] == "full"]),
        "kernels-efficient": losses(of("loss", "efficient")),
        "kernels-per-type": losses(of("loss", "per-type")),
        "kernels-heads": heads(of("head")),
        "kernels-many-types": many_types(of("many types")),
        "kernels-search": searches(of("search")),
        "kernels-precision": precision(of("precision")),
        "kernels-step": steps(of("step")),
        "kernels-long": long_documents(of("long")),
        "kernels-peers": peers(of("peers")),
        "kernels-types": curve(of("types"), "types"),
        "kernels-tokens": curve(of("tokens"), "tokens"),
    }


def newest(rows: Sequence[Row]) -> list[Row]:
    """The last row of each case of each part, in the order in which the cases first came."""
    return list({tuple(row.get(key) for key in IDENTITY): row for row in rows}.values())


def summary(rows: Sequence[Row]) -> str:
    """What a reader in a hurry wants: ours and the plain dense formulation."""
    columns = ["head", "batch × tokens × types", "ours, ms", "dense, ms", "times faster", "ours, MiB", "dense, MiB"]
    lines = [
        [row["head"], size(row), number(median(row, "ours")), number(median(row, "dense")), times(row, "dense")]
        + [number(row["mib"].get(name)) for name in ("ours", "dense")]
        for row in rows
    ]
    return table(columns, lines, rows)


def losses(rows: Sequence[Row]) -> str:
    """From factors to gradients: time, memory, and the floor of the arithmetic."""
    if not rows:
        return NOT_MEASURED
    columns = ["batch × tokens × types", "ours, ms", "sparse, ms", "dense, ms", "sparse / ours", "dense / ours"]
    columns += ["floor, ms", "ours / floor", "ours, MiB", "sparse, MiB", "dense, MiB"]
    lines = [
        [size(row), *(spread(row, name) for name in ("ours", "sparse", "dense")), times(row, "sparse")]
        + [times(row, "dense"), number(row["floor_ms"]), number(median(row, "ours") / row["floor_ms"])]
        + [number(row["mib"].get(name)) for name in ("ours", "sparse", "dense")]
        for row in rows
    ]
    rates = f" Large products ran at {rows[-1]['gflops']:.0f} GFLOP/s, powers of 2 at {rows[-1]['gexps']:.2f}·10⁹/s."
    return table(columns, lines, rows, rates)


def heads(rows: Sequence[Row]) -> str:
    """From hidden vectors to gradients, with the projection."""
    names = ("ours", "sparse", "dense", "bert4torch")
    columns = ["head", "batch × tokens × types", *(f"{name}, ms" for name in names)]
    columns += [f"{name} / ours" for name in names[1:]]
    lines = [
        [row["head"], size(row), *(spread(row, name) for name in names), *(times(row, name) for name in names[1:])]
        for row in rows
    ]
    return table(columns, lines, rows)


def many_types(rows: Sequence[Row]) -> str:
    """Ours with few types and with many."""
    columns = ["batch × tokens × types", "ours, ms", "time / that of the first line", "ours, MiB"]
    lines = [
        [size(row), spread(row, "ours"), number(median(row, "ours") / median(rows[0], "ours"))]
        + [number(row["mib"]["ours"])]
        for row in rows
    ]
    return table(columns, lines, rows)


def searches(rows: Sequence[Row]) -> str:
    """All cells above 0."""
    columns = ["head", "batch × tokens × types", "scores", "cells above 0", "at most", "ours, ms", "dense, ms"]
    lines = [
        [row["head"], size(row), row["model"], f"{row['cells']:,}", f"{row['limit']:,} an example"]
        if "limit" in row
        else [row["head"], size(row), row["model"], f"{row['cells']:,}", "all"]
        for row in rows
    ]
    ends = [[spread(row, "ours"), spread(row, "dense"), times(row, "dense")] for row in rows]
    return table([*columns, "dense / ours"], [line + end for line, end in zip(lines, ends, strict=True)], rows)


def precision(rows: Sequence[Row]) -> str:
    """The largest error of a loss, and of a gradient as a part of its factor's largest."""
    names = ("ours", "sparse", "dense", "bert4torch")
    columns = ["head", "scores", *(f"{name}: loss" for name in names), *(f"{name}: gradient" for name in names)]
    lines = [
        [row["head"], row["model"]]
        + [scientific(row["errors"].get(name, {}).get(kind)) for kind in ("loss", "gradient") for name in names]
        for row in rows
    ]
    return table(columns, lines, rows)


def steps(rows: Sequence[Row]) -> str:
    """The parts of a training step."""
    columns = ["head", "loss", "encoder, ms", "projection, ms", "loss and gradient, ms"]
    columns += ["share of loss and gradient", "share with the projection"]
    lines = []
    for row in rows:
        encoder, projection, loss = (median(row, name) for name in ("encoder", "projection", "loss"))
        whole = encoder + projection + loss
        shares = [f"{100 * part / whole:.1f} %" for part in (loss, projection + loss)]
        lines.append([row["head"], row["loss"], *(spread(row, name) for name in row["ms"]), *shares])
    return table(columns, lines, rows)


def long_documents(rows: Sequence[Row]) -> str:
    """A training step on one piece of text."""
    lines = [[size(row), spread(row, "step"), number(row["mib"]["step"])] for row in rows]
    return table(["batch × tokens × types", "step, ms", "step, MiB"], lines, rows)


def peers(rows: Sequence[Row]) -> str:
    """Beside a conditional random field."""
    columns = ["batch × tokens × types", "our loss, ms", "pytorch-crf loss, ms", "our search, ms"]
    names = ("ours", "crf loss", "search", "crf path")
    lines = [[size(row), *(spread(row, name) for name in names)] for row in rows]
    return table([*columns, "pytorch-crf decoding, ms"], lines, rows)


def curve(rows: Sequence[Row], against: str) -> str:
    """The points of the pictures."""
    names = ("ours", "sparse", "dense")
    columns = ["head", against, *(f"{name}, ms" for name in names), *(f"{name}, MiB" for name in names)]
    lines = [
        [row["head"], f"{row[against]:,}"]
        + [number(row["ms"].get(name, {}).get("median")) for name in names]
        + [number(row["mib"].get(name)) for name in names]
        for row in rows
    ]
    return table(columns, lines, rows)


def table(columns: Sequence[str], lines: Sequence[Sequence[str]], rows: Sequence[Row], more: str = "") -> str:
    """Markdown, and under it where and when it was measured."""
    if not rows:
        return NOT_MEASURED
    # Words stand left, numbers right
    rule = ["--:" if cell[:1].isdigit() or not cell else "---" for cell in lines[0]]
    body = [f"| {' | '.join(line)} |" for line in (columns, rule, *lines)]
    return "\n".join([*body, "", circumstances(rows) + more])


def circumstances(rows: Sequence[Row]) -> str:
    """Where and when these rows were measured, and with what."""
    places = " and ".join(sorted({place(row) for row in rows}))
    torch, date, commit = (" and ".join(sorted({str(row[key]) for row in rows})) for key in ("torch", "date", "commit"))
    return f"{places}, torch {torch}, {date}, commit {commit}."


def place(row: Row) -> str:
    """The GPU, or the machine and its threads."""
    if "device" in row:
        return f"{row['device']}, CUDA {row['cuda']}, Triton {row['triton']}"
    return f"{row['machine']}; {row['threads']} thread{'' if row['threads'] == 1 else 's'}"


def size(row: Row) -> str:
    """Batch, tokens and types, and whether the mask has holes."""
    padded = ", padded" if row["mask"] == "padded" else ""
    return f"{row['batch']} × {row['tokens']} × {row['types']}{padded}"


def median(row: Row, name: str) -> float:
    """Milliseconds."""
    return float(row["ms"][name]["median"])


def spread(row: Row, name: str) -> str:
    """The median, and the quartiles in parentheses."""
    if name not in row["ms"]:
        return ""
    found = row["ms"][name]
    return f"{number(found['median'])} ({number(found['low'])}–{number(found['high'])})"


def times(row: Row, name: str) -> str:
    """How many times as long as ours it takes."""
    return number(median(row, name) / median(row, "ours")) if name in row["ms"] else ""


def number(value: float | None) -> str:
    """Three digits that count."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def scientific(value: float | None) -> str:
    """Two digits and a power of ten."""
    return "" if value is None else f"{value:.1e}"
