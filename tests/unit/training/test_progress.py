"""What is told while a model trains, in a terminal and in a log file."""

import io
from types import SimpleNamespace

from rich.console import Console
from transformers import TrainerControl

from globalpointer.training.progress import History, ProgressBar

STATE = SimpleNamespace(is_world_process_zero=True, max_steps=3, global_step=3, best_metric=None, epoch=1.0)


def test_the_loss_is_logged_before_each_evaluation(tmp_path):
    """An epoch of fewer steps than `logging_steps` showed no loss at all."""
    control = TrainerControl()
    History(tmp_path / "history.jsonl").on_epoch_end(None, STATE, control)
    assert control.should_log


def test_a_log_file_gets_a_line_an_evaluation_and_nothing_else():
    written = io.StringIO()
    bar = ProgressBar(Console(file=written))
    bar.on_train_begin(None, STATE, None)
    bar.on_step_end(None, STATE, None)
    bar.on_log(None, STATE, None, {"loss": 0.5})
    bar.on_log(None, STATE, None, {"eval_f1": 0.25, "eval_precision": 0.5, "eval_recall": 0.125})
    bar.on_train_end(None, STATE, None)
    assert written.getvalue() == "epoch   1.0  loss    0.5000  dev F1 25.00  P 50.00  R 12.50  best so far\n"


def test_of_equal_evaluations_the_later_is_marked_as_it_is_the_one_that_is_kept():
    written = io.StringIO()
    bar = ProgressBar(Console(file=written))
    bar.on_train_begin(None, STATE, None)
    for f1 in (0.5, 0.5, 0.25):
        bar.on_log(None, STATE, None, {"eval_f1": f1, "eval_precision": 0.5, "eval_recall": 0.5})
    bar.on_train_end(None, STATE, None)
    assert ["best" in line for line in written.getvalue().splitlines()] == [True, True, False]
