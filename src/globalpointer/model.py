"""What is saved and shared: one model in the Hugging Face form, whatever extractor it holds."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from transformers import PretrainedConfig, PreTrainedModel

from globalpointer.build import build_extractor, build_task
from globalpointer.errors import ConfigError, GlobalPointerError, ModelError
from globalpointer.nn.contracts import Batch
from globalpointer.nn.encoders.huggingface import quietly
from globalpointer.nn.losses.divergence import divergence
from globalpointer.nn.token_pair import TokenPairModel
from globalpointer.tasks.base import Task

FORMAT_VERSION = 2
"""Raised when a folder written by this version can no longer be read by the one before."""


class GlobalPointerConfig(PretrainedConfig):  # type: ignore[no-untyped-call]
    """`config.json`: the architecture (see build.py), how text is cut, and what was fitted after training.

    `architecture`: task, encoder, head, loss, loss_options, thresholds, reduction, dropout. `text`: window, overlap,
    truncation, joiner, unit, threshold.
    `slopes`: by kind of annotation, the a of score = sigmoid(a * logit); format 1 had one `slope`, that of entities.
    `recipe`: the recipe that was run, as plain tables.
    """

    model_type = "globalpointer"

    def __init__(
        self,
        architecture: Mapping[str, Any] | None = None,
        text: Mapping[str, Any] | None = None,
        slopes: Mapping[str, float] | None = None,
        recipe: Mapping[str, Any] | None = None,
        format_version: int = FORMAT_VERSION,
        **others: Any,
    ) -> None:
        self.architecture = dict(architecture or {})
        self.text = dict(text or {})
        slope = others.pop("slope", None)
        self.slopes = {"entity": slope} if slope is not None else dict(slopes or {})
        self.recipe = dict(recipe or {})
        self.format_version = format_version
        super().__init__(**others)


class GlobalPointerModel(PreTrainedModel):  # type: ignore[no-untyped-call]
    """An extractor with its configuration; `forward` gives the training loss, `extractor.find` the cells.

    Loads by `from_pretrained(folder)` and saves by `save_pretrained(folder)`; the tokenizer is the Predictor's.
    """

    config_class = GlobalPointerConfig
    base_model_prefix = "extractor"
    main_input_name = "batch"
    accepts_loss_kwargs = False
    """So that the Trainer divides by the accumulation steps itself (otherwise gradients grow with their number)."""

    def __init__(self, config: GlobalPointerConfig) -> None:
        super().__init__(config)
        if config.format_version > FORMAT_VERSION:
            raise ModelError(
                f"the model has format {config.format_version}, this version reads up to {FORMAT_VERSION}: "
                "install a newer globalpointer"
            )
        self.extractor: Any = build_extractor(config.architecture)
        self.post_init()  # type: ignore[no-untyped-call]

    @property
    def task(self) -> Task:
        """The task the model was made for, with the fitted slopes."""
        return build_task(self.config.architecture["task"], slopes=self.config.slopes)

    def forward(self, batch: Batch, rdrop: float = 0.0) -> dict[str, Float[Tensor, ""]]:
        """The loss of a batch that has gold cells.

        `rdrop`: weight of the divergence between the scores of two passes with different dropout; 0: one pass.
        Source: R-Drop (Liang et al., 2021) with the divergence of kexue.fm 9039.
        """
        if not rdrop:
            return {"loss": self.extractor.loss(batch)}
        if not isinstance(self.extractor, TokenPairModel):
            raise ConfigError(
                f"training.rdrop compares scores, and {self.config.architecture['head']['name']!r} has none"
            )
        first, second = self.extractor.scores(batch), self.extractor.scores(batch)
        loss = (self.extractor.loss_of(first, batch) + self.extractor.loss_of(second, batch)) / 2
        apart = torch.stack([divergence(first[grid], second[grid]).mean() for grid in first]).sum()
        return {"loss": loss + rdrop * apart}

    def _init_weights(self, module: Any) -> None:
        """Nothing: every module of ours initialises itself when made."""


def is_model_folder(folder: str | Path) -> bool:
    """Whether there is a model of ours in this folder, and not, say, a bare encoder."""
    try:
        config = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and config.get("model_type") == GlobalPointerConfig.model_type


def _missing(folder: Path) -> str:
    """What to say of a folder without a model."""
    if (folder / "report.json").is_file():
        needed = ("config.json", "model.safetensors")
        gone = " and ".join(name for name in needed if not (folder / name).is_file())
        return f"its training is finished, but {gone} is not there: bring that back, or train anew"
    if (folder / "recipe.toml").is_file():
        return "its training was stopped before there was a model: globalpointer train --resume goes on with it"
    return "not a model folder: expected config.json and model.safetensors in it"


def _models_beside(folder: Path) -> list[str]:
    """The models in the folder where one was looked for: who has them there means no name on the hub."""
    parent = folder.parent
    return sorted(each.name for each in parent.iterdir() if is_model_folder(each)) if parent.is_dir() else []


def load_model(folder: str | Path) -> GlobalPointerModel:
    """The model in a folder or under a hub name; ModelError where there is none or some weights are missing."""
    if Path(folder).exists() and not (Path(folder) / "config.json").is_file():
        raise ModelError(f"{folder}: {_missing(Path(folder))}")
    if not Path(folder).exists() and (others := _models_beside(Path(folder))):
        raise ModelError(f"{folder}: there is no such folder; beside it are the models {', '.join(others)}")
    loaded: tuple[GlobalPointerModel, dict[str, Any]]
    try:
        with quietly():
            loaded = GlobalPointerModel.from_pretrained(folder, output_loading_info=True)  # type: ignore[assignment]
    except GlobalPointerError:
        raise
    except Exception as error:  # a damaged config or weights file: each mistake has another class
        said = f"{type(error).__name__}: {error}"
        what = (
            "no model could be loaded from its config.json and weights"
            if Path(folder).exists()
            else "there is no such folder, and no model of that name could be loaded from the hub"
        )
        raise ModelError(f"{folder}: {what}: {said}") from None
    model, info = loaded
    if info["missing_keys"] or info["unexpected_keys"] or info["mismatched_keys"]:
        wrong = {kind: sorted(keys) for kind, keys in info.items() if keys}
        raise ModelError(f"{folder}: the weights do not fit the configuration: {wrong}")
    if unknown := [key for key in ("window", "overlap", "truncation", "unit") if key not in model.config.text]:
        raise ModelError(
            f"{folder}: config.json does not say under `text` how text is cut: {', '.join(unknown)} missing"
        )
    model.train(mode=False)
    return model
