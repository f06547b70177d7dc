"""Early stopping that a resumed run takes up where it was: it is read off the evaluations in the trainer's log."""

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments


class Patience(TrainerCallback):
    """Ends training after so many evaluations without a better development F1."""

    def __init__(self, evaluations: int) -> None:
        self.evaluations = evaluations

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **others: Any) -> None:
        """Look back after each evaluation."""
        control.should_training_stop |= exhausted(state, self.evaluations)


def exhausted(state: TrainerState, evaluations: int) -> bool:
    """Whether the best development F1 is at least so many evaluations old."""
    scores = [row["eval_f1"] for row in state.log_history if "eval_f1" in row]
    return bool(scores) and len(scores) - 1 - scores.index(max(scores)) >= evaluations
