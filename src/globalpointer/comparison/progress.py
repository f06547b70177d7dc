"""One bar over all runs, with the course of the one that is being trained."""

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
from globalpointer.training.folder import read_history


class Course(ProgressColumn):
    """Epoch and best development F1 of the present run, from its history, and about how long all of it will last."""

    def render(self, task: Task) -> Text:
        """Asked for by rich, once a second."""
        run, folder, before = (task.fields[name] for name in ("run", "folder", "before"))
        if run is None:
            return Text("")
        epoch, best = _reached(folder)
        epochs = float(run.recipe.training.get("num_train_epochs", DEFAULTS["num_train_epochs"]))
        part = min(1.0, epoch / epochs) if epochs else 0.0
        said = f"epoch {epoch:.1f} of {epochs:g}" + (f" · best dev F1 {100 * best:.2f}" if best is not None else "")
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


def _reached(folder: Path) -> tuple[float, float | None]:
    """The epoch of the last record of a run, and the best F1 of all."""
    records = read_history(folder)
    epochs = [record["epoch"] for record in records if "epoch" in record]
    scores = [record["dev_f1"] for record in records if "dev_f1" in record]
    return epochs[-1] if epochs else 0.0, max(scores, default=None)


def _clock(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}"
