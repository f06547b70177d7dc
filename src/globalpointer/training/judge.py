"""A model judged: by its scores on dev while it trains, and once it has, on every part, in a report and a card."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from globalpointer.config import Recipe
from globalpointer.evaluation import EVALUATIONS, mentions
from globalpointer.predictor import Predictor
from globalpointer.tasks.thresholds import UNDECIDED
from globalpointer.text.spans import Document
from globalpointer.training.calibrate import calibrate
from globalpointer.training.card import write_card
from globalpointer.training.checkpoints import CHECKPOINTS
from globalpointer.training.decoding import many_cells
from globalpointer.training.distill import Teacher
from globalpointer.training.documents import Corpus
from globalpointer.training.folder import REPORT, keep
from globalpointer.training.threshold import best_threshold


def judge(predictor: Predictor, recipe: Recipe, dev: Sequence[Document], batch_size: int) -> dict[str, float]:
    """The scores on dev as the finished model would have them: at a threshold that is still to be fitted, fitted.

    A number is taken for the score at slope 1; slopes are fitted once training is over.
    """
    kind, wanted = recipe.task.kind, recipe.task.threshold
    if wanted == "dev":
        report = best_threshold(predictor, kind, dev, batch_size=batch_size)[1]
    else:
        report = EVALUATIONS[kind](dev, _answer(predictor, dev, batch_size, wanted))
    return {"f1": report.f1, "precision": report.precision, "recall": report.recall}


def finish(
    recipe: Recipe,
    corpus: Corpus,
    folder: Path,
    notes: Sequence[str],
    *,
    seconds: float,
    resumed: bool,
    batch_size: int,
    teacher: Teacher | None = None,
) -> list[str]:
    """Calibrate the best model on dev, report on dev and test, write the card; the checkpoints are no longer needed.

    Returns what is to be told of it besides `notes`, which the report has, too.
    """
    predictor = Predictor.from_pretrained(folder)
    with many_cells():
        calibrate(predictor, corpus.dev, batch_size=batch_size)
    kind, wanted = recipe.task.kind, recipe.task.threshold
    if wanted == "dev":
        wanted, _ = best_threshold(predictor, kind, corpus.dev, batch_size=batch_size)
    predictor.model.config.text["threshold"] = wanted
    keep(predictor, folder)
    unit = predictor.model.config.text["unit"]
    seen = mentions(corpus.train)
    plain: dict[str, Any] = {"seconds": seconds, "resumed": resumed, "threads": torch.get_num_threads()}
    plain |= {"threshold": wanted, "undecided": {}}
    flooded: list[str] = []
    for name, part in (("dev", corpus.dev), ("test", corpus.test)):
        if part is not None:
            predictor.capped = 0
            found = _answer(predictor, part, batch_size)
            flooded += _flooded(predictor, name)
            plain[name] = EVALUATIONS[kind](part, found, unit=unit, seen=seen).to_dict()
            if wanted != UNDECIDED and not predictor.model.task.asks:
                found = _answer(predictor, part, batch_size, UNDECIDED)
                plain["undecided"][name] = EVALUATIONS[kind](part, found).counts.to_dict()
    if teacher is not None:
        plain["teacher"] = teacher.scores(corpus, batch_size=batch_size)
    plain["notes"] = [*notes, *flooded]
    write_card(predictor, plain, folder / "README.md")
    staged = folder / f".{REPORT}"
    staged.write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
    staged.replace(folder / REPORT)
    # Only now: a run that is killed between the two is finished.
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    return flooded


def _flooded(predictor: Predictor, part: str) -> list[str]:
    """Told where a finished model finds so much that its answers cannot be trusted."""
    if not predictor.capped:
        return []
    return [
        f"in {predictor.capped} windows of the {part} part {predictor.limit} cells or more are above the threshold: "
        "only the best were looked at"
    ]


def _answer(
    predictor: Predictor, part: Sequence[Document], batch_size: int, threshold: float | None = None
) -> list[Document]:
    """What the model finds in a part, by its own threshold where none is given."""
    with many_cells():
        found: list[Document] = predictor.predict(part, batch_size=batch_size, threshold=threshold)
    return found
