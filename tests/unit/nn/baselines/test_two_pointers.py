import math

import pytest
import torch
from tests.unit.nn.baselines import naive, questions
from tests.unit.nn.factories import rows

import oracles
from globalpointer.errors import AlignmentError
from globalpointer.nn import Batch
from globalpointer.nn.baselines.two_pointers import TwoPointers
from globalpointer.nn.contracts import Extractor


def model(grid=questions.ANSWER):
    torch.manual_seed(0)
    made = TwoPointers(naive.Lookup(), [grid]).double()
    torch.nn.init.normal_(made.null.judge.weight, std=0.2)
    return made


def pointers(made, batch):
    """[examples][start or end] of {token: logit}, each less its null, by loops."""
    every = []
    for hidden, legal in zip(made.encoder(batch.tokens, batch.attention).tolist(), batch.legal.tolist(), strict=True):
        logits, nulls = oracles.linear(hidden, *naive.plain(made.ends)), questions.null(made.null, hidden, legal)
        every.append([{at: logits[at][end] - nulls[end] for at, yes in enumerate(legal) if yes} for end in range(2)])
    return every


def test_the_loss_is_that_of_two_softmaxes_by_loops():
    batch, made = questions.batch(), model()
    terms = []
    for example, ends in enumerate(pointers(made, batch)):
        gold = [cell[2:] for cell in batch.cells["answer"].tolist() if cell[0] == example]
        for end, logits in enumerate(ends):
            right = [logits[at] for at in {span[end] for span in gold}] or [0.0]
            terms.append(oracles.log_sum_exp([0.0, *logits.values()]) - oracles.log_sum_exp(right))
    assert made.loss(batch).item() == pytest.approx(math.fsum(terms) / len(batch.tokens), rel=1e-12)


@pytest.mark.parametrize("grid", [questions.ANSWER, questions.NARROW])
@pytest.mark.parametrize("threshold", [0.0, -8.0, -math.inf])
@pytest.mark.parametrize("limit", [None, 4])
def test_find_is_what_loops_find(grid, threshold, limit):
    batch, made = questions.batch(grid=grid), model(grid)
    with torch.no_grad():
        made.null.judge.bias.fill_(0.5)
    answered = made.find(batch, threshold=threshold, limit=limit)
    for (starts, ends), found in zip(pointers(made, batch), answered, strict=True):
        every = {(0, i, j): a + b for i, a in starts.items() for j, b in ends.items() if grid.holds(i, j)}
        above = sorted((cell for cell in every if every[cell] > threshold), key=lambda cell: -every[cell])[:limit]
        assert dict(found["answer"]) == pytest.approx({cell: every[cell] for cell in above})


def test_a_threshold_may_be_given_by_grid():
    batch, made = questions.batch(), model()
    assert made.find(batch, threshold={"answer": -3.0}) == made.find(batch, threshold=-3.0)


def test_no_answer_and_no_context_are_finite():
    batch, made = questions.batch((0, 0)), model()
    loss = made.loss(batch)
    assert loss.item() == 0
    loss.backward()
    assert all(each.grad is None or each.grad.isfinite().all() for each in made.parameters())
    assert made.find(batch, threshold=-math.inf) == [{"answer": {}}] * 2


def test_it_is_an_extractor_and_names_gold_that_cannot_be():
    batch, made = questions.batch(), model()
    assert isinstance(made, Extractor)
    wrong = Batch(batch.tokens, batch.attention, batch.legal, {"answer": rows((0, 0, 1, 5))})
    with pytest.raises(AlignmentError, match="row 1, col 5"):
        made.loss(wrong)


def test_float32_inside_autocast():
    batch, made = questions.batch(), model().float()
    exact = made.loss(batch)
    with torch.autocast("cpu", torch.bfloat16):
        loss = made.loss(batch)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, exact)
