"""What holds where a recipe says nothing of a key that another recipe of the comparison gives."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

from transformers import TrainingArguments

from globalpointer.build import ENCODERS, EXTRACTORS, HEADS, LOSSES, ON_TOP, SCRATCH_ENCODERS
from globalpointer.comparison.heads import OF_PAIRS
from globalpointer.config import Recipe, usual
from globalpointer.nn.encoders.embedding import TokenEmbedding
from globalpointer.training.arguments import DEFAULTS, Settings, preset

UNUSED = "-"
"""Of a key that the system does not look at, or that its encoder's checkpoint answers."""

_OF_HEADS = ("dim", "rotary")
"""Keys of `[model]` that are options of the head."""

_OF_TASKS = {
    ("ner", "overlap_policy"): "by the data",
    ("relation", "overlap_policy"): "allow",
    ("event", "overlap_policy"): "allow",
}


def shown(recipe: Recipe, key: str, value: Any) -> str:
    """The value of a dotted key as a report shows it; where it is None, what holds then."""
    section, _, name = key.partition(".")
    found = value
    if section == "training" and value is None:
        found = _of_training(recipe, name)
    elif section == "task" and value is None:
        found = _OF_TASKS.get((recipe.task.kind, name))
    elif section == "model":
        found = _of_model(recipe, name, value)
    return "none" if found is None else str(found)


def _of_training(recipe: Recipe, name: str) -> Any:
    libraries = {each.name: each.default for each in dataclasses.fields(TrainingArguments)}
    ours = {key: field.get_default() for key, field in Settings.model_fields.items()}
    suited = preset(recipe.model.encoder, pretrained=recipe.model.pretrained)
    return {**libraries, **ours, **DEFAULTS, **suited}.get(name)


def _of_model(recipe: Recipe, name: str, value: Any) -> Any:
    table, _, option = name.partition(".")
    if table in OF_PAIRS and recipe.model.head in EXTRACTORS:
        return UNUSED
    if option or name in _OF_HEADS:
        return _of_option(recipe, table, option or name, value)
    return usual(recipe.task.kind).get(name) if value is None else value


def _of_option(recipe: Recipe, table: str, option: str, value: Any) -> Any:
    maker = _maker(recipe, table, option)
    known = {} if maker is None else inspect.signature(maker).parameters
    parameter = known.get(option.rpartition(".")[2])
    if value is not None and (maker is None or parameter is not None):
        return value
    return UNUSED if parameter is None or parameter.default is parameter.empty else parameter.default


def _maker(recipe: Recipe, table: str, option: str) -> Callable[..., Any] | None:
    """What takes an option; None where that is an encoder of another library."""
    model = recipe.model
    if table == "encoder_options":
        inner = option.startswith("embedding.") and model.encoder in SCRATCH_ENCODERS
        return TokenEmbedding if inner else ENCODERS.get(model.encoder)
    if table == "on_top_options":
        return ON_TOP.get(model.on_top or "")
    if table == "loss_options":
        return LOSSES.get(str(model.loss or usual(recipe.task.kind)["loss"]))
    return {**HEADS, **EXTRACTORS}[model.head]
