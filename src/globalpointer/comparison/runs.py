"""The runs, one after another: trained or taken up again, scored on the same documents, and kept as rows."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from globalpointer.comparison import rows
from globalpointer.comparison.machine import circumstances, code
from globalpointer.comparison.plan import Plan, Run
from globalpointer.comparison.progress import overall, present
from globalpointer.comparison.rows import Part, Row
from globalpointer.data.readers import read
from globalpointer.data.readers.annotate import counted
from globalpointer.data.writers.files import new_file
from globalpointer.errors import GlobalPointerError, LimitWarning
from globalpointer.evaluation import EVALUATIONS, mentions
from globalpointer.predictor import Predictor
from globalpointer.text.spans import Document
from globalpointer.training.documents import Corpus
from globalpointer.training.fit import fit

RUNS, ROWS, FOUND = "runs", "rows.jsonl", "found.jsonl"

EVALUATED = 64
"""Windows of text that are answered at once."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What all systems are scored on: the gold of `part`, and the mentions that training had (`seen`)."""

    kind: str
    part: Part
    gold: Sequence[Document]
    seen: frozenset[str]

    @classmethod
    def of(cls, corpus: Corpus, kind: str) -> "Ground":
        """The test part, or where there is none the development part."""
        part: Part = "dev" if corpus.test is None else "test"
        return cls(kind, part, corpus.dev if corpus.test is None else corpus.test, mentions(corpus.train))


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that came to no end, and why."""

    run: Run
    message: str


def carry_out(plan: Plan, folder: Path, ground: Ground, console: Console) -> tuple[list[Row], list[Failure]]:
    """Every run of the plan that is not in `rows.jsonl` yet; a failure does not keep the others from going on."""
    rows.repair(folder / ROWS)
    left = unfinished(plan, folder)
    finished = [run for run in plan.runs if run not in left]
    known = rows.read(folder / ROWS)
    found = [known[run.system, run.seed] for run in finished]
    failures = []
    if finished:
        console.print(f"{len(finished)} of {len(plan.runs)} runs were finished before", soft_wrap=True)
    with overall(console) as bar:
        done = len(finished)
        task = bar.add_task("", total=len(plan.runs), completed=done, before=done, run=None, folder=None)
        for run in left:
            present(bar, task, run, place(folder, run))
            outcome = _attempt(run, folder, ground)
            if isinstance(outcome, Row):
                rows.append(folder / ROWS, outcome)
                found.append(outcome)
            else:
                failures.append(outcome)
            console.print(_told(outcome, run), soft_wrap=True, highlight=False)
            bar.advance(task)
    order = [(run.system, run.seed) for run in plan.runs]
    return sorted(found, key=lambda row: order.index((row.system, row.seed))), failures


def unfinished(plan: Plan, folder: Path) -> list[Run]:
    """The runs of the plan that are not in `rows.jsonl` yet, or whose answers are lost."""
    known = rows.read(folder / ROWS)
    return [run for run in plan.runs if not _is_finished(run, folder, known.get((run.system, run.seed)))]


def left_out(plan: Plan, folder: Path) -> list[str]:
    """Told where the folder has finished runs that are not of the plan."""
    others = rows.read(folder / ROWS).keys() - {(run.system, run.seed) for run in plan.runs}
    if not others:
        return []
    names = ", ".join(sorted(f"{system} {seed}" for system, seed in others))
    return [
        f"not in the report, which is of the systems and seeds that were named: "
        f"{counted(len(others), 'finished run')} of {ROWS} ({names})"
    ]


def made_otherwise(plan: Plan, folder: Path) -> list[str]:
    """Told where finished runs of the plan were made by another state of this package."""
    known = rows.read(folder / ROWS)
    left = unfinished(plan, folder)
    finished = [known[run.system, run.seed] for run in plan.runs if run not in left]
    others = sorted(row.name for row in finished if row.circumstances.get("code") != code())
    if not others:
        return []
    return [
        f"made by other code of globalpointer, which may score otherwise: {counted(len(others), 'finished run')} "
        f"({', '.join(others)}); without their folders in {RUNS}/ they are made anew"
    ]


def place(folder: Path, run: Run | Row) -> Path:
    """The model folder of a run, or of the one that a row is of."""
    return folder / RUNS / run.name


def answers(folder: Path, row: Row) -> list[Document]:
    """What the model of a finished run found, document by document."""
    return list(read(str(place(folder, row) / FOUND), "jsonl"))


def _is_finished(run: Run, folder: Path, row: Row | None) -> bool:
    return row is not None and row.fingerprint == run.recipe.fingerprint and (place(folder, run) / FOUND).is_file()


def _attempt(run: Run, folder: Path, ground: Ground) -> Row | Failure:
    try:
        return _finish(run, place(folder, run), ground)
    except GlobalPointerError as error:
        return Failure(run, str(error))
    except Exception as error:  # such as a lack of memory: the other runs of a long night can still be made
        return Failure(run, f"{type(error).__name__}: {error}")


def _finish(run: Run, folder: Path, ground: Ground) -> Row:
    """Train, or go on, or only read what was trained; then answer and score."""
    result = fit(run.recipe, folder, resume=True, base=run.base, console=Console(quiet=True, force_terminal=False))
    predictor = Predictor.from_pretrained(folder)
    found = _answer(predictor, ground.gold)
    _keep(found, folder / FOUND)
    unit = predictor.model.config.text["unit"]
    return Row(
        system=run.system,
        seed=run.seed,
        fingerprint=run.recipe.fingerprint,
        part=ground.part,
        report=EVALUATIONS[ground.kind](ground.gold, found, unit=unit, seen=ground.seen),
        dev_f1=result.dev.f1,
        seconds=result.seconds,
        resumed=result.resumed,
        parameters=sum(weight.numel() for weight in predictor.model.parameters()),
        threshold=result.threshold,
        notes=tuple(result.notes),
        circumstances=circumstances(),
    )


def _answer(predictor: Predictor, gold: Sequence[Document]) -> list[Document]:
    """What the model finds in the texts; nobody needs a warning where it finds too much."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimitWarning)  # told among the notes of training
        return list(predictor.predict_stream(gold, batch_size=EVALUATED))


def _keep(found: Sequence[Document], path: Path) -> None:
    with new_file(path) as file:
        for document in found:
            file.write(json.dumps(document.to_dict()) + "\n")


def _told(outcome: Row | Failure, run: Run) -> str:
    name = f"[bold]{escape(run.system)}[/], seed {run.seed}: "
    if isinstance(outcome, Failure):
        return f"{name}[red]failed:[/] {escape(outcome.message)}"
    report = outcome.report
    return (
        f"{name}{outcome.part} {report.measure} {100 * report.f1:.2f}, precision {100 * report.precision:.2f}, recall "
        f"{100 * report.recall:.2f}; {outcome.seconds / 60:.1f} min"
    )
