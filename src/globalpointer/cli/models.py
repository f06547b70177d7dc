"""The model that a command is given."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from globalpointer.cli.output import to_person

if TYPE_CHECKING:
    from globalpointer.predictor import Predictor


def load(model: str) -> "Predictor":
    """The predictor in a folder or under a hub name; a word where its training was not finished."""
    from globalpointer.predictor import Predictor
    from globalpointer.training.checkpoints import is_unfinished

    predictor = Predictor.from_pretrained(model)
    if is_unfinished(Path(model)):
        to_person(
            f"{model}: its training is not finished: this is its best epoch so far, and no threshold is fitted; "
            f"`globalpointer train --output {shlex.quote(model)} --resume` goes on"
        )
    return predictor
