"""One bar over all runs, with the course of the one that is being trained."""

import json
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from globalpointer.comparison.plan import Run
from globalpointer.training.arguments import DEFAULTS
from globalpointer.training.folder import HISTORY


class Course(ProgressColumn):
    """Epoch and best development F1 of the present run, from its history, and about how long all of it will last."""

    def render(self, task: Task) -> Text:
        """Asked for by rich, once a second."""
        run, folder, before = (task.fields[name] for name in ("run", "folder", "before"))
        if run is None:
            return Text("")
        epoch, best = _reached(folder / HISTORY)
        epochs = float(run.recipe.training.get("num_train_epochs", DEFAULTS["num_train_epochs"]))
        part = min(1.0, epoch / epochs) if epochs else 0.0
        said = f"epoch {epoch:.1f} of {epochs:g}" + (f" · best dev F1 {best:.4f}" if best is not None else "")
        done = task.completed - before + part
        if done and task.elapsed and task.total:
            said += f" · about {_clock(task.elapsed / done * (task.total - task.completed - part))} left"
        return Text(said)


def overall(console: Console) -> Progress:
    """The bar; in a log file there is none, and the lines of the runs are enough."""
    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), Course())
    return Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal, refresh_per_second=1, expand=False
    )


def present(bar: Progress, row: TaskID, run: Run, folder: Path) -> None:
    """Show which run has begun."""
    bar.update(row, description=f"{run.system}, seed {run.seed}", run=run, folder=folder)


def _reached(history: Path) -> tuple[float, float | None]:
    """The epoch of the last line of a history, and the best F1 in it; a line that is being written is left out."""
    epoch, best = 0.0, None
    try:
        lines = history.read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError:
        return epoch, best
    for line in lines:
        if line.endswith("\n"):
            record = json.loads(line)
            epoch = record.get("epoch", epoch)
            best = max(record.get("dev_f1", -1.0), -1.0 if best is None else best)
    return epoch, None if best is None or best < 0 else best


def _clock(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}"
