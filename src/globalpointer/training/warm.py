"""A warm start: the loss of a recipe takes over once another has taught the model where answers lie."""

import math
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from globalpointer.build import EXTRACTORS
from globalpointer.config import Recipe, usual
from globalpointer.errors import ConfigError
from globalpointer.nn.losses.joint import joint_crossentropy
from globalpointer.nn.token_pair import TokenPairModel

WARMED = "span_f1"
"""The one loss that is flat where all answers are wrong, and so begins slowly from random scores."""

WARM = 2 / 3
"""The part of a training that is its warm start, where a recipe does not say. Measured on SQuAD, see docs/reading.md:
after one epoch of three some seeds know too little to go on from."""

CLOSE = 1e-6
"""The end of an epoch, as the trainer counts it in fractions, may lie so far below the whole number."""


class WarmStart(TrainerCallback):
    """The joint cross-entropy for so many epochs, then the losses that the model was built with."""

    def __init__(self, model: TokenPairModel, epochs: int) -> None:
        self.model = model
        self.epochs = epochs
        self.losses = dict(model.losses)

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Choose by the epoch alone, so that a resumed run goes on with the right one, also from within an epoch."""
        warm = int((state.epoch or 0.0) + CLOSE) < self.epochs
        self.model.losses = dict.fromkeys(self.losses, joint_crossentropy) if warm else self.losses

    def told(self, state: TrainerState) -> list[str]:
        """A note where the best epoch is one of these, so that the model knows nothing of the loss of the recipe."""
        judged = [(each["eval_f1"], each["epoch"]) for each in state.log_history if "eval_f1" in each]
        _, epoch = max(judged, default=(0.0, math.inf))  # of equal epochs the last is kept
        if epoch > self.epochs:
            return []
        later = any(each > self.epochs for _, each in judged)
        why = f"after it {WARMED!r} did no better on the development part" if later else "none was evaluated after it"
        return [f"the model is that of epoch {epoch:g}, of the warm start: {why}"]


def warm_epochs(recipe: Recipe, given: int | None, *, of: float) -> int:
    """How many epochs of a run are its warm start. `given`: what the recipe says; None: see `Settings.warm_epochs`."""
    if given is not None:
        return given
    return int(max(1.0, WARM * of)) if _begins(recipe) and of > 1 else 0


def unwarmed(recipe: Recipe, given: int | None, *, of: float) -> list[str]:
    """Told where a run should have had a warm start, has no time for one, and nobody asked to go without."""
    if given is not None or not _begins(recipe) or of > 1:
        return []
    return [
        f"{WARMED!r} begins from random scores, with which it learns slowly: "
        "of a single epoch none can be a warm start; make training.num_train_epochs larger"
    ]


def _begins(recipe: Recipe) -> bool:
    """Whether a loss that needs a warm start begins with random scores."""
    return recipe.model.loss == WARMED and recipe.model.head not in EXTRACTORS and recipe.model.start_from is None


def warm_start(recipe: Recipe, model: Any, epochs: int, *, of: float, max_steps: int = 0) -> WarmStart | None:
    """The warm start of a run of so many epochs; ConfigError for a loss that has no use for it, or no time."""
    if not epochs:
        return None
    if recipe.model.loss != WARMED or not isinstance(model, TokenPairModel):
        raise ConfigError(
            f'training.warm_epochs is for heads under model.loss = "{WARMED}", and this recipe has '
            f"{recipe.model.head!r} under {recipe.model.loss or usual(recipe.task.kind)['loss']!r}: leave it out"
        )
    if max_steps > 0:
        raise ConfigError(
            f"training.max_steps counts steps, and the warm start of model.loss = {WARMED!r} epochs: set "
            "training.num_train_epochs instead (it may be a fraction), or training.warm_epochs = 0"
        )
    if epochs >= of:
        raise ConfigError(
            f"training.warm_epochs is {epochs}, and of {of:g} epochs none is left for model.loss = {WARMED!r}: "
            "make training.num_train_epochs larger"
        )
    return WarmStart(model, epochs)
