"""The folder of a comparison: made, taken up again, and never emptied by mistake."""

import re
import shutil
from pathlib import Path

from globalpointer.comparison.plan import Plan
from globalpointer.comparison.report import MARKDOWN, PAGE, PICTURES
from globalpointer.comparison.runs import FOUND, ROWS, RUNS, place
from globalpointer.comparison.speed import SPEED
from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError
from globalpointer.training.differences import told
from globalpointer.training.emptied import check_emptied
from globalpointer.training.folder import RECIPE
from globalpointer.training.folder import WRITTEN as OF_RUNS
from globalpointer.training.held import held
from globalpointer.training.inputs import check, digests, places

WRITTEN = frozenset((ROWS, RUNS, SPEED, MARKDOWN, PAGE, PICTURES))
"""All that a comparison leaves in its folder."""

_OURS = re.compile(r".+-\d+")
"""How the folder of a run is called: see `Run.name`."""


def check_folder(plan: Plan, folder: Path, *, resume: bool, overwrite: bool) -> None:
    """Raise ConfigError unless the folder is empty, or a comparison whose runs have the recipes and files of the plan.

    One that is not to be resumed must be allowed to be overwritten.
    """
    if resume and overwrite:
        raise ConfigError("resume keeps what is there and overwrite replaces it: choose one of them")
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: a folder is expected for the comparison, this is a file")
    if folder.is_dir() and any(folder.iterdir()):
        _check_ours(folder, resume=resume, overwrite=overwrite)
        if overwrite:
            read = (place for each in plan.systems for place in places(each.recipe, each.base).values())
            check_emptied(folder, written=WRITTEN, read=read)
            _check_inside(folder)
    if resume:
        _check_runs(plan, folder)


def prepare(folder: Path, *, overwrite: bool) -> None:
    """Make the folder, or empty it; see `check_folder`."""
    if overwrite and folder.is_dir():
        with held(folder):
            shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _check_ours(folder: Path, *, resume: bool, overwrite: bool) -> None:
    if not resume and not overwrite:
        raise ConfigError(f"{folder}: the folder is not empty; --resume goes on with it, --overwrite starts anew")
    if not (folder / ROWS).is_file():
        raise ConfigError(f"{folder}: the folder is not empty and holds no comparison (no {ROWS}); choose another one")


def _check_inside(folder: Path) -> None:
    """Raise ConfigError where somebody put things of their own among the runs or the pictures."""
    runs, pictures = folder / RUNS, folder / PICTURES
    if pictures.is_dir():
        check_emptied(pictures, written=[each.name for each in pictures.glob("*.svg")], read=())
    if runs.is_dir():
        ours = [each for each in runs.iterdir() if each.is_dir() and _OURS.fullmatch(each.name)]
        check_emptied(runs, written=[each.name for each in ours], read=())
        for run in ours:
            check_emptied(run, written=OF_RUNS | {FOUND}, read=())


def _check_runs(plan: Plan, folder: Path) -> None:
    """Runs that were begun had the same recipes, and the same files under the names in them."""
    now = {system.name: digests(system.recipe, system.base) for system in plan.systems}
    for run in plan.runs:
        kept = place(folder, run) / RECIPE
        if not kept.is_file():
            continue
        if changed := told(load_recipe(kept), run.recipe):
            raise ConfigError(
                f"{kept}: the run to resume had another recipe ({changed}); restore it, remove that run's folder, or "
                "use another --output"
            )
        check(place(folder, run), now[run.system])
