"""How the score of a relation is best made of its four terms: the trained models of the recipes, both ways.

    python -m benchmarks.joint [--runs DIR]

On the development part. The candidates are the relations whose four logits are all above -3: the same for both ways,
which only order them differently. Needs the model folders that `benchmarks.accuracy` leaves; a model that was scored
before is left alone.
"""

import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.accuracy import absent
from benchmarks.finished import folder_of_runs, is_scored
from benchmarks.rows import ROOT, add_row
from globalpointer.build import HEADS
from globalpointer.config import load_recipe
from globalpointer.errors import LimitWarning
from globalpointer.predictor import Found, Predictor
from globalpointer.tasks.relation import RelationTask
from globalpointer.text.spans import Document, Triple
from globalpointer.training.documents import load_corpus

DOUBTFUL = -3.0

WAYS = ("minimum", "sum")


def main() -> None:
    for name, folder in finished(folder_of_runs(__doc__)):
        score(name, folder)


def finished(runs: Path) -> Iterator[tuple[str, Path]]:
    """The recipes of relations whose runs are finished, and the folder of each run."""
    for path in sorted((ROOT / "recipes").glob("*.toml")):
        recipe = load_recipe(path)
        if recipe.task.kind == "relation" and recipe.model.head in HEADS and not absent(recipe):
            yield from ((path.stem, each.parent) for each in sorted(runs.glob(f"{path.stem}-*/report.json")))


def score(name: str, folder: Path) -> None:
    """A row with the average precision and the best F1 of each way on the development part."""
    recipe = load_recipe(folder / "recipe.toml")
    if is_scored("joint", name, recipe):
        return
    documents = load_corpus(recipe.data, kind="relation", base=ROOT / "recipes").dev
    predictor = Predictor.from_pretrained(folder)
    task = predictor.model.task
    assert isinstance(task, RelationTask)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimitWarning)
        found = predictor.find([document.text for document in documents], batch_size=64, threshold=DOUBTFUL)
    row = {way: ranking(replace(task, joint=way, slopes={}), documents, found) for way in WAYS}  # type: ignore[arg-type]
    add_row(
        "joint", {"recipe": name, "fingerprint": recipe.fingerprint, "seed": recipe.training.get("seed", 42), **row}
    )


def ranking(task: RelationTask, documents: Sequence[Document], found: Sequence[Found]) -> dict[str, float]:
    """Average precision over the candidates, best first, and the highest F1 of any cut; gold never found counts."""
    scores: list[float] = []
    right: list[bool] = []
    for document, each in zip(documents, found, strict=True):
        gold = set(document.triples or ()) or set(document.relations or ())
        for key, logit in candidates(task, document, each).items():
            scores.append(logit)
            right.append(key in gold)
    total = sum(len(document.triples or document.relations or ()) for document in documents)
    hits = np.array(right, dtype=bool)[np.argsort(-np.array(scores), kind="stable")]
    rank, reached = np.arange(1, len(hits) + 1), np.cumsum(hits)
    average = float((reached / rank)[hits].sum() / total)
    return {"average_precision": average, "best_f1": float((2 * reached / (rank + total)).max(initial=0.0))}


def candidates(task: RelationTask, document: Document, found: Found) -> dict[object, float]:
    """Each distinct answer with its highest score."""
    best: dict[object, float] = {}
    for relation in task.decode(found.cells, document.text, found.encoded.tokens).relations or ():
        key: object = relation
        if document.triples is not None:
            key = Triple(relation.subject.text, relation.label, relation.object.text)
        best[key] = max(relation.score or 0.0, best.get(key, 0.0))
    return best


if __name__ == "__main__":
    sys.exit(main())
