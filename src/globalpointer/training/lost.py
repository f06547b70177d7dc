"""What no cell could express, in words: counted while the training documents are encoded, and said before training."""

from collections import Counter
from collections.abc import Sequence

from globalpointer.data.batching import Encoded, Example
from globalpointer.errors import DataError
from globalpointer.grid import Cell
from globalpointer.tasks.thresholds import UNDECIDED
from globalpointer.text.spans import Annotation

Lost = Counter[tuple[str, str]]
"""How many annotations were lost, by what they are (see `named`) and the reason; and windows, for lost answers."""

FAINT = "Faint"
"""A soft label below 0.5: what a teacher holds possible, and would not answer."""

_NAMES = {
    "Entity": ("entity", "entities"),
    "Relation": ("relation", "relations"),
    "Event": ("event", "events"),
    "Answer": ("answer", "answers"),
    "Window": ("window", "windows"),
    FAINT: ("soft label below 0.5", "soft labels below 0.5"),
}

_WHY = {
    "alignment": "a border lies within a token of the tokenizer",
    "width": "wider than task.max_width",
    "window": "no window holds all of it: a larger model.window would, or model.overlap where texts are not cut",
    "sentence": "a border of sentences lies within it, and this reader looks for answers in one sentence",
    "doubtful": "an answer in it is lost, and to learn that it has none would be wrong",
    "unlinked": 'in no relation, and task.entities is "roles" ("typed" would keep it)',
}


def crossing(encoded: Encoded) -> int:
    """How many answers have a border of sentences within them; one that two windows share counts once."""
    return len(
        {
            (cell.row + window.start - example.first, cell.col + window.start - example.first)
            for example, window in zip(encoded.examples, encoded.windows, strict=True)
            for cell in _across(example)
        }
    )


def check_learnable(examples: Sequence[Example], lost: Lost, *, narrow: bool) -> None:
    """Raise DataError where nothing can be learned: no token at all, or all that was annotated is lost.

    `narrow`: what is `crossing` is lost as well. Where nothing was annotated, silence is what is learned.
    """
    if not examples and not lost:
        raise DataError("the train part has no token to learn from: every text is empty or only white space")
    if lost and not any(_learnable(each, narrow=narrow) for each in examples):
        raise DataError(f"nothing to learn from, for all that was annotated is lost: {'; '.join(told(lost))}")


def _learnable(example: Example, *, narrow: bool) -> bool:
    cells = sum(map(len, example.cells.values()))
    return cells > (len(_across(example)) if narrow else 0)


def _across(example: Example) -> list[Cell]:
    within = example.sentences
    cells = (cell for each in example.cells.values() for cell in each)
    return [] if within is None else [cell for cell in cells if within[cell.row] != within[cell.col]]


def named(annotation: Annotation, *, soft: bool = False) -> str:
    """What an annotation counts as: its class, or FAINT where its score is a soft label (`soft`) and a low one."""
    if soft and annotation.score is not None and annotation.score < UNDECIDED:
        return FAINT
    return type(annotation).__name__


def told(lost: Lost) -> list[str]:
    """A line for each class and reason, the most frequent first."""
    return [
        f"{count} training {_NAMES[kind][count != 1]} lost: {_WHY[reason]}"
        for (kind, reason), count in lost.most_common()
    ]
