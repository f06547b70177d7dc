"""The tables of small models beside large ones: how well and how fast, and what a student owes to its teacher."""

from collections.abc import Mapping, Sequence

from benchmarks.kernel_tables import Row, number
from benchmarks.paper_rows import NOT_YET, circumstances, markdown
from benchmarks.rows import read_rows
from benchmarks.system_tables import current

ALONE = "_alone"
"""The ending of the recipe of a student without its teacher."""


def latency_tables() -> dict[str, str]:
    """The tables by the names of their places."""
    newest = list({row["model"]: row for row in read_rows("latency")}.values())
    controls = [row for row in read_rows("accuracy") if row["recipe"].endswith(ALONE)]
    alone = {row["recipe"]: row for row in current(controls)}
    return {"latency": side_by_side(newest), "taught": taught(newest, alone)}


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


def taught(rows: Sequence[Row], alone: Mapping[str, Row]) -> str:
    """Each student beside the same model without a teacher, of the recipe that ends in ALONE."""
    pairs = [(row, alone[f"{row['model']}{ALONE}"]) for row in rows if f"{row['model']}{ALONE}" in alone]
    if not pairs:
        return NOT_YET
    columns = ["student", "test F1", "alone", "difference", "complete documents", "alone", "difference"]
    lines = [
        [row["model"]]
        + [
            cell
            for name in ("f1", "document_accuracy")
            for ours, theirs in [(100 * row["test"][name], 100 * other["test"][name])]
            for cell in (f"{ours:.2f}", f"{theirs:.2f}", f"{ours - theirs:+.2f}")
        ]
        for row, other in pairs
    ]
    return markdown(columns, lines)


def encoder(row: Row) -> str:
    """Its name without the folder it lies in, and how many of its layers were kept."""
    layers = row["encoder_options"].get("layers")
    return row["encoder"].rpartition("/")[2] + (f", {layers} layers" if layers else "")
