"""Early stopping that a resumed run takes up where it was: it is read off the evaluations in the trainer's log."""

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments


class Patience(TrainerCallback):
    """Ends training after so many evaluations without a better development F1; those of a warm start do not count."""

    def __init__(self, evaluations: int, *, warm_epochs: int = 0) -> None:
        self.evaluations = evaluations
        self.warm_epochs = warm_epochs

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any) -> None:
        """Look back after each evaluation."""
        control.should_training_stop |= self.exhausted(state)

    def exhausted(self, state: TrainerState) -> bool:
        """Whether both the best development F1 and the warm start are at least so many evaluations old."""
        judged = [(row["epoch"], row["eval_f1"]) for row in state.log_history if "eval_f1" in row]
        if not judged:
            return False
        scores = [f1 for _, f1 in judged]
        warm = sum(epoch <= self.warm_epochs for epoch, _ in judged)
        return len(scores) - max(scores.index(max(scores)) + 1, warm) >= self.evaluations
