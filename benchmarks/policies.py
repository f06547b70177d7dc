"""What the overlap policy is worth: the trained models of the recipes, scored again with each policy.

    python -m benchmarks.policies [--runs DIR]

Needs the model folders that `benchmarks.accuracy` leaves; a model that was scored before is left alone.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy import absent
from benchmarks.finished import folder_of_runs, is_scored
from benchmarks.rows import ROOT, add_row
from globalpointer.config import load_recipe
from globalpointer.evaluation.report import evaluate
from globalpointer.predictor import Predictor
from globalpointer.training.documents import load_corpus

POLICIES = ("nested", "flat")


def main() -> None:
    for name, folder in finished(folder_of_runs(__doc__)):
        score(name, folder)


def finished(runs: Path) -> Iterator[tuple[str, Path]]:
    """The recipes whose run is finished, and its folder."""
    for path in sorted((ROOT / "recipes").glob("*.toml")):
        recipe = load_recipe(path)
        folder = runs / f"{path.stem}-{recipe.fingerprint}"
        if recipe.task.kind == "ner" and (folder / "report.json").is_file() and not absent(recipe):
            yield path.stem, folder


def score(name: str, folder: Path) -> None:
    """A row with the F1 of each policy on the scored part."""
    recipe = load_recipe(folder / "recipe.toml")
    if is_scored("policies", name, recipe):
        return
    documents = load_corpus(recipe.data, base=ROOT / "recipes").test or []
    predictor = Predictor.from_pretrained(folder)
    texts = [document.text for document in documents]
    found = {policy: predictor.predict(texts, batch_size=64, overlap_policy=policy) for policy in POLICIES}
    f1 = {policy: evaluate(documents, answers).f1 for policy, answers in found.items()}
    add_row("policies", {"recipe": name, "fingerprint": recipe.fingerprint, **f1})


if __name__ == "__main__":
    sys.exit(main())
