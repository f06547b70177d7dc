"""The tables of docs/paper.md that results/tagging.jsonl holds: what a tagger costs, and what the heads cost."""

from collections.abc import Sequence

from benchmarks.kernel_tables import Row, median, newest, spread
from benchmarks.paper_rows import NOT_YET, circumstances, markdown
from benchmarks.rows import read_rows

OURS = ("efficient", "standard")

ENCODERS = {"none": "vectors are given", "bilstm": "BiLSTM", "minilm": "MiniLM's shape"}


def tagging_tables() -> dict[str, str]:
    """A table for each region of the page."""
    rows = newest(read_rows("tagging"))
    parts = {part: [row for row in rows if row["part"] == part] for part in ("training", "prediction")}
    return {f"paper-speed-{part}": beside_crf(each) for part, each in parts.items()}


def beside_crf(rows: Sequence[Row]) -> str:
    """Milliseconds of a batch, and how many times as fast as the CRF each head is."""
    if not rows:
        return NOT_YET
    columns = ["encoder", "batch × tokens", "CRF, ms", "softmax, ms", *(f"{name}, ms" for name in OURS)]
    lines = [
        [ENCODERS[row["encoder"]], f"{row['batch']} × {row['tokens']}"]
        + [spread(row, name) for name in ("CRF", "softmax", *OURS)]
        + [f"{median(row, 'CRF') / median(row, name):.2f}" for name in OURS]
        for row in sorted(rows, key=lambda row: (list(ENCODERS).index(row["encoder"]), row["tokens"]))
    ]
    told = f" {rows[0]['types']} types; medians and quartiles."
    return (
        markdown([*columns, *(f"{name} × CRF" for name in OURS)], lines, words=2) + f"\n\n{circumstances(rows)}{told}"
    )
