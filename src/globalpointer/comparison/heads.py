"""A recipe with another head: what the new one does not take is dropped, and named."""

from collections.abc import Iterator
from typing import Any

from globalpointer.build import EXTRACTORS, takes
from globalpointer.config import ModelConfig, Recipe

OF_PAIRS = ("loss", "loss_options", "reduction", "thresholds")
"""Keys of `[model]` that only systems which score pairs of tokens have; a whole extractor brings its own."""


def with_head(recipe: Recipe, head: str) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe with this head or extractor, and the keys of it that were dropped, as `model.dim`."""
    if head == recipe.model.head:
        return recipe, ()
    dropped = set(_dropped(recipe, head))
    options = {key: value for key, value in recipe.model.head_options.items() if takes(head, key)}
    fields = ModelConfig.model_fields
    defaults = {key: fields[key].get_default(call_default_factory=True) for key in fields if f"model.{key}" in dropped}
    training = {key: value for key, value in recipe.training.items() if f"training.{key}" not in dropped}
    model = recipe.model.model_copy(update={**defaults, "head": head, "head_options": options})
    return recipe.model_copy(update={"model": model, "training": training}), tuple(sorted(dropped))


def _dropped(recipe: Recipe, head: str) -> Iterator[str]:
    for key in recipe.model.head_options:
        if not takes(head, key):
            yield f"model.head_options.{key}"
    ours = OF_PAIRS if head in EXTRACTORS else ()
    for key in (*(key for key in ("dim", "rotary") if not takes(head, key)), *ours):
        if not _is_default(recipe.model, key):
            yield f"model.{key}"
    if head in EXTRACTORS and recipe.training.get("rdrop"):
        yield "training.rdrop"


def _is_default(model: ModelConfig, key: str) -> bool:
    default: Any = ModelConfig.model_fields[key].get_default(call_default_factory=True)
    return bool(getattr(model, key) == default)
