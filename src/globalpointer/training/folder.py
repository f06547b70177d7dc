"""The folder of a run: made, taken up again, never emptied by mistake, and read back when the run is finished."""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from globalpointer.config import Recipe, load_recipe
from globalpointer.data.readers.annotate import parse_object
from globalpointer.data.writers.files import new_file
from globalpointer.errors import ConfigError, DataError, ModelError
from globalpointer.evaluation import AnyReport, read_report
from globalpointer.predictor import CARD, Predictor
from globalpointer.tasks.thresholds import UNDECIDED
from globalpointer.training import checkpoints
from globalpointer.training.checkpoints import CHECKPOINTS
from globalpointer.training.differences import told
from globalpointer.training.emptied import check_emptied
from globalpointer.training.held import held
from globalpointer.training.inputs import INPUTS

RECIPE, REPORT, HISTORY = "recipe.toml", "report.json", "history.jsonl"
WEIGHTS = "model.safetensors"
STAGING = ".staging"

OF_A_MODEL = ("config.json", WEIGHTS, "tokenizer.json")
"""Without one of these there is no model."""

WRITTEN = frozenset(
    (CHECKPOINTS, RECIPE, REPORT, f".{REPORT}", HISTORY, INPUTS, STAGING, CARD, WEIGHTS)
    + ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
)
"""All that a run leaves in its folder."""


@dataclass(frozen=True, slots=True)
class FitResult:
    """What a finished run leaves: its reports, its folder, the seconds it took, and what was left out or lost.

    `seconds`: of training, evaluations included; those after its last stop, where it was `resumed` from a checkpoint.
    `threshold`: the score from which on the model gives an answer, also in the reports. `undecided`: rates and counts
    of "dev" and "test" at 0.5, where that is another.
    """

    dev: AnyReport
    test: AnyReport | None
    folder: Path
    seconds: float
    notes: Sequence[str]
    threshold: float = UNDECIDED
    undecided: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    teacher: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    resumed: bool = False


def prepare(recipe: Recipe, folder: Path, *, read: Iterable[Path], resume: bool, overwrite: bool) -> None:
    """An output folder that belongs to this run: empty, or this recipe's own where it is resumed.

    `read`: what the run reads, which must not be in a folder that is emptied.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: the output must be a folder, and a file of that name is there")
    if resume and (folder / RECIPE).is_file():
        same_recipe(recipe, folder)
        return
    if folder.is_dir() and any(folder.iterdir()):
        if not overwrite:
            raise ConfigError(f"{folder}: the folder is not empty; --resume goes on with it, --overwrite starts anew")
        if not (folder / RECIPE).is_file():
            raise ConfigError(f"{folder}: the folder holds no earlier run (no {RECIPE}), so it is not overwritten")
        check_emptied(folder, written=WRITTEN, read=read)
        with held(folder):
            shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with new_file(folder / RECIPE) as file:
        file.write(recipe.to_toml())


def same_recipe(recipe: Recipe, folder: Path) -> None:
    """Raise ConfigError where the run in this folder had another recipe."""
    before = load_recipe(folder / RECIPE)
    if before != recipe:
        raise ConfigError(
            f"{folder / RECIPE}: the run to resume had another recipe ({told(before, recipe)}); resume with that file, "
            "or use another --output"
        )


def keep(predictor: Predictor, folder: Path) -> None:
    """Write the model into its folder, each file in one step, so that a usable model is there at any moment."""
    staging = folder / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    try:
        with checkpoints.writing(folder):
            predictor.save_pretrained(staging)
        for file in sorted(staging.iterdir()):
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def read_history(folder: Path) -> list[dict[str, float]]:
    """The records of a run so far, oldest first; a line that is being written is left out."""
    history = folder / HISTORY
    lines = history.read_text(encoding="utf-8").splitlines(keepends=True) if history.exists() else []
    whole = (line for line in lines if line.endswith("\n"))
    return [parse_object(line, str(history), number) for number, line in enumerate(whole, 1)]


def _report(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise DataError(f"damaged ({error}): begin anew without this folder", path=path) from None


def read_result(folder: Path) -> FitResult:
    """The result of a finished run. ModelError or DataError where the folder is no longer whole."""
    missing = [name for name in OF_A_MODEL if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{folder}: training is finished, but {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} gone: "
            "bring that back, or begin anew without this folder"
        )
    plain = _report(folder / REPORT)
    test = plain.get("test")
    return FitResult(
        dev=read_report(plain["dev"]),
        test=None if test is None else read_report(test),
        folder=folder,
        seconds=plain["seconds"],
        notes=plain["notes"],
        threshold=plain.get("threshold", UNDECIDED),
        undecided=plain.get("undecided", {}),
        teacher=plain.get("teacher", {}),
        resumed=plain.get("resumed", False),
    )
