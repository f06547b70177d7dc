"""The keys of `[training]`: those of transformers.TrainingArguments, passed on, and ours beside them."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import torch
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from transformers import TrainingArguments

from globalpointer.config import nearest
from globalpointer.errors import ConfigError


class Settings(BaseModel):
    """What `[training]` knows beyond transformers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    tokens_per_batch: int = Field(default=4096, ge=1)
    """The most tokens of one batch on one device, padding counted; per_device_train_batch_size bounds it as well."""
    head_learning_rate: float | None = Field(default=None, gt=0)
    """The learning rate of everything but the encoder; None: the encoder's."""
    patience: int | None = Field(default=None, ge=1)
    """Stop after so many evaluations without a better development F1."""
    ema: float = Field(default=0.0, ge=0, lt=1)
    """Decay of the exponential moving average of the weights, which is then what is evaluated and kept; 0: none."""
    fgm: float = Field(default=0.0, ge=0)
    """Length of the adversarial step on the embeddings (fast gradient method, Miyato et al., 2017); 0: none."""
    rdrop: float = Field(default=0.0, ge=0)
    """Weight of the divergence between two passes with different dropout (R-Drop); 0: none."""
    warm_epochs: int | None = Field(default=None, ge=0)
    """Epochs in which the joint cross-entropy is trained, before model.loss = "span_f1" is; 0: none. None: two
    thirds of all, but none where model.start_from brings a trained model or there is but one epoch, and none under
    another loss."""


OURS = tuple(Settings.model_fields)

RESERVED = (
    "output_dir",
    "load_best_model_at_end",
    "metric_for_best_model",
    "greater_is_better",
    "do_train",
    "do_eval",
    "remove_unused_columns",
    "disable_tqdm",
    "accelerator_config",
)
"""Set by us; the folder is the command's --output, and the best model is always kept by development F1."""

IDLE = (
    "label_smoothing_factor",
    "label_names",
    "train_sampling_strategy",
    "length_column_name",
    "dataloader_drop_last",
    "dataloader_persistent_workers",
)
"""Of transformers, and without effect here: batches and losses are our own."""

_Seed = Annotated[int, Field(ge=0, lt=2**32)]
_Positive = Annotated[int, Field(ge=1)]
_Decay = Annotated[float, Field(ge=0, lt=1)]
_NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]

BOUNDS: Mapping[str, Any] = {
    "learning_rate": _NotNegative,
    "weight_decay": _NotNegative,
    "max_grad_norm": _NotNegative,
    "warmup_steps": _NotNegative,
    "num_train_epochs": Annotated[float, Field(gt=0, allow_inf_nan=False)],
    "gradient_accumulation_steps": _Positive,
    "per_device_train_batch_size": _Positive,
    "per_device_eval_batch_size": _Positive,
    "dataloader_num_workers": Annotated[int, Field(ge=0)],
    "adam_beta1": _Decay,
    "adam_beta2": _Decay,
    "adam_epsilon": _NotNegative,
    "seed": _Seed,
    "data_seed": _Seed | None,
}
"""What transformers takes as it comes, to fail later and far from the recipe."""

DEFAULTS = {
    "num_train_epochs": 10,
    "per_device_train_batch_size": 32,
    "per_device_eval_batch_size": 64,
    "lr_scheduler_type": "linear",
    "eval_strategy": "epoch",
    "save_strategy": "epoch",
    "logging_steps": 20,
    "save_total_limit": 2,
    "report_to": "none",
    "seed": 42,
}

PRETRAINED = {"learning_rate": 3e-5, "head_learning_rate": 1e-3, "warmup_steps": 0.1}
"""What suits an encoder that has learned already: small steps for it, large ones for the head, which has not."""

SCRATCH = {"learning_rate": 3e-3, "warmup_steps": 0.05, "max_grad_norm": 5.0, "ema": 0.998}
"""What suits an encoder that begins with random weights; measured on CLUENER and Resume, see docs/results.md."""

UNTRAINED_TRANSFORMER = {**SCRATCH, "learning_rate": 5e-4, "max_grad_norm": 1.0}
"""What suits a transformer with random weights, which learns nothing at the rates of the others."""

SCRATCH_PRESETS = {
    **dict.fromkeys(("bilstm", "idcnn", "textcnn"), SCRATCH),
    **dict.fromkeys(("transformer", "albert"), UNTRAINED_TRANSFORMER),
}


def preset(encoder: str, *, pretrained: bool) -> Mapping[str, Any]:
    """What suits an encoder where a recipe says nothing; `pretrained`: whether a hub model brings its weights."""
    if encoder in SCRATCH_PRESETS:
        return SCRATCH_PRESETS[encoder]
    return PRETRAINED if pretrained else UNTRAINED_TRANSFORMER


def parse(
    training: Mapping[str, Any], folder: Path, *, suited: Mapping[str, Any]
) -> tuple[TrainingArguments, Settings]:
    """Both halves of `[training]` over what `suited` the encoder (see `preset`); `folder` receives the checkpoints.

    Raises ConfigError for what neither half knows.
    """
    known = [each.name for each in dataclasses.fields(TrainingArguments) if each.init]
    for name in training:
        if name in RESERVED:
            raise ConfigError(f"training.{name} is set by globalpointer itself and cannot be changed")
        if name in IDLE:
            raise ConfigError(f"training.{name} has no effect, as batches and losses are not those of transformers")
        if name not in OURS and name not in known:
            raise ConfigError(f"unknown key 'training.{name}' ({nearest(name, [*OURS, *known])})")
    chosen: dict[str, Any] = {
        **DEFAULTS,
        **suited,
        "bf16": has_bfloat16(),
        "use_cpu": not torch.accelerator.is_available(),
        **training,
    }
    ours = {name: chosen.pop(name) for name in OURS if name in chosen}
    chosen |= {name: checked(name, value) for name, value in training.items() if name in chosen}
    try:
        settings = Settings.model_validate(ours)
        arguments = TrainingArguments(
            output_dir=str(folder),
            metric_for_best_model="f1",
            greater_is_better=True,
            remove_unused_columns=False,
            disable_tqdm=True,
            accelerator_config={"even_batches": False},
            **chosen,
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise ConfigError(f"training.{wrong['loc'][0]}: {wrong['msg']}, found {wrong['input']!r}") from None
    except (ValueError, TypeError, ImportError) as error:
        raise ConfigError(f"[training] was refused by transformers.TrainingArguments: {error}") from None
    if settings.patience is not None and arguments.eval_strategy == "no":
        raise ConfigError("training.patience needs evaluations, and training.eval_strategy is 'no'")
    return arguments, settings


def checked(name: str, value: Any) -> Any:
    """A value for transformers.TrainingArguments, of the type that it declares and never looks at."""
    declared = get_type_hints(TrainingArguments)[name]
    kind = BOUNDS.get(name) or declared
    if isinstance(value, bool) and declared in (int, float):
        raise ConfigError(f"training.{name}: expected a number, found {value!r}")
    try:
        return TypeAdapter(kind, config=ConfigDict(arbitrary_types_allowed=True)).validate_python(value)
    except ValidationError as error:
        raise ConfigError(f"training.{name}: {error.errors()[0]['msg']}, found {value!r}") from None


def has_bfloat16() -> bool:
    """Whether this machine computes in bfloat16 faster than in float32."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return "avx512_bf16" in _cpu_flags() or "amx_bf16" in _cpu_flags()


def _cpu_flags() -> set[str]:
    """The instruction sets of this processor; none where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return set(flags.split())
