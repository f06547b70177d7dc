"""The Globally Normalized Reader against a search by loops."""

import itertools
import math

import pytest
import torch
from tests.unit.nn.baselines import naive, questions
from tests.unit.nn.factories import rows

import oracles
from globalpointer.errors import ConfigError
from globalpointer.nn import Batch
from globalpointer.nn.baselines.gnr import GloballyNormalizedReader
from globalpointer.nn.contracts import Extractor


def model(grid=questions.ANSWER, **options):
    torch.manual_seed(0)
    made = GloballyNormalizedReader(naive.Lookup(), [grid], **{"beam": 3, "size": 5, **options}).double()
    torch.nn.init.normal_(made.null.judge.weight, std=0.2)
    return made


def search(made, batch):
    """For each window the steps [{path: logit} of all candidates], and the last beam; a path is a tuple that grows."""
    every = []
    hiddens = made.encoder(batch.tokens, batch.attention).tolist()
    for example, (hidden, legal) in enumerate(zip(hiddens, batch.legal.tolist(), strict=True)):
        null = questions.null(made.null, hidden, legal)[0]
        sentences = {}
        for at, yes in enumerate(legal):
            if yes:
                number = 0 if batch.sentences is None else batch.sentences[example, at].item()
                sentences.setdefault(number, []).append(at)

        def linear(layer, *vectors):
            return oracles.linear([list(itertools.chain(*vectors))], *naive.plain(layer))[0]

        first = {(s,): linear(made.sentence, hidden[own[0]], hidden[own[-1]])[0] - null for s, own in sentences.items()}
        second = {
            (s, i): logit + linear(made.start, hidden[i])[0] for (s,), logit in best(first, made) for i in sentences[s]
        }
        third = {}
        for (s, i), logit in best(second, made):
            for j in sentences[s]:
                if made.grid.holds(i, j):
                    layer = list(map(math.tanh, linear(made.combine, hidden[i], hidden[j])))
                    third[s, i, j] = logit + linear(made.end, layer)[0]
        every.append(([first, second, third], dict(best(third, made))))
    return every


def best(paths, made):
    return sorted(paths.items(), key=lambda item: -item[1])[: made.beam]


def naive_loss(made, batch):
    """The mean over windows that are learned from, and which step gave the loss of each of them; 4 is the last beam."""
    terms, steps = [], []
    for example, (candidates, beam) in enumerate(search(made, batch)):
        gold = [tuple(cell[2:]) for cell in batch.cells["answer"].tolist() if cell[0] == example]
        of = [0] * batch.tokens.shape[1] if batch.sentences is None else batch.sentences[example].tolist()
        paths = {(of[i], i, j) for i, j in gold if of[i] == of[j]}
        if gold and not paths:
            continue
        stages = [*candidates, beam]
        number = 4
        if paths:
            kept = [[path for path, _ in best(stage, made)] for stage in candidates]
            on_the_way = [{path[: size + 1] for path in paths} & set(kept[size]) for size in range(3)]
            number = next((size + 1 for size in range(3) if not on_the_way[size]), 4)
        stage = stages[number - 1]
        right = [logit for path, logit in stage.items() if path in {each[: len(path)] for each in paths}] or [0.0]
        terms.append(oracles.log_sum_exp([0.0, *stage.values()]) - oracles.log_sum_exp(right))
        steps.append(number)
    return math.fsum(terms) / max(1, len(terms)), steps


@pytest.mark.parametrize("beam", [1, 2, 3, 50])
@pytest.mark.parametrize("sentences", [True, False])
@pytest.mark.parametrize("grid", [questions.ANSWER, questions.NARROW])
def test_the_loss_is_that_of_a_search_by_loops(beam, sentences, grid):
    made = model(grid, beam=beam)
    for seed in range(4):
        batch = questions.batch(grid=grid, seed=seed, sentences=sentences)
        expected, _ = naive_loss(made, batch)
        assert made.loss(batch).item() == pytest.approx(expected, rel=1e-10)


def test_every_early_update_happens_in_these_tests():
    steps = {each for beam in (1, 2, 3) for seed in range(4) for each in seen(beam, seed)}
    assert steps == {1, 2, 3, 4}


def seen(beam, seed):
    return naive_loss(model(beam=beam), questions.batch(seed=seed))[1]


@pytest.mark.parametrize("threshold", [0.0, -2.0, -math.inf])
@pytest.mark.parametrize("limit", [None, 2])
@pytest.mark.parametrize("grid", [questions.ANSWER, questions.NARROW])
def test_find_is_the_last_beam_above_the_threshold(threshold, limit, grid):
    batch, made = questions.batch(grid=grid), model(grid, beam=6)
    for (_, beam), found in zip(search(made, batch), made.find(batch, threshold=threshold, limit=limit), strict=True):
        above = {(0, *path[1:]): logit for path, logit in list(beam.items())[:limit] if logit > threshold}
        assert dict(found["answer"]) == pytest.approx(above)


def test_a_beam_that_holds_everything_is_a_softmax_over_all_cells_within_sentences():
    batch, made = questions.batch(), model(beam=500)
    terms = []
    for example, found in enumerate(made.find(batch, threshold=-math.inf)):
        scored = found["answer"]
        right = [scored[tuple(cell[1:])] for cell in batch.cells["answer"].tolist() if cell[0] == example]
        terms.append(oracles.log_sum_exp([0.0, *scored.values()]) - oracles.log_sum_exp(right or [0.0]))
    assert made.loss(batch).item() == pytest.approx(math.fsum(terms) / len(terms), rel=1e-10)


def test_a_window_whose_answers_all_cross_a_border_is_left_out():
    batch, made = questions.batch((9, 4)), model()
    of = batch.sentences[0].tolist()
    border = next(at for at in range(questions.QUESTION, questions.QUESTION + 8) if of[at] != of[at + 1])
    crossing = {"answer": rows((0, 0, border, border + 1))}
    first, second, both = slice(0, 1), slice(1, 2), slice(0, 2)
    assert made.loss(some(batch, both, crossing)).item() == pytest.approx(made.loss(some(batch, second)).item())
    alone = made.loss(some(batch, first, crossing))
    assert alone.item() == 0
    alone.backward()
    assert all(each.grad is None or each.grad.isfinite().all() for each in made.parameters())


def some(batch, examples, cells=None):
    """Some windows of a batch, without gold or with this."""
    tensors = (each[examples] for each in (batch.tokens, batch.attention, batch.legal))
    return Batch(*tensors, cells or {"answer": rows()}, sentences=batch.sentences[examples])


@pytest.mark.parametrize("beam", [1, 3])
def test_gradients_are_finite_and_reach_every_weight(beam):
    batch, made = questions.batch(), model(beam=beam)
    made.loss(batch).backward()
    assert all(each.grad.isfinite().all() for each in made.parameters())
    assert all(each.grad.any() for each in made.null.parameters())


def test_no_context_is_finite():
    batch, made = questions.batch((0, 0)), model()
    loss = made.loss(batch)
    assert loss.item() == 0
    loss.backward()
    assert made.find(batch, threshold=-math.inf) == [{"answer": {}}] * 2


def test_the_null_begins_at_the_log_of_the_beam():
    made = GloballyNormalizedReader(naive.Lookup(), [questions.ANSWER], beam=16)
    assert made.null.judge.bias.item() == pytest.approx(math.log(16))
    assert isinstance(made, Extractor)


@pytest.mark.parametrize("options", [{"beam": 0}, {"size": 0}])
def test_an_impossible_size_is_refused(options):
    with pytest.raises(ConfigError, match="at least 1"):
        model(**options)


def test_float32_inside_autocast():
    batch, made = questions.batch(), model().float()
    exact = made.loss(batch)
    with torch.autocast("cpu", torch.bfloat16):
        loss = made.loss(batch)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, exact)
