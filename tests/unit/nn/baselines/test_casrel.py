from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.nn.baselines import naive
from tests.unit.nn.factories import rows

from globalpointer.errors import ConfigError
from globalpointer.grid import join
from globalpointer.nn import Batch, Extractor
from globalpointer.nn.baselines import casrel
from globalpointer.nn.baselines.casrel import CasRel
from globalpointer.nn.baselines.spans import nearest_spans

LABELS = [("subject", "object"), ("entity",)]


CONDITIONS = ["sum", "norm"]


def model(labels=("subject", "object"), seed=0, max_width=None, condition="sum"):
    torch.manual_seed(seed)
    made = CasRel(naive.Lookup(), naive.grids(labels, max_width), condition=condition).double()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made


def vectors(made, batch):
    return made.encoder(batch.tokens, batch.attention).tolist()


def test_it_is_an_extractor():
    assert isinstance(model(), Extractor)


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("labels", LABELS)
def test_the_loss_is_the_binary_cross_entropy_by_loops(labels, condition, monkeypatch):
    batch, gold = naive.batch(labels=labels)
    made = model(labels, condition=condition)
    monkeypatch.setattr(torch, "rand", lambda size, device: torch.arange(size, 0, -1) / size)
    first = [min((cell[1:] for cell in subjects_of(made, cells)), default=None) for cells in gold]
    expected = naive.casrel_loss(made, vectors(made, batch), batch.legal.tolist(), gold, first)
    assert made.loss(batch).item() == pytest.approx(expected, rel=1e-12)


def subjects_of(made, cells):
    """The entity cells that are the subject of a triple."""
    entities = cells[naive.ENTITY]
    subjects, objects = ([each[1:] for each in entities if each[0] == end] for end in (0, made.object_type))
    found = {subject for subject, _, _ in join(subjects, objects, cells[naive.HEAD], cells[naive.TAIL])}
    return {(0, *subject) for subject in found}


def test_every_subject_is_drawn():
    batch, gold = naive.batch((11,))
    made = model()
    subjects = subjects_of(made, gold[0])
    assert len(subjects) > 1
    losses = {round(made.loss(batch).item(), 9) for _ in range(40)}
    assert len(losses) == len(subjects)


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("together", [1, 256])
@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("threshold", [(0.0, 0.0, 0.0), (-0.4, 0.3, -0.2), (9.0, 0.0, 0.0), (-9.0, 9.0, -9.0)])
def test_find_is_what_loops_find(labels, threshold, together, condition, monkeypatch):
    monkeypatch.setattr(casrel, "TOGETHER", together)
    batch, _ = naive.batch(labels=labels)
    made = model(labels, condition=condition)
    limits = dict(zip(casrel.GRIDS, threshold, strict=True))
    found = made.find(batch, threshold=limits)
    for example, (hidden, legal) in enumerate(zip(vectors(made, batch), batch.legal.tolist(), strict=True)):
        expected = naive.casrel_cells(made, hidden, legal, limits)
        for name, cells in expected.items():
            assert dict(found[example][name]) == pytest.approx(cells)
            assert list(found[example][name]) == sorted(cells)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=8))
def test_a_start_goes_with_the_nearest_end(marks):
    logits = torch.tensor([[[float(start) for start, _ in marks]], [[float(end) for _, end in marks]]])[None]
    over = torch.full((1,), 0.5)
    spans = nearest_spans(logits, over, over)
    starts, ends = ([float(each[at]) for each in marks] for at in range(2))
    expected = naive.nearest_ends(starts, ends, [True] * len(marks), 0.5, 0.5)
    assert list(zip(spans.first.tolist(), spans.last.tolist(), strict=True)) == expected


def test_thresholds_of_each_predicate():
    batch, _ = naive.batch()
    made = model()
    over = torch.tensor([9e9, 0.0, 9e9])
    found = made.find(batch, threshold={naive.HEAD: over})
    assert {cell.type for example in found for cell in example[naive.HEAD]} == {1}
    assert {cell.type for example in found for cell in example[naive.TAIL]} == {1}


def test_spans_are_no_wider_than_the_grid():
    batch, _ = naive.batch()
    found = model(max_width=2).find(batch, threshold=-0.2)
    widths = {cell.col - cell.row for example in found for cell in example[naive.ENTITY]}
    assert widths == {0, 1}


def test_the_limit_holds_for_each_example_and_grid():
    batch, _ = naive.batch()
    found = model().find(batch, threshold=-9.0, limit=2)
    assert {len(cells) for example in found for cells in example.values()} == {2}


@pytest.mark.parametrize("labels", LABELS)
def test_it_learns_eight_sentences_by_heart(labels):
    batch, gold = naive.batch((11, 4, 8, 14, 9, 12, 7, 10), labels)
    batch = replace(batch, tokens=torch.arange(batch.tokens.numel()).view(batch.tokens.shape))
    torch.manual_seed(0)
    made = CasRel(naive.Lookup(128), naive.grids(labels))
    optimizer = torch.optim.Adam(made.parameters(), lr=0.02)
    for _ in range(400):
        optimizer.zero_grad()
        made.loss(batch).backward()
        optimizer.step()
    for found, cells in zip(made.eval().find(batch), gold, strict=True):
        assert {name: set(each) for name, each in found.items()} == cells


@pytest.mark.parametrize("seed", range(5))
def test_two_pairs_of_one_predicate_cannot_be_told_from_their_crossing(seed):
    made = model(seed=seed)
    hidden = torch.randn(1, 4, 24, dtype=torch.float64)
    subjects = torch.tensor([[0, 0, 0], [0, 2, 2]])
    logits = made._object_logits(hidden, torch.ones(1, 4, dtype=torch.bool), subjects)
    straight, crossed = logits[0, ..., 1] + logits[1, ..., 3], logits[0, ..., 3] + logits[1, ..., 1]
    torch.testing.assert_close(straight, crossed)


def test_by_a_norm_it_tells_two_pairs_of_one_predicate_from_their_crossing():
    triples = [((1, 1), 0, (2, 2)), ((3, 3), 0, (4, 5)), ((4, 5), 0, (1, 1))]
    cells = naive.cells_of(triples)
    legal = torch.ones(1, 7, dtype=torch.bool)
    batch = Batch(torch.arange(7)[None], legal, legal, {n: rows(*((0, *c) for c in each)) for n, each in cells.items()})
    learned = {}
    for condition in CONDITIONS:
        torch.manual_seed(0)
        made = CasRel(naive.Lookup(), naive.grids(), condition=condition)
        optimizer = torch.optim.Adam(made.parameters(), lr=0.02)
        for _ in range(300):
            optimizer.zero_grad()
            made.loss(batch).backward()
            optimizer.step()
        (found,) = made.find(batch)
        learned[condition] = {name: set(each) for name, each in found.items()} == cells
    assert learned == {"sum": False, "norm": True}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_padding_changes_nothing(condition):
    naive.check_padding(model(condition=condition))


@pytest.mark.parametrize("lengths", [(1,), (3, 1), (2, 2)])
def test_short_texts_and_texts_without_relations(lengths):
    naive.check_finite(model(), lengths)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_parameter_learns(condition):
    batch, _ = naive.batch()
    made = model(condition=condition)
    made.loss(batch).backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in made.parameters())


def test_dropout_stands_between_encoder_and_taggers():
    batch, _ = naive.batch()
    made = CasRel(naive.Lookup(), naive.grids(), dropout=0.5)
    assert made.train().find(batch, threshold=-6.0) != made.eval().find(batch, threshold=-6.0)
    assert made.find(batch) == made.find(batch)


def test_float32_inside_autocast():
    batch, _ = naive.batch((11, 4))
    made = model().float()
    torch.manual_seed(1)
    expected = made.loss(batch)
    torch.manual_seed(1)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(made.loss(batch), expected)
    assert expected.dtype == torch.float32


def test_what_is_no_number_at_padding_stays_there():
    batch, _ = naive.batch()
    made = model()
    with torch.no_grad():
        made.encoder.table.weight[0] = float("nan")
    assert not batch.legal[batch.tokens == 0].any()
    assert made.loss(batch).isfinite()
    made.find(batch, threshold=-9.0)


@pytest.mark.parametrize(
    ("grids", "message"),
    [
        (naive.grids()[:1], "needs the grids entity, relation.head, relation.tail"),
        (naive.grids(("PER", "ORG", "LOC")), 'found 3, PER, ORG, LOC: set entities = "roles"'),
        (naive.grids(("PER", "ORG")), 'set entities = "roles"'),
    ],
)
def test_tasks_it_cannot_do_are_refused(grids, message):
    with pytest.raises(ConfigError, match=message):
        CasRel(naive.Lookup(), grids)


def test_an_unknown_condition_is_refused():
    with pytest.raises(ConfigError, match=r'"sum" or "norm", not .product.'):
        model(condition="product")


def test_gold_that_does_not_exist_is_refused():
    batch, _ = naive.batch()
    with pytest.raises(ValueError, match=r"relation\.head"):
        model().loss(replace(batch, cells={**batch.cells, naive.HEAD: rows((0, 0, 0, 1))}))
