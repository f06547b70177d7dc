"""A warm start: the loss of a recipe takes over once another has taught the model where answers lie."""

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from globalpointer.config import Recipe, usual
from globalpointer.errors import ConfigError
from globalpointer.nn.losses.joint import joint_crossentropy
from globalpointer.nn.token_pair import TokenPairModel

WARMED = "span_f1"
"""The one loss that is flat where all answers are wrong, and so begins slowly from random scores."""


class WarmStart(TrainerCallback):
    """The joint cross-entropy for so many epochs, then the losses that the model was built with."""

    def __init__(self, model: TokenPairModel, epochs: int) -> None:
        self.model = model
        self.epochs = epochs
        self.losses = dict(model.losses)

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Choose by the epoch alone, so that a resumed run goes on with the right one."""
        warm = round(state.epoch or 0.0) < self.epochs
        self.model.losses = dict.fromkeys(self.losses, joint_crossentropy) if warm else self.losses


def warm_start(recipe: Recipe, model: Any, epochs: int) -> WarmStart | None:
    """The warm start of a run, if there is one; ConfigError for a loss that has no use for it."""
    if not epochs:
        return None
    if recipe.model.loss != WARMED or not isinstance(model, TokenPairModel):
        raise ConfigError(
            f'training.warm_epochs is for heads under model.loss = "{WARMED}", and this recipe has '
            f"{recipe.model.head!r} under {recipe.model.loss or usual(recipe.task.kind)['loss']!r}: leave it out"
        )
    return WarmStart(model, epochs)
