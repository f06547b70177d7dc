"""Where recipes differ, by dotted keys."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from globalpointer.config import Recipe


def flat(recipe: Recipe) -> dict[str, Any]:
    """Every value of a recipe by its dotted key, as `training.learning_rate`."""
    return dict(_leaves(recipe.model_dump(), ""))


def differing(recipes: Sequence[Recipe]) -> dict[str, tuple[Any, ...]]:
    """The keys that are not the same in all recipes, with the value of each; None where it has none."""
    flattened = [flat(recipe) for recipe in recipes]
    keys = dict.fromkeys(key for each in flattened for key in each)
    values = {key: tuple(each.get(key) for each in flattened) for key in keys}
    return {key: each for key, each in values.items() if any(value != each[0] for value in each)}


def told(before: Recipe, now: Recipe) -> str:
    """What was changed from one state of a recipe to another, in words; empty where nothing was."""
    changed = differing([before, now])
    return ", ".join(f"{key} was {old!r}, is {new!r}" for key, (old, new) in changed.items())


def _leaves(table: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value
