import math
from dataclasses import replace

import pytest
import torch
from seqeval.metrics.sequence_labeling import get_entities
from tests.unit.nn.baselines import naive
from tests.unit.nn.factories import rows

import oracles
from globalpointer.errors import AlignmentError
from globalpointer.nn.baselines.softmax import SoftmaxTagger

LABELS = ("subject", "object")


def model(**options):
    torch.manual_seed(0)
    return SoftmaxTagger(naive.Lookup(), naive.grids()[:1], **options).double()


def scores(made, batch):
    """[examples][legal tokens][tags] of scores, by loops."""
    hidden = made.encoder(batch.tokens, batch.attention)
    return [
        oracles.linear(own[mask].tolist(), *naive.plain(made.tag))
        for own, mask in zip(hidden, batch.legal, strict=True)
    ]


def test_the_loss_is_the_mean_cross_entropy_by_loops():
    batch, gold = naive.batch()
    made = model()
    terms = []
    for own, cells in zip(scores(made, batch), gold, strict=True):
        tags = {
            row + at - 1: 2 * kind + 1 + (at > 0) for kind, row, col in cells["entity"] for at in range(col - row + 1)
        }
        terms += [oracles.log_sum_exp(row) - row[tags.get(at, 0)] for at, row in enumerate(own)]
    assert len(terms) == batch.legal.sum()
    assert made.loss(batch).item() == pytest.approx(math.fsum(terms) / len(terms), rel=1e-12)


def test_the_logit_is_the_least_margin_of_the_tokens():
    batch, _ = naive.batch((30, 24))
    made = model(constrained=False)
    margins = [[sorted(row)[-1] - sorted(row)[-2] for row in own] for own in scores(made, batch)]
    found = [(example, *each) for example, own in enumerate(made.find(batch)) for each in own["entity"].items()]
    assert any(cell.col > cell.row for _, cell, _ in found)
    for example, cell, logit in found:
        # [CLS] stands before the first legal token
        assert logit == pytest.approx(min(margins[example][cell.row - 1 : cell.col]))


def test_the_answer_is_the_best_legal_sequence_of_all():
    batch, _ = naive.batch((4, 3, 5))
    made = model()
    found = made.find(batch)
    for example, own in enumerate(scores(made, batch)):
        free = [0.0] * len(own[0])
        every = oracles.crf_paths(own, free, [free] * len(free), free)
        legal = {path: score for path, score in every.items() if oracles.bio_legal(path)}
        best = max(legal, key=legal.__getitem__)
        places = batch.legal[example].nonzero()[:, 0].tolist()
        names = oracles.bio_names(best, LABELS)
        cells = sorted(found[example]["entity"].items(), key=lambda each: each[0].row)
        assert [(LABELS[c.type], places.index(c.row), places.index(c.col)) for c, _ in cells] == get_entities(names)
        for cell, logit in cells:
            covered = range(places.index(cell.row), places.index(cell.col) + 1)
            others = [max(score for path, score in legal.items() if path[at] != best[at]) for at in covered]
            assert logit == pytest.approx(legal[best] - max(others))
    free = model(constrained=False)
    assert free.find(batch) != found
    assert torch.equal(free.loss(batch), made.loss(batch))


def test_gold_that_does_not_exist_is_refused():
    batch, _ = naive.batch()
    with pytest.raises(AlignmentError, match="row 0, col 1"):
        model().loss(replace(batch, cells={"entity": rows((0, 0, 0, 1))}))
