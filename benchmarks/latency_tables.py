"""The table of single texts that results/latency.jsonl holds: models of different size on the same test part."""

from collections.abc import Sequence

from benchmarks.kernel_tables import Row, number
from benchmarks.paper_rows import NOT_YET, circumstances, markdown
from benchmarks.rows import read_rows


def latency_tables() -> dict[str, str]:
    """The table by the name of its place."""
    newest = {row["model"]: row for row in read_rows("latency")}
    return {"latency": side_by_side(list(newest.values()))}


def side_by_side(rows: Sequence[Row]) -> str:
    """How well and how fast each model answers, the largest first."""
    if not rows:
        return NOT_YET
    columns = [
        "model",
        "encoder",
        "head",
        "test F1",
        "complete documents",
        "million parameters",
        "a text, ms",
        "95 % below",
    ]
    lines = [
        [row["model"] + (", distilled" if row["distilled"] else ""), encoder(row), row["head"]]
        + [f"{100 * row['test'][name]:.2f}" for name in ("f1", "document_accuracy")]
        + [f"{row['parameters'] / 1e6:.2f}", number(row["median_ms"]), number(row["p95_ms"])]
        for row in sorted(rows, key=lambda row: -row["parameters"])
    ]
    told = f" {rows[0]['texts']} texts of {rows[0]['characters']:.0f} characters on average."
    return f"{markdown(columns, lines, words=3)}\n\n{circumstances(rows)}{told}"


def encoder(row: Row) -> str:
    """Its name without the folder it lies in, and how many of its layers were kept."""
    layers = row["encoder_options"].get("layers")
    return row["encoder"].rpartition("/")[2] + (f", {layers} layers" if layers else "")
