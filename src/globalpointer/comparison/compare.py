"""A comparison from start to report: runs, speed, tables, pictures."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from globalpointer.comparison.folder import check_folder, prepare
from globalpointer.comparison.outcome import Comparison
from globalpointer.comparison.plan import Plan
from globalpointer.comparison.report import write_report
from globalpointer.comparison.runs import ROWS, Ground, carry_out, left_out, made_otherwise, place, unfinished
from globalpointer.comparison.speed import SPEED, Speed, keep, kept, timed
from globalpointer.comparison.trial import check_systems, remarks
from globalpointer.text.spans import Document
from globalpointer.training.documents import load_corpus
from globalpointer.training.held import held


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
    if resume and not folder.is_dir():
        said = f"{folder}: no such folder, so there is nothing to resume: a new comparison begins"
        console.print(said, style="yellow", markup=False, soft_wrap=True)
    first = plan.systems[0]
    corpus = load_corpus(first.recipe.data, kind=plan.kind, base=first.base)
    ground = Ground.of(corpus, plan.kind)
    waiting = {run.system for run in (unfinished(plan, folder) if resume else plan.runs)}
    check_systems([system for system in plan.systems if system.name in waiting], corpus, folder)
    prepare(folder, overwrite=overwrite)
    with held(folder):
        return _compare(plan, folder, ground, corpus.train, speed=speed, console=console)


def _compare(
    plan: Plan, folder: Path, ground: Ground, train: Sequence[Document], *, speed: bool, console: Console
) -> Comparison:
    """`compare`, once all is checked and the folder is ours."""
    (folder / ROWS).touch()
    partly = [*remarks(plan.systems, train), *left_out(plan, folder), *made_otherwise(plan, folder)]
    for remark in partly:
        console.print(remark, style="yellow", markup=False, soft_wrap=True)
    rows, failures = carry_out(plan, folder, ground, console)
    found = Comparison(plan, folder, ground, rows, failures, remarks=partly)
    write_report(found)
    if rows:
        found = _with_speed(found, console, measure=speed)
        write_report(found)
    return found


def _with_speed(found: Comparison, console: Console, *, measure: bool) -> Comparison:
    """The comparison with the speed of its systems, or with the reason why there is none."""
    try:
        speed = _speed(found, console, measure=measure)
    except Exception as error:  # such as a lack of memory for all models at once: the scores are there
        return _without_speed(found, f"speed was not measured: {type(error).__name__}: {error}", console)
    if speed is None and measure:
        said = "no document of the scored part has a text, and only labels that all models know"
        return _without_speed(found, f"speed was not measured: {said}", console)
    if speed is None and (found.folder / SPEED).is_file():
        said = "what was measured before is of other runs, or was made by another machine or other code"
        return _without_speed(found, f"speed is not shown: {said}", console)
    return replace(found, speed=speed)


def _without_speed(found: Comparison, remark: str, console: Console) -> Comparison:
    console.print(remark, style="yellow", markup=False, soft_wrap=True)
    return replace(found, remarks=[*found.remarks, remark])


def _speed(comparison: Comparison, console: Console, *, measure: bool) -> Speed | None:
    """Of the first finished run of each system; read back where it was measured before of these, as they are now."""
    plan, folder = comparison.plan, comparison.folder
    finished = {(row.system, row.seed) for row in comparison.rows}
    runs = {run.system: run for run in reversed(plan.runs) if (run.system, run.seed) in finished}
    names = [system.name for system in comparison.systems]
    of = {name: f"{runs[name].name} {runs[name].recipe.fingerprint}" for name in names}
    tagged = [name for name in names if runs[name].recipe.model.head == "crf"]
    reference = (tagged or names)[0]
    before = kept(of, reference, folder / SPEED)
    if before is not None or not measure:
        return before
    folders = {name: place(folder, runs[name]) for name in names}
    found = timed(folders, comparison.ground.gold, reference, console)
    if found is not None:
        keep(found, of, folder / SPEED)
    return found
