import math
from dataclasses import replace

import pytest
import torch
from tests.unit.nn.baselines import naive
from tests.unit.nn.factories import rows

import oracles
from globalpointer.errors import ConfigError
from globalpointer.grid import Cell, Grid
from globalpointer.nn import Batch, Extractor
from globalpointer.nn.baselines.tplinker import TPLinker


def model(grids=None, seed=0, spread=0.3, **options):
    torch.manual_seed(seed)
    made = TPLinker(naive.Lookup(), grids or naive.grids(), dim=6, **options).double()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=spread)
    return made


def vectors(made, batch):
    return made.encoder(batch.tokens, batch.attention).tolist()


def test_it_is_an_extractor():
    assert isinstance(model(), Extractor)


@pytest.mark.parametrize("max_width", [None, 2])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_loss_is_the_cross_entropy_over_all_squares(max_width, reduction):
    grids, (batch, gold) = naive.grids(max_width=max_width), naive.batch()
    made = model(grids, reduction=reduction)
    hidden, legal = vectors(made, batch), batch.legal.tolist()
    labels = sum(len(grid.labels) for grid in grids)
    expected = 0.0
    for grid in grids:
        terms = []
        for example, mask in enumerate(legal):
            for (label, i, j), scores in naive.tplinker_classes(made, grid, hidden[example]).items():
                if oracles.legal(mask, i, j, True, grid.max_width):
                    target = naive.tplinker_target(grid, gold[example][grid.name], label, i, j)
                    terms.append(oracles.log_sum_exp(scores) - scores[target])
        weight = len(grid.labels) / labels / len(terms) if reduction == "mean" else 1 / len(legal)
        expected += math.fsum(terms) * weight
    assert made.loss(batch).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("threshold", [0.0, -0.5, 0.25])
def test_find_is_what_loops_find(threshold):
    batch, _ = naive.batch()
    made = model(spread=0.5)
    found = made.find(batch, threshold=threshold)
    hidden, legal = vectors(made, batch), batch.legal.tolist()
    for example, mask in enumerate(legal):
        for grid in made.grids:
            expected = {}
            for (label, i, j), scores in naive.tplinker_classes(made, grid, hidden[example]).items():
                for kind in range(1, len(scores)):
                    margin = scores[kind] - max(scores[:kind] + scores[kind + 1 :])
                    if margin > threshold and mask[i] and mask[j] and (kind == 1 or i < j):
                        expected[Cell(label, i, j) if kind == 1 else Cell(label, j, i)] = margin
            assert dict(found[example][grid.name]) == pytest.approx(expected)
            assert list(found[example][grid.name]) == sorted(expected)


def test_the_limit_keeps_the_best_of_each_example_and_grid():
    batch, _ = naive.batch()
    made = model(spread=0.5)
    every, few = made.find(batch, threshold=-9.0), made.find(batch, threshold=-9.0, limit=2)
    for example, kept in zip(every, few, strict=True):
        for name, cells in example.items():
            assert sorted(kept[name].values()) == sorted(cells.values())[-2:]


@pytest.mark.parametrize("labels", [("subject", "object"), ("entity",), ("PER", "ORG", "LOC")])
def test_it_learns_eight_sentences_by_heart(labels):
    grids = naive.grids(labels)
    batch, gold = naive.batch((11, 4, 8, 14, 9, 12, 7, 10), labels)
    torch.manual_seed(0)
    made = TPLinker(naive.Lookup(128), grids)
    batch = replace(batch, tokens=torch.arange(batch.tokens.numel()).view(batch.tokens.shape))
    optimizer = torch.optim.Adam(made.parameters(), lr=0.02)
    for _ in range(150):
        optimizer.zero_grad()
        made.loss(batch).backward()
        optimizer.step()
    for found, cells in zip(made.eval().find(batch), gold, strict=True):
        assert {name: set(each) for name, each in found.items()} == cells


def test_of_two_directions_the_forward_one_is_kept():
    grid = Grid("link", ("a",), ordered=False)
    legal = torch.ones(1, 3, dtype=torch.bool)
    both, one = (
        Batch(torch.arange(3)[None], legal, legal, {"link": each})
        for each in (rows((0, 0, 0, 2), (0, 0, 2, 0)), rows((0, 0, 0, 2)))
    )
    made = model((grid,))
    assert torch.equal(made.loss(both), made.loss(one))
    backward = Batch(both.tokens, legal, legal, {"link": rows((0, 0, 2, 0))})
    assert not torch.equal(made.loss(backward), made.loss(one))


def test_ignored_cells_are_no_negatives():
    batch, gold = naive.batch()
    made = model(naive.grids()[:1])
    every = rows(*[(b, t, i, j) for b in range(4) for t in range(2) for i in range(14) for j in range(i, 14)])
    assert made.loss(replace(batch, ignore={"entity": every})).item() == 0.0
    left_out = next((0, 0, i, i) for i in range(1, 10) if (0, i, i) not in gold[0]["entity"])
    expected, terms = made.loss(batch).item(), legal_cells(batch) * 2
    scores = naive.tplinker_classes(made, made.grids[0], vectors(made, batch)[0])[left_out[1:]]
    less = oracles.log_sum_exp(scores) - scores[0]
    found = made.loss(replace(batch, ignore={"entity": rows(left_out)})).item()
    assert found == pytest.approx((expected * terms - less) / (terms - 1))


def legal_cells(batch):
    """How many ordered pairs of legal tokens there are."""
    return sum(n * (n + 1) // 2 for n in batch.legal.sum(1).tolist())


def test_padding_changes_nothing():
    naive.check_padding(model(spread=0.5))


@pytest.mark.parametrize("lengths", [(1,), (3, 1), (2, 2)])
def test_short_texts_and_texts_without_relations(lengths):
    naive.check_finite(model(), lengths)


def test_every_parameter_learns():
    batch, _ = naive.batch()
    made = model()
    made.loss(batch).backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in made.parameters())


def test_entities_come_first_and_then_all_squares_weigh_the_same():
    batch, _ = naive.batch()
    made = model(entity_steps=2)
    entity = model(naive.grids()[:1])
    entity.load_state_dict(made.state_dict(), strict=False)
    first = made.loss(batch).item()
    assert first == pytest.approx(entity.loss(batch).item() * (1 + 2 / 8), rel=1e-9)
    middle, last, more = (made.loss(batch).item() for _ in range(3))
    final = made.eval().loss(batch).item()
    assert last == more == final
    assert middle == pytest.approx((first + final) / 2)
    assert made.passes == 2
    assert made.state_dict()["passes"] == 2


def test_float32_inside_autocast():
    batch, _ = naive.batch()
    made = model().float()
    expected = made.loss(batch)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(made.loss(batch), expected)
    assert expected.dtype == torch.float32


@pytest.mark.parametrize("options", [{"dim": 0}, {"entity_steps": -1}])
def test_impossible_options_are_refused(options):
    with pytest.raises(ConfigError, match="dim >= 1 and entity_steps >= 0"):
        TPLinker(naive.Lookup(), naive.grids(), **options)


def test_a_sum_has_no_schedule():
    with pytest.raises(ConfigError, match='reduction "mean", or "sum" without entity_steps'):
        model(reduction="sum", entity_steps=3)
