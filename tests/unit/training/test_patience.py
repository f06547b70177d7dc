"""Early stopping is read off the log, so a resumed run goes by the evaluations before it was killed."""

import pytest
from transformers import TrainerState

from globalpointer.training.patience import Patience


def state(scores):
    judged = ({"eval_f1": score, "epoch": epoch} for epoch, score in enumerate(scores, 1))
    return TrainerState(log_history=[{"loss": 1.0, "epoch": 0.5}, *judged])


@pytest.mark.parametrize(
    ("scores", "patience", "over"),
    [
        ([], 1, False),
        ([0.5], 1, False),
        ([0.5, 0.5], 1, True),
        ([0.5, 0.4, 0.6], 1, False),
        ([0.5, 0.6, 0.5], 2, False),
        ([0.5, 0.6, 0.5, 0.6], 2, True),
    ],
)
def test_so_many_evaluations_without_a_better_one(scores, patience, over):
    assert Patience(patience).exhausted(state(scores)) is over


@pytest.mark.parametrize(
    ("scores", "over"), [([0.5, 0.4, 0.3], False), ([0.5, 0.4, 0.3, 0.2], True), ([0.5, 0.4, 0.3, 0.6], False)]
)
def test_the_epochs_of_a_warm_start_do_not_count(scores, over):
    assert Patience(1, warm_epochs=3).exhausted(state(scores)) is over
