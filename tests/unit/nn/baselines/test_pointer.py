import math

import pytest
import torch
from tests.unit.nn.baselines import naive
from tests.unit.nn.factories import rows

import oracles
from globalpointer.errors import ConfigError
from globalpointer.nn import Batch
from globalpointer.nn.baselines.pointer import PointerNetwork

LABELS = ("subject", "object")


def model(**options):
    torch.manual_seed(0)
    made = PointerNetwork(naive.Lookup(), naive.grids()[:1], **options).double()
    torch.nn.init.normal_(made.ends.bias, std=0.5)
    return made


def planes(made, batch):
    """[examples][start or end][label][token] of logits, by loops."""
    every = []
    for hidden in made.encoder(batch.tokens, batch.attention).tolist():
        logits = oracles.linear(hidden, *naive.plain(made.ends))
        every.append(
            [[[token[end * len(LABELS) + kind] for token in logits] for kind in range(len(LABELS))] for end in range(2)]
        )
    return every


def test_the_binary_loss_is_the_mean_by_loops():
    batch, gold = naive.batch()
    made = model()
    terms = []
    for own, legal, cells in zip(planes(made, batch), batch.legal.tolist(), gold, strict=True):
        for end, kinds in enumerate(own):
            for kind, logits in enumerate(kinds):
                marks = {cell[1 + end] for cell in cells["entity"] if cell[0] == kind}
                terms += [
                    -math.log(oracles.sigmoid(logit if token in marks else -logit))
                    for token, logit in enumerate(logits)
                    if legal[token]
                ]
    assert made.loss(batch).item() == pytest.approx(math.fsum(terms) / batch.legal.sum().item(), rel=1e-12)


def test_the_multilabel_loss_is_the_mean_over_examples_by_loops():
    batch, gold = naive.batch()
    made = model(loss="multilabel")
    terms = []
    for own, legal, cells in zip(planes(made, batch), batch.legal.tolist(), gold, strict=True):
        for end, kinds in enumerate(own):
            for kind, logits in enumerate(kinds):
                marks = {cell[1 + end] for cell in cells["entity"] if cell[0] == kind}
                terms.append(oracles.log_sum_exp([0.0, *(-logits[token] for token in marks)]))
                others = (x for token, x in enumerate(logits) if legal[token] and token not in marks)
                terms.append(oracles.log_sum_exp([0.0, *others]))
    assert made.loss(batch).item() == pytest.approx(math.fsum(terms) / len(gold), rel=1e-12)


@pytest.mark.parametrize("threshold", [(0.0, 0.0), (-0.4, 0.3), (9.0, -9.0)])
def test_find_is_what_loops_find(threshold):
    batch, _ = naive.batch((30, 24))
    made = model()
    found = made.find(batch, threshold={"entity": torch.tensor(threshold)})
    for own, legal, each in zip(planes(made, batch), batch.legal.tolist(), found, strict=True):
        expected = {}
        for kind, over in enumerate(threshold):
            starts, ends = own[0][kind], own[1][kind]
            for first, last in naive.nearest_ends(starts, ends, legal, over, over):
                expected[kind, first, last] = min(starts[first], ends[last])
        assert dict(each["entity"]) == pytest.approx(expected)


@pytest.mark.parametrize("within", [((0, 1, 2), (0, 1, 4)), ((0, 2, 3), (0, 1, 4))])
def test_of_two_nested_entities_of_a_label_one_is_lost(within):
    legal = torch.ones(1, 6, dtype=torch.bool)
    batch = Batch(torch.arange(6)[None], legal, legal, {"entity": rows(*((0, *cell) for cell in within))})
    made = model()
    optimizer = torch.optim.Adam(made.parameters(), lr=0.05)
    for _ in range(100):
        optimizer.zero_grad()
        made.loss(batch).backward()
        optimizer.step()
    (found,) = made.find(batch)
    assert within[0] in found["entity"]
    assert within[1] not in found["entity"]


@pytest.mark.parametrize(("loss", "prior"), [("bce", 0.01), ("multilabel", 0.5)])
def test_a_binary_loss_begins_at_the_prior(loss, prior):
    made = PointerNetwork(naive.Lookup(), naive.grids()[:1], loss=loss)
    assert made.ends.bias.sigmoid().tolist() == pytest.approx([prior] * 4)


def test_an_unknown_loss_is_refused():
    with pytest.raises(ConfigError, match=r'"bce" or "multilabel", not .hinge.'):
        model(loss="hinge")
