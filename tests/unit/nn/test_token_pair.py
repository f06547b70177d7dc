import pytest
import torch
from tests.unit.nn.factories import rows
from torch import nn

from globalpointer.errors import ConfigError
from globalpointer.grid import Cell
from globalpointer.nn import Batch, EfficientGlobalPointer, GlobalPointer, TokenPairModel, multilabel_crossentropy
from globalpointer.nn.token_pair import best_types


class Lookup(nn.Module):
    """The simplest encoder: a vector for each token id."""

    hidden = 8

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 8)

    def forward(self, tokens, attention):
        return self.table(tokens) * attention[..., None]


@pytest.fixture
def model():
    torch.manual_seed(0)
    heads = {"entity": EfficientGlobalPointer(8, 3, dim=4), "relation.head": GlobalPointer(8, 2, dim=4, ordered=False)}
    return TokenPairModel(Lookup(), heads, reductions={"relation.head": "sum"})


@pytest.fixture
def batch():
    attention = torch.tensor([[True] * 5, [True, True, True, False, False]])
    legal = torch.tensor([[False, True, True, True, False], [False, True, False, False, False]])
    cells = {"entity": rows((0, 1, 1, 2), (1, 0, 1, 1)), "relation.head": rows((0, 1, 3, 1))}
    return Batch(torch.arange(10).view(2, 5), attention, legal, cells)


def test_the_loss_adds_the_reduced_losses_of_the_grids(model, batch):
    scores = model.scores(batch)
    entity, relation = (multilabel_crossentropy(scores[name], batch.cells[name]) for name in model.grids)
    torch.testing.assert_close(model.loss(batch), entity.mean() + relation.sum(-1).mean())


def test_targets_and_ignored_cells_reach_the_loss(model, batch):
    targets = {"entity": torch.tensor([0.5, 1.0])}
    ignore = {"entity": rows((0, 0, 1, 1))}
    changed = Batch(batch.tokens, batch.attention, batch.legal, batch.cells, targets, ignore)
    scores = model.scores(batch)["entity"]
    plain = multilabel_crossentropy(scores, batch.cells["entity"]).mean()
    soft = multilabel_crossentropy(
        scores, batch.cells["entity"], targets=targets["entity"], ignore=ignore["entity"]
    ).mean()
    torch.testing.assert_close(model.loss(changed) - model.loss(batch), soft - plain)


def test_find_gives_each_example_its_cells_by_grid(model, batch):
    found = model.find(batch, threshold={"entity": torch.full((3,), -0.5), "relation.head": 0.1})
    scores = model.scores(batch)
    limits = {"entity": -0.5, "relation.head": 0.1}
    assert len(found) == 2
    for name, limit in limits.items():
        logits = scores[name].logits()
        for example, cells in enumerate(found):
            places = (logits[example] > limit).nonzero().tolist()
            assert list(cells[name]) == [Cell(*place) for place in places]
            assert list(cells[name].values()) == pytest.approx(
                [logits[example][tuple(place)].item() for place in places]
            )


def test_the_limit_holds_for_each_example_and_grid(model, batch):
    found = model.find(batch, threshold=-100.0, limit=3)
    assert [[len(cells) for cells in example.values()] for example in found] == [[3, 3], [3, 2]]


def test_the_head_and_the_loss_are_float32_inside_autocast(model, batch):
    expected = model.loss(batch)
    with torch.autocast("cpu", torch.bfloat16):
        found = model.loss(batch)
        assert all(scores.logits().dtype == torch.float32 for scores in model.scores(batch).values())
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected)
    found.backward()
    assert all(parameter.grad.isfinite().all() for parameter in model.parameters())


def test_dropout_stands_between_encoder_and_heads(model, batch):
    dropped = TokenPairModel(model.encoder, dict(zip(model.grids, model.heads.values(), strict=True)), dropout=0.5)
    assert dropped.eval().find(batch) == model.find(batch)
    dropped.train()
    torch.manual_seed(1)
    assert dropped.find(batch) != model.find(batch)


def test_the_names_of_parameters_are_stable(model):
    assert sorted(model.state_dict()) == [
        "encoder.table.weight",
        "heads.entity.project.bias",
        "heads.entity.project.weight",
        "heads.entity.typing.bias",
        "heads.entity.typing.weight",
        "heads.relation-head.project.bias",
        "heads.relation-head.project.weight",
    ]


def test_a_batch_without_gold_for_a_grid_is_refused(model, batch):
    with pytest.raises(ValueError, match=r"relation\.head"):
        model.loss(Batch(batch.tokens, batch.attention, batch.legal, {"entity": rows()}))


@pytest.mark.parametrize(
    "options", [{"reductions": {"entity": "max"}}, {"reductions": {"x": "sum"}}, {"losses": {"x": sum}}]
)
def test_unknown_options_are_refused(options):
    with pytest.raises(ConfigError):
        TokenPairModel(Lookup(), {"entity": GlobalPointer(8, 1)}, **options)


def test_of_the_types_of_a_pair_only_the_best_is_found_where_they_compete(model, batch):
    every = model.find(batch, threshold=-100.0)
    model.exclusive = True
    for limit in (None, 1, 2, 4):
        for one, all_types in zip(model.find(batch, threshold=-100.0, limit=limit), every, strict=True):
            for name, cells in one.items():
                best = {}
                for cell, logit in all_types[name].items():
                    best[cell.row, cell.col] = max(best.get((cell.row, cell.col), (-1e9, cell)), (logit, cell))
                ranked = sorted(best.values(), reverse=True)[:limit]
                assert list(cells) == sorted(cell for _, cell in ranked)
                assert all(all_types[name][cell] == logit for cell, logit in cells.items())


def test_of_equally_good_types_the_first_is_found():
    tied = {Cell(0, 1, 2): 1.0, Cell(1, 1, 2): 1.0, Cell(2, 1, 2): 0.5, Cell(2, 0, 0): 1.0}
    assert best_types(tied) == {Cell(0, 1, 2): 1.0, Cell(2, 0, 0): 1.0}
    assert best_types(tied, 1) == {Cell(0, 1, 2): 1.0}
