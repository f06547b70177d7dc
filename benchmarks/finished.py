"""The trained models that `benchmarks.accuracy` left, for what scores them again."""

import argparse
import os
from pathlib import Path

from benchmarks.rows import ROOT, read_rows
from globalpointer.config import Recipe


def folder_of_runs(about: str) -> Path:
    """`--runs DIR`; `about`: the docstring of the benchmark. Data is looked for where the project has it."""
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--runs", type=Path, default=ROOT / "runs", help="where the model folders are")
    os.environ.setdefault("GLOBALPOINTER_DATA", str(ROOT.parent / "shared" / "data"))
    runs: Path = parser.parse_args().runs
    return runs


def is_scored(table: str, name: str, recipe: Recipe) -> bool:
    """Whether the model of this recipe has a row in the table."""
    return any(row["recipe"] == name and row["fingerprint"] == recipe.fingerprint for row in read_rows(table))
