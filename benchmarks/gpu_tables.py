"""The tables of docs/kernels.md that results/gpu.jsonl holds."""

from collections.abc import Sequence

from benchmarks.kernel_tables import Row, median, newest, number, size, spread, table, times
from benchmarks.rows import read_rows


def gpu_tables() -> dict[str, str]:
    """A table for each region of the page."""
    rows = newest(read_rows("gpu"))

    def of(*parts: str) -> list[Row]:
        return [row for row in rows if row["part"] in parts]

    return {
        "kernels-gpu": losses(of("per-type", "efficient")),
        "kernels-gpu-rate": rates(of("per-type")),
        "kernels-gpu-search": searches(of("search")),
        "kernels-gpu-step": steps(of("step")),
    }


def losses(rows: Sequence[Row]) -> str:
    """From factors to gradients: time and memory."""
    columns = ["head", "batch × tokens × types", "dtype", "ours, ms", "sparse, ms", "dense, ms", "dense / ours"]
    columns += ["ours, MiB", "dense, MiB", "dense / ours, MiB"]
    lines = [
        [row["head"], size(row), row["dtype"], *(spread(row, name) for name in ("ours", "sparse", "dense"))]
        + [times(row, "dense"), number(row["mib"]["ours"]), number(row["mib"]["dense"])]
        + [number(row["mib"]["dense"] / row["mib"]["ours"])]
        for row in rows
    ]
    return table(columns, lines, rows)


def rates(rows: Sequence[Row]) -> str:
    """The partition alone beside plain batched products of the same sizes, by what each multiplies and adds."""
    columns = ["batch × tokens × types", "dtype", "partition, ms", "products of full squares, ms"]
    columns += ["partition, TFLOP/s", "products, TFLOP/s", "part of their rate"]
    lines = []
    for row in rows:
        ours, theirs = (row["tflops"][name] for name in ("partition", "products"))
        spreads = [spread(row, name) for name in ("partition", "products")]
        lines.append([size(row), row["dtype"], *spreads, number(ours), number(theirs), f"{100 * ours / theirs:.0f} %"])
    return table(columns, lines, rows)


def searches(rows: Sequence[Row]) -> str:
    """All cells above 0 of a trained-like model; of an untrained one, ours limited."""
    columns = ["head", "batch × tokens × types", "scores", "at most", "ours, ms", "dense, ms", "dense / ours"]
    columns += ["ours, MiB", "dense, MiB"]
    lines = [
        [row["head"], size(row), row["model"], f"{row['limit']:,} an example" if "limit" in row else "all"]
        + [spread(row, "ours"), spread(row, "dense"), times(row, "dense")]
        + [number(row["mib"][name]) for name in ("ours", "dense")]
        for row in rows
    ]
    return table(columns, lines, rows)


def steps(rows: Sequence[Row]) -> str:
    """The parts of a training step."""
    columns = ["head", "loss", "encoder, ms", "head and loss, ms", "loss alone, ms", "share of head and loss"]
    lines = [
        [row["head"], row["loss"], *(number(median(row, part)) for part in ("encoder", "head and loss", "loss"))]
        + [f"{100 * row['share'][part]:.1f} %" for part in ("head and loss", "loss")]
        for row in rows
    ]
    return table([*columns, "share of the loss alone"], lines, rows)
