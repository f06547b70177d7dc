"""What no cell could express, in words: counted while the training documents are encoded, and said before training."""

from collections import Counter

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
    "window": "no window holds all of it (a larger model.overlap would)",
    "doubtful": "an answer in it is lost, and to learn that it has none would be wrong",
    "unlinked": 'in no relation, and task.entities is "roles" ("typed" would keep it)',
}


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
