"""Copy from the comparisons of recipes/paper what the tables of docs/paper.md need, into results/paper/.

    python -m benchmarks.paper [EXPERIMENT ...] [--runs DIR]

The comparisons are made before, by the command in the header of their recipes. Numbers alone are copied, for reports
quote the data. Copying again changes nothing, and what is finished of a comparison can be copied while it goes on.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.accuracy import scores, totals
from benchmarks.rows import ROOT, read_rows, write_rows
from globalpointer.comparison import rows
from globalpointer.comparison.paired import paired
from globalpointer.comparison.runs import FOUND, ROWS, Ground, place
from globalpointer.comparison.speed import SPEED
from globalpointer.config import Recipe, load_recipe
from globalpointer.evaluation import read_report
from globalpointer.training.documents import load_corpus
from globalpointer.training.folder import RECIPE, REPORT

Line = dict[str, Any]

RECIPES = ROOT / "recipes" / "paper"

PACKAGE = "src/globalpointer"

FIRST = {"losses": "multilabel", "heads": "efficient"}
"""What the systems of an experiment are held against; the CRF where none is named."""

ALSO = {
    "efficient_bilstm_on_top": "efficient",
    "softmax_sampled": "softmax",
    "biaffine": "additive",
    "bilstm_global_pointer": "bilstm_efficient",
    "idcnn_global_pointer": "idcnn_efficient",
    "textcnn_global_pointer": "textcnn_efficient",
    "transformer_global_pointer": "transformer_efficient",
}
"""What else a system is held against."""

CHOICES = ("rates", "transitions")
"""Experiments in which a setting was chosen by F1 on dev, so that no system is held against another."""

console = Console()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("experiments", nargs="*", help="folders of recipes/paper; all by default")
    parser.add_argument("--runs", type=Path, default=ROOT / "runs" / "paper", help="where the comparisons are")
    chosen = parser.parse_args()
    os.environ.setdefault("GLOBALPOINTER_DATA", str(ROOT.parent / "shared" / "data"))
    for experiment in chosen.experiments or experiments():
        folder = chosen.runs / experiment
        if not (folder / ROWS).is_file():
            console.print(f"{experiment}: no comparison in {folder}", style="yellow")
            continue
        found = list(copied(experiment, folder))
        write_rows(f"paper/{experiment}", merged(read_rows(f"paper/{experiment}"), found))
        console.print(f"{experiment}: {sum(line['kind'] == 'run' for line in found)} runs")


def experiments() -> list[str]:
    """Their names."""
    return sorted(folder.name for folder in RECIPES.iterdir() if folder.is_dir())


def copied(experiment: str, folder: Path) -> Iterator[Line]:
    """A line for each finished run, for each system against another one, and for the speed of all."""
    finished = [row for row in rows.read(folder / ROWS).values() if (place(folder, row) / FOUND).is_file()]
    for row in finished:
        yield run(row, folder)
    yield from differences(experiment, finished, folder)
    if (folder / SPEED).is_file():
        yield speed(folder / SPEED)


def run(row: rows.Row, folder: Path) -> Line:
    """What a run is, how long it took, and how it scored on the part that selected and on the other."""
    trained = place(folder, row)
    recipe = load_recipe(trained / RECIPE)
    report = json.loads((trained / REPORT).read_text(encoding="utf-8"))
    return {
        "kind": "run",
        "system": row.system,
        "seed": row.seed,
        "fingerprint": row.fingerprint,
        "encoder": recipe.model.encoder,
        "head": recipe.model.head,
        "epochs": recipe.training["num_train_epochs"],
        "parameters": row.parameters,
        "minutes": round(row.seconds / 60, 2),
        "resumed": row.resumed,
        "threshold": row.threshold,
        "undecided": report["undecided"],
        "dev": scores(read_report(report["dev"])),
        row.part: scores(row.report),
        "notes": totals(row.notes),
        **row.circumstances,
        "commit": commits().get(row.circumstances["code"]),
    }


@cache
def commits() -> dict[str, str]:
    """The commit that first had each state of the sources, by the digest that `comparison.machine.code` has of it."""
    known = {}
    for commit in git("rev-list", "--abbrev-commit", "HEAD", "--", PACKAGE):
        files = (line.split(maxsplit=3) for line in git("ls-tree", "-r", f"{commit}:{PACKAGE}"))
        lines = sorted(f"{path} {blob}" for _, _, blob, path in files if path.endswith(".py"))
        known[hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]] = commit
    return known


def git(*arguments: str) -> list[str]:
    """The lines that it says."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def differences(experiment: str, finished: Sequence[rows.Row], folder: Path) -> Iterator[Line]:
    """Each system against those that it is held against, over the seeds that both have."""
    systems: dict[str, list[rows.Row]] = {}
    for row in finished:
        systems.setdefault(row.system, []).append(row)
    held = [(name, other) for name in systems for other in against(experiment, name) if other in systems]
    if not held:
        return
    ground = ground_of(load_recipe(place(folder, finished[0]) / RECIPE))
    for name, other in held:
        pair = paired(folder, ground, systems[name], systems[other])
        if pair is not None:
            both = [row for side in (name, other) for row in systems[side] if row.seed in pair.seeds]
            told = {"kind": "difference", "system": name, "against": other, "seeds": list(pair.seeds)}
            yield {**told, "of": {row.name: row.fingerprint for row in both}, **pair.found.to_dict()}


def against(experiment: str, system: str) -> list[str]:
    """The systems that another one is held against, that of the tables first."""
    if experiment in CHOICES:
        return []
    if system.endswith("_no_rope"):
        return [system.removesuffix("_no_rope")]
    first = f"{system.partition('_')[0]}_crf" if experiment == "encoders" else FIRST.get(experiment, "crf")
    return [each for each in (first, ALSO.get(system, system)) if each != system]


def ground_of(recipe: Recipe) -> Ground:
    """The gold that the runs were scored on."""
    return Ground.of(load_corpus(recipe.data, kind=recipe.task.kind, base=RECIPES), recipe.task.kind)


def speed(path: Path) -> Line:
    """The seconds of every round, of all systems."""
    measured = json.loads(path.read_text(encoding="utf-8"))
    seconds = {
        system: {what: [round(each, 5) for each in times] for what, times in of.items()}
        for system, of in measured["seconds"].items()
    }
    told = {key: measured[key] for key in ("of", "reference", "texts")}
    commit = commits().get(measured["circumstances"]["code"])
    return {"kind": "speed", **told, "seconds": seconds, **measured["circumstances"], "commit": commit}


def merged(kept: Sequence[Line], found: Sequence[Line]) -> list[Line]:
    """The lines of both, the newer of two about the same."""
    lines = {identity(line): line for line in [*kept, *found]}
    order = ("run", "difference", "speed")
    return sorted(lines.values(), key=lambda line: (order.index(line["kind"]), line.get("system", "")))


def identity(line: Line) -> tuple[Any, ...]:
    """What two lines about the same have in common."""
    return tuple(line.get(key) for key in ("kind", "system", "seed", "against"))


if __name__ == "__main__":
    sys.exit(main())
