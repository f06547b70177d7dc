"""How long a single text takes in several models, which take turns in this process; write a row for each.

    python -m benchmarks.latency FOLDER [FOLDER ...] [--texts N] [--rounds N] [--threads N]

The texts are a seeded sample of the test part that the models' recipes name, which must be the same. Each is given to
every model alone, from text to entities, one model after the other, another one first each time. As in
benchmarks.kernels, glibc is told to keep its memory, and nothing else should run meanwhile. A row also has what the
model's report says of its test.
"""

import argparse
import itertools
import json
import os
import random
import statistics
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.measure import keep_memory, milliseconds
from benchmarks.rows import ROOT, add_row
from globalpointer import Predictor
from globalpointer.config import Recipe
from globalpointer.data.readers import Notes, read
from globalpointer.errors import ConfigError
from globalpointer.training.documents import resolve_path

Times = dict[str, list[float]]

SEED = 42


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, help="model folders; a row is named after its folder")
    parser.add_argument("--texts", type=int, default=300, help="how many of the test part")
    parser.add_argument("--rounds", type=int, default=3, help="how often each text is given to each model")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    keep_memory(chosen.threads)
    torch.set_num_threads(chosen.threads)
    os.environ.setdefault("GLOBALPOINTER_DATA", str(ROOT.parent / "shared" / "data"))
    names = {folder.absolute().name: folder for folder in chosen.folders}
    if len(names) < len(chosen.folders):
        parser.error("two folders have the same name, and rows are named after them")
    models = {name: Predictor.from_pretrained(folder, device="cpu") for name, folder in names.items()}
    texts = sample(shared_test({name: model.recipe for name, model in models.items()}), chosen.texts)
    times = in_turns(models, texts, rounds=chosen.rounds)
    rows = [describe(names[name], model, times[name], texts) for name, model in models.items()]
    for row in rows:
        add_row("latency", {**row, "rounds": chosen.rounds, "threads": chosen.threads})
    show(rows)


def shared_test(recipes: Mapping[str, Recipe]) -> Recipe:
    """One of the recipes, where all name the same test part; else ConfigError."""
    parts = {name: (recipe.data.format, tuple(recipe.data.test or ())) for name, recipe in recipes.items()}
    if len(set(parts.values())) > 1 or not all(files for _, files in parts.values()):
        raise ConfigError(f"the models must have been scored on one and the same test part, found {parts}")
    return next(iter(recipes.values()))


def sample(recipe: Recipe, size: int) -> list[str]:
    """Texts of the test part, always the same ones."""
    texts = [
        document.text
        for path in recipe.data.test or ()
        for document in read(resolve_path(path), recipe.data.format, notes=Notes(), **recipe.data.reading())
    ]
    return random.Random(SEED).sample(texts, min(size, len(texts)))


def in_turns(models: Mapping[str, Predictor], texts: Sequence[str], *, rounds: int) -> Times:
    """Milliseconds of each text in each model; a first round over some texts warms up and does not count."""
    times: Times = {name: [] for name in models}
    for model in models.values():
        for text in texts[:20]:
            model.predict(text)
    orders = itertools.cycle(list(models)[start:] + list(models)[:start] for start in range(len(models)))
    for text, order in zip(list(texts) * rounds, orders, strict=False):
        for name in order:
            times[name].append(milliseconds(partial(models[name].predict, text)))
    return times


def describe(folder: Path, model: Predictor, times: Sequence[float], texts: Sequence[str]) -> dict[str, Any]:
    """The row of a model: what it is, how fast it answers, and how well."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    recipe = model.recipe
    return {
        "model": folder.absolute().name,
        "dataset": recipe.data.test,
        "encoder": recipe.model.encoder,
        "encoder_options": recipe.model.encoder_options,
        "head": recipe.model.head,
        "distilled": recipe.distillation is not None,
        "parameters": sum(weight.numel() for weight in model.model.parameters()),
        "texts": len(texts),
        "characters": round(statistics.mean(map(len, texts)), 1),
        "median_ms": round(statistics.median(times), 3),
        "p95_ms": round(statistics.quantiles(times, n=20, method="inclusive")[-1], 3),
        "test": {name: report["test"][name] for name in ("f1", "document_accuracy")},
    }


def show(rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows as a table."""
    table = Table("model", "parameters", "median ms", "p95 ms", "test F1", "complete documents")
    for row in rows:
        scores = (f"{100 * row['test'][name]:.2f}" for name in ("f1", "document_accuracy"))
        table.add_row(
            row["model"], f"{row['parameters']:,}", f"{row['median_ms']:.2f}", f"{row['p95_ms']:.2f}", *scores
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
