"""What the demo leaves to look at: pages of sentences and of errors, score grids, training curves."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from globalpointer.cli.output import show, write_text

if TYPE_CHECKING:
    from globalpointer.evaluation import AnyReport
    from globalpointer.predictor import Predictor
    from globalpointer.text.spans import Document

GRIDS = {"ner": "entity", "relation": "relation.head", "event": "event.head", "mrc": "answer"}
"""The grid that tells most about a task."""


class Picture(NamedTuple):
    """A file, and what it shows."""

    path: Path
    what: str


def hang(
    kind: str, folder: Path, predictor: "Predictor", found: "Sequence[Document]", report: "AnyReport", test: str
) -> list[Picture]:
    """Draw the pages and, where matplotlib is installed, the pictures. `found`: the new sentences, as answered."""
    from globalpointer.data.readers import read
    from globalpointer.errors import DependencyError
    from globalpointer.evaluation.page import page
    from globalpointer.view.documents import html

    gold = list(read(test, "jsonl"))
    answers = predictor.predict(gold)
    write_text(folder / "documents.html", html(found, title="New questions" if kind == "mrc" else "New sentences"))
    write_text(folder / "report.html", page(report, gold, answers))
    pictures = [
        Picture(folder / "documents.html", f"what the {kind} model found in texts that are not in the corpus"),
        Picture(folder / "report.html", "its scores, and every wrong example"),
    ]
    try:
        pictures += _drawn(kind, folder, predictor, max(found, key=_interest))
    except DependencyError as error:
        show(f"No pictures: {error}")
    return pictures


def _drawn(kind: str, folder: Path, predictor: "Predictor", document: "Document") -> list[Picture]:
    """The score grids of one text, and the course of the training."""
    from globalpointer.training.folder import read_history
    from globalpointer.view.curves import draw_curves
    from globalpointer.view.grids import draw_grid
    from globalpointer.view.probabilities import draw_probabilities

    (grid,) = (each for each in predictor.model.task.grids if each.name == GRIDS[kind])
    tokens, squares = predictor.logits(document)
    square = squares[grid.name].numpy()
    if kind == "mrc":
        draw_probabilities(square[0], tokens, folder / "grids.png", title=document.question or "")
    else:
        draw_grid(square, tokens, grid.labels, folder / "grids.png", title=document.text)
    draw_curves(read_history(folder / "model"), folder / "curves.png")
    return [
        Picture(folder / "grids.png", f"the {grid.name} grids of one text"),
        Picture(folder / "curves.png", "loss and dev F1 against steps"),
    ]


def _interest(document: "Document") -> tuple[int, int]:
    """How much there is to see in the grids of a document: links or answers, then nested entities."""
    spans = {entity.span for entity in document.entities or ()}
    nested = sum(one != other and one.contains(other) for one in spans for other in spans)
    return len(document.relations or document.events or document.answers or ()), nested
