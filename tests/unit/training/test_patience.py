"""Early stopping is read off the log, so a resumed run goes by the evaluations before it was killed."""

import pytest
from transformers import TrainerState

from globalpointer.training.patience import exhausted


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
    log = [{"loss": 1.0}, *({"eval_f1": score} for score in scores)]
    assert exhausted(TrainerState(log_history=log), patience) is over
