"""The words of a report: what was compared, how each number was made, and what was left out."""

from collections.abc import Mapping
from typing import Any

from globalpointer.comparison.outcome import Comparison
from globalpointer.comparison.plan import Run
from globalpointer.comparison.speed import ROUNDS
from globalpointer.comparison.turns import BATCH
from globalpointer.data.readers.annotate import counted
from globalpointer.evaluation.answers import AnswerReport
from globalpointer.evaluation.sections import UNIT_NAMES

_PARTS = {
    "test": "the test part",
    "dev": "the development part, which also chose the epoch that was kept: there is no test part",
}


def head(comparison: Comparison) -> list[str]:
    """What was compared, on what, and where."""
    plan, ground = comparison.plan, comparison.ground
    data = plan.systems[0].recipe.data
    encoders = sorted({system.recipe.model.encoder for system in plan.systems})
    said = [
        f"{counted(len(plan.systems), 'system')}, {counted(len(plan.runs), 'run')}, task {plan.kind}. "
        f"Scored on {_PARTS[ground.part]} ({counted(len(ground.gold), 'document')}); "
        f"trained on {', '.join(data.train)} (format {data.format}). "
        f"Encoder{'s' * (len(encoders) > 1)}: {', '.join(encoders)}."
    ]
    if comparison.rows:
        here = sorted({_circumstances(row.circumstances) for row in comparison.rows})
        said.append(f"Machine: {'; '.join(here)}.")
    return said


def _circumstances(found: Mapping[str, Any]) -> str:
    return (
        f"{found['machine']}, {found['threads']} thread{'s' * (found['threads'] > 1)}, torch {found['torch']}, "
        f"transformers {found['transformers']}, globalpointer {found['globalpointer']}, Python {found['python']}"
    )


def told(what: str, comparison: Comparison) -> list[str]:
    """How the numbers of a table were made."""
    if what == "speed":
        return [_speed(comparison)]
    if what == "slices":
        return [f"Mean ± standard deviation over the seeds. Units: {UNIT_NAMES[comparison.rows[0].report.unit]}."]
    stopped = what == "scores" and any(row.resumed for row in comparison.rows)
    asked = what == "scores" and isinstance(comparison.rows[0].report, AnswerReport)
    return [_TOLD["answers" if asked else what], *([_STOPPED] if stopped else [])]


_TOLD = {
    "scores": "Micro averages in per cent against the raw annotation; mean ± standard deviation over the seeds. "
    "Complete documents: all their annotation found, and no other. Parameters: encoder included.",
    "answers": "Means over questions in per cent; mean ± standard deviation over the seeds. Exact match: the answer "
    "is one of the accepted ones, or there is none and none was given. Parameters: encoder included.",
    "differences": "Mean F1 minus that of the first system, in points, over the seeds that both have. 1000 samples of "
    "as many documents are drawn with replacement, for all seeds the same (Koehn, 2004). So the interval tells "
    "what other documents would change, and not other seeds; p is two-sided, not corrected for the number of systems.",
    "epochs": "On the development part, after each epoch; pale: each seed, strong: their mean.",
}

_STOPPED = "* A run was stopped and taken up again, and these minutes count only what came after."


def _speed(comparison: Comparison) -> str:
    speed = comparison.speed
    assert speed is not None  # see report.chapters
    return (
        f"{speed.texts} texts of the scored part in batches of at most {BATCH}, all systems in turns in one process; "
        f"median (quartiles) of {ROUNDS} rounds. Training: loss, gradients and a step of the optimizer. Prediction: "
        f"from texts to documents. Encoder left out: from its vectors on, to gradients or to cells. "
        f"× {speed.reference}: how many times as fast, round by round. "
        f"Machine: {_circumstances(speed.circumstances)}."
    )


def failed(comparison: Comparison) -> list[str]:
    """The runs without a result, and why."""
    return [f"{_name(each.run)}: {each.message}" for each in comparison.failures]


def notes(comparison: Comparison) -> list[str]:
    """What was dropped of recipes, and was left out, lost or not learned in training; once where all runs say it."""
    dropped = [
        f"{system.name}: its head does not take {', '.join(system.dropped)}, which the recipe has"
        for system in comparison.plan.systems
        if system.dropped
    ]
    said: dict[str, list[str]] = {}
    for row in comparison.rows:
        for note in row.notes:
            said.setdefault(note, []).append(f"{row.system}, seed {row.seed}")
    shared = [note if len(by) == len(comparison.rows) else f"{'; '.join(by)}: {note}" for note, by in said.items()]
    return [*dropped, *comparison.remarks, *shared]


def _name(run: Run) -> str:
    return f"{run.system}, seed {run.seed}"
