"""Train every recipe whose result is not yet a row, one after another; a killed run goes on where it stopped.

    python -m benchmarks.accuracy [NAME ...] [--seeds N ...] [--runs DIR]

The datasets are looked for in GLOBALPOINTER_DATA, or in ../shared/data; recipes whose files are absent are skipped and
named. A recipe that has changed since its row was written is run again. Entities go to results/accuracy.jsonl,
relations and events to results/systems.jsonl, answers to results/reading.jsonl.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.rows import ROOT, add_row, read_rows
from globalpointer.config import Recipe, load_recipe
from globalpointer.evaluation import AnyReport
from globalpointer.training.arguments import DEFAULTS, has_bfloat16
from globalpointer.training.documents import resolve_path
from globalpointer.training.fit import fit
from globalpointer.training.folder import FitResult
from globalpointer.training.warm import warm_epochs

console = Console()

RESULTS = {"ner": "accuracy", "relation": "systems", "event": "systems", "mrc": "reading"}
"""Where the rows of each kind of task are kept."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="recipes without .toml; all by default")
    parser.add_argument("--seeds", type=int, nargs="+", help="each recipe with each of these; its own by default")
    parser.add_argument("--runs", type=Path, default=ROOT / "runs", help="where model folders are written")
    chosen = parser.parse_args()
    os.environ.setdefault("GLOBALPOINTER_DATA", str(ROOT.parent / "shared" / "data"))
    paths = sorted((ROOT / "recipes").glob("*.toml"))
    if chosen.names:
        paths = [ROOT / "recipes" / f"{name}.toml" for name in chosen.names]
    for seed in chosen.seeds or [None]:
        for path in paths:
            run(path, chosen.runs, seed)


def run(path: Path, runs: Path, seed: int | None = None) -> None:
    """Train one recipe, perhaps with another seed, and write its row, unless that row is there."""
    recipe = load_recipe(path, [] if seed is None else [f"training.seed={seed}"])
    digest = recipe.fingerprint
    results = RESULTS[recipe.task.kind]
    if any(row["recipe"] == path.stem and row["fingerprint"] == digest for row in read_rows(results)):
        console.print(f"{path.stem}: done before")
        return
    missing = absent(recipe)
    if missing:
        console.print(f"{path.stem}: skipped, not here: {', '.join(missing)}", style="yellow")
        return
    console.rule(path.stem if seed is None else f"{path.stem}, seed {seed}")
    folder = runs / f"{path.stem}-{digest}"
    result = fit(recipe, folder, resume=folder.exists(), base=path.parent, console=console)
    add_row(results, describe(path.stem, recipe, digest, result))


def absent(recipe: Recipe) -> list[str]:
    """The files of a recipe that are not on this machine."""
    data = recipe.data
    named = [*data.train, *(data.dev or []), *(data.test or []), *(data.without or [])]
    return [name for name in named if not Path(resolve_path(name).partition("::")[0]).exists()]


def describe(name: str, recipe: Recipe, digest: str, result: FitResult) -> dict[str, Any]:
    """The row of a finished run."""
    row: dict[str, Any] = {
        "recipe": name,
        "fingerprint": digest,
        "encoder": recipe.model.encoder,
        "head": recipe.model.head,
        "rotary": recipe.model.rotary,
        "seed": recipe.training.get("seed", 42),
        "epochs": recipe.training.get("num_train_epochs", DEFAULTS["num_train_epochs"]),
        "bf16": recipe.training.get("bf16", has_bfloat16()),
        "parameters": parameters(result.folder),
        "minutes": round(result.seconds / 60, 2),
        "dev": scores(result.dev),
        "threshold": result.threshold,
        "undecided": dict(result.undecided),
        "notes": totals(result.notes),
    }
    if recipe.task.kind == "mrc":
        row |= {"loss": recipe.model.loss, "loss_options": recipe.model.loss_options}
        row["warm_epochs"] = warm_epochs(recipe, recipe.training.get("warm_epochs"), of=row["epochs"])
    return row if result.test is None else row | {"test": scores(result.test)}


def totals(notes: Sequence[str]) -> list[str]:
    """The counts of the notes without their examples, which quote the data, and those texts are not ours to keep."""
    return [note.removesuffix(", such as:") for note in notes if not note.startswith(" ")]


def scores(report: AnyReport) -> dict[str, Any]:
    """The numbers of a report that the tables show."""
    kept = (
        *("f1", "precision", "recall", "macro_f1", "document_accuracy", "unit", "slices", "calibration_error"),
        *("match", "matches", "overlap", "exact", "official"),
    )
    plain = report.to_dict()
    found = {key: plain[key] for key in kept if key in plain}
    entities = plain.get("entities")
    return found if entities is None else found | {"entity_f1": entities["f1"]}


def parameters(folder: Path) -> int:
    """The trainable numbers of a saved model."""
    from globalpointer.model import load_model

    return sum(weight.numel() for weight in load_model(folder).parameters())


if __name__ == "__main__":
    sys.exit(main())
