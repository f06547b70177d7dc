"""A comparison from start to report: runs, speed, tables, pictures."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from globalpointer.comparison.folder import check_folder, prepare
from globalpointer.comparison.outcome import Comparison
from globalpointer.comparison.plan import Plan
from globalpointer.comparison.report import write_report
from globalpointer.comparison.rows import Row
from globalpointer.comparison.runs import Ground, carry_out, left_out, place, unfinished
from globalpointer.comparison.speed import SPEED, Speed, keep, kept, timed
from globalpointer.comparison.trial import check_systems, remarks
from globalpointer.training.documents import load_corpus


def compare(
    plan: Plan,
    output: str | Path,
    *,
    resume: bool = False,
    overwrite: bool = False,
    speed: bool = True,
    console: Console | None = None,
) -> Comparison:
    """Carry a plan out in the folder `output`, and write what was found to its report.md and report.html.

    `resume` goes on where a comparison was stopped: finished runs are read back, and one that was stopped goes on from
    its last checkpoint. `speed`: whether training and prediction are timed. A run that fails is among the `failures`.
    Raises ConfigError and DataError where nothing can be run, and before anything is where a system does not fit.
    """
    folder = Path(output)
    console = console or Console(stderr=True)
    check_folder(plan, folder, resume=resume, overwrite=overwrite)
    first = plan.systems[0]
    corpus = load_corpus(first.recipe.data, kind=plan.kind, base=first.base)
    ground = Ground.of(corpus, plan.kind)
    waiting = {run.system for run in (unfinished(plan, folder) if resume else plan.runs)}
    check_systems([system for system in plan.systems if system.name in waiting], corpus, folder)
    prepare(folder, overwrite=overwrite)
    partly = [*remarks(plan.systems, corpus.train), *left_out(plan, folder)]
    for remark in partly:
        console.print(remark, style="yellow", markup=False, soft_wrap=True)
    rows, failures = carry_out(plan, folder, ground, console)
    taken = _speed(plan, folder, ground, rows, console) if speed and rows else None
    found = Comparison(plan, folder, ground, rows, failures, taken, partly)
    write_report(found)
    return found


def _speed(plan: Plan, folder: Path, ground: Ground, rows: Sequence[Row], console: Console) -> Speed | None:
    """Of the first finished run of each system; read back where these were measured before."""
    finished = {(row.system, row.seed) for row in rows}
    runs = {run.system: run for run in reversed(plan.runs) if (run.system, run.seed) in finished}
    names = [system.name for system in plan.systems if system.name in runs]
    of = {name: f"{runs[name].name} {runs[name].recipe.fingerprint}" for name in names}
    before = kept(of, folder / SPEED)
    if before is not None:
        return before
    tagged = [name for name in names if runs[name].recipe.model.head == "crf"]
    folders = {name: place(folder, runs[name]) for name in names}
    found = timed(folders, ground.gold, (tagged or names)[0], console)
    if found is None:
        console.print("no speed: no document has a text, and labels that all models know", style="yellow")
    else:
        keep(found, of, folder / SPEED)
    return found
