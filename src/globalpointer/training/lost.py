"""What no cell could express, in words: counted while the training documents are encoded, and said before training."""

from collections import Counter

Lost = Counter[tuple[str, str]]
"""How many annotations were lost, by their class ("Entity", "Relation", "Event") and the reason."""

_NAMES = {"Entity": ("entity", "entities"), "Relation": ("relation", "relations"), "Event": ("event", "events")}

_WHY = {
    "alignment": "a border lies within a token of the tokenizer",
    "width": "wider than task.max_width",
    "window": "no window holds all of it (a larger model.overlap would)",
    "unlinked": 'in no relation, and task.entities is "roles" ("typed" would keep it)',
}


def told(lost: Lost) -> list[str]:
    """A line for each class and reason, the most frequent first."""
    return [
        f"{count} training {_NAMES[kind][count != 1]} lost: {_WHY[reason]}"
        for (kind, reason), count in lost.most_common()
    ]
