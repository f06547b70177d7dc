"""What a person sees while a model trains: one bar, and one line an epoch; and what is kept of it: history.jsonl."""

import json
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments


class History(TrainerCallback):
    """Each logged step and each evaluation as one JSON line; lines later than the resumed step are taken back."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Keep what happened up to the step from which training goes on; nothing for a new run."""
        if not state.is_world_process_zero:
            return
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        kept = [line for line in lines if _step(line) <= state.global_step] if state.global_step else []
        self.path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Have the loss logged before each evaluation, however few steps an epoch has."""
        # On every device: logging gathers the losses of all of them.
        control.should_log = True

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **others: Any,
    ) -> None:
        """Write the line."""
        if not state.is_world_process_zero or not logs or not ({"loss", "eval_f1"} & logs.keys()):
            return
        names = {name: name.replace("eval_", "dev_") for name in logs if name != "epoch"}
        row = {"step": state.global_step, "epoch": round(state.epoch or 0, 4)}
        row |= {names[name]: value for name, value in logs.items() if name in names}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


class ProgressBar(TrainerCallback):
    """A bar with loss, speed and development F1, and a line for each evaluation."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.bar: Progress | None = None
        self.loss, self.best = float("nan"), float("nan")
        self.started, self.first = 0.0, 0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Draw the bar."""
        if not state.is_world_process_zero:
            return
        columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
        # In a log file the lines of the evaluations are enough.
        self.bar = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self.row = self.bar.add_task("training", total=state.max_steps, completed=state.global_step)
        self.started, self.first = time.perf_counter(), state.global_step
        if state.best_metric is not None:
            self.best = state.best_metric
        self.bar.start()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any) -> None:
        """Move it."""
        if self.bar is not None:
            speed = (state.global_step - self.first) / max(time.perf_counter() - self.started, 1e-9)
            said = f"loss {self.loss:.4f} · {speed:.1f} steps/s · best dev F1 {100 * self.best:.2f}"
            self.bar.update(self.row, completed=state.global_step, description=said)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **others: Any,
    ) -> None:
        """Remember the loss; tell an evaluation."""
        if self.bar is None or not logs:
            return
        self.loss = logs.get("loss", self.loss)
        if "eval_f1" in logs:
            f1 = logs["eval_f1"]
            better = not f1 < self.best  # of equal ones the later is kept
            self.best = f1 if better else self.best
            self.console.print(
                f"epoch {state.epoch or 0:5.1f}  loss {self.loss:9.4f}  "
                f"dev F1 {100 * f1:.2f}  P {100 * logs['eval_precision']:.2f}  R {100 * logs['eval_recall']:.2f}"
                f"{'  best so far' if better else ''}"
            )

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any
    ) -> None:
        """Take it away."""
        if self.bar is not None:
            self.bar.stop()


def _step(line: str) -> int:
    """The step of a history line; a line that a kill cut short counts as later than all."""
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError):
        return 2**62
