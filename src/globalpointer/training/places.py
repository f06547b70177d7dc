"""Models and tokenizers in folders: one that is only misspelt is told at once, and not looked for on the hub."""

import difflib
import re
from pathlib import Path

from globalpointer.build import SCRATCH_ENCODERS
from globalpointer.config import ModelConfig
from globalpointer.errors import ConfigError

_ON_HUB = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")
"""`name` or `owner/name`; anything else is a path."""


def check_places(model: ModelConfig) -> None:
    """Raise ConfigError where the encoder, the tokenizer or the model to start from is a folder that is not there.

    What may be a name on the hub is taken for one, unless a model stands in a folder of nearly that name.
    """
    for key in ("encoder", "tokenizer", "start_from"):
        name = getattr(model, key)
        if name is None or name in SCRATCH_ENCODERS or Path(name).exists():
            continue
        near = nearest_model(name)
        if near is not None or not _ON_HUB.fullmatch(name):
            hint = f" (nearest: {near})" if near else ""
            raise ConfigError(
                f"model.{key}: there is no folder {name!r}{hint}; a model on the Hugging Face hub is named owner/name"
            )


def nearest_model(name: str) -> Path | None:
    """The folder of a model whose path has but one part that is spelt otherwise."""
    path = Path(name)
    there = next((parent for parent in path.parents if parent.is_dir()), None)
    if there is None or path == there:
        return None
    wrong, *rest = path.relative_to(there).parts
    siblings = sorted(each.name for each in there.iterdir())
    near = (there.joinpath(each, *rest) for each in difflib.get_close_matches(wrong, siblings, cutoff=0.8))
    return next((each for each in near if (each / "config.json").is_file()), None)
