import math

import pytest
import torch

from globalpointer.errors import ConfigError
from globalpointer.grid import Grid
from globalpointer.nn.baselines.answers import answer_grid, surprise
from globalpointer.nn.baselines.gnr import GloballyNormalizedReader
from globalpointer.nn.baselines.two_pointers import TwoPointers


@pytest.mark.parametrize(
    "grids",
    [
        [Grid("entity", ("PER", "ORG"))],
        [Grid("answer", ("answer",)), Grid("other", ("answer",))],
        [Grid("link", ("answer",), ordered=False)],
        [Grid("link", ("answer",), links=True)],
    ],
)
def test_other_grids_than_that_of_answers_are_refused(grids):
    with pytest.raises(ConfigError, match=r'reader finds answers.*kind = "mrc"'):
        answer_grid(grids, "a reader")


@pytest.mark.parametrize("system", [TwoPointers, GloballyNormalizedReader])
def test_a_reader_says_which_task_it_needs(system):
    encoder = torch.nn.Identity()
    encoder.hidden = 4
    with pytest.raises(ConfigError, match="mrc"):
        system(encoder, [Grid("entity", ("PER", "ORG"))])


def test_surprise_is_the_log_of_the_share_of_gold():
    logits = torch.tensor([[1.0, 2.0, -math.inf], [1.0, 2.0, -math.inf]], dtype=torch.float64, requires_grad=True)
    gold = torch.tensor([[True, True, False], [False, False, False]])
    total = 1 + math.e + math.e**2
    expected = [math.log(total) - math.log(total - 1), math.log(total)]
    assert surprise(logits, gold).tolist() == pytest.approx(expected)
    surprise(logits, gold).sum().backward()
    assert logits.grad.isfinite().all()
