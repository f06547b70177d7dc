"""Laws of the systems that tag tokens or point at them: CRF against enumeration, spans against seqeval, one contract."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from tests.unit.nn.baselines import naive
from tests.unit.nn.factories import rows
from torchcrf import CRF

import oracles
from globalpointer.build import EXTRACTORS
from globalpointer.errors import ConfigError
from globalpointer.nn import Batch, Extractor
from globalpointer.nn.baselines import tags
from globalpointer.nn.baselines.paths import best_path, only_legal

SYSTEMS = ("softmax", "crf", "pointer")
LABELS = ("subject", "object")
NAMES = ("a", "b", "c")
SEEDS = st.integers(0, 10**6)


def model(name, seed=0, max_width=None, **options):
    torch.manual_seed(seed)
    made = EXTRACTORS[name](naive.Lookup(), naive.grids(LABELS, max_width)[:1], **options).double()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made


def chain(seed, types, *lengths):
    """Random scores of a chain, in float64: (scores, mask), (start, transitions, end)."""
    random = torch.Generator().manual_seed(seed)
    count = 1 + 2 * types
    sizes = [(len(lengths), max(lengths), count), (count,), (count, count), (count,)]
    scores, *weights = (torch.randn(size, generator=random, dtype=torch.float64) * 2 for size in sizes)
    return (scores, torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]), weights


@settings(max_examples=40)
@given(SEEDS, st.sampled_from([(1, 5, 2, 1), (2, 3, 4), (1, 1)]), st.booleans())
def test_the_best_path_and_its_margins_are_those_of_enumeration(seed, sizes, constrained) -> None:
    (scores, mask), (start, transitions, end) = chain(seed, *sizes)
    allowed = start, transitions
    if constrained:
        allowed = only_legal(start, transitions)
    path, margins = best_path(scores, mask, *allowed, end)
    for example, length in enumerate(mask.sum(1).tolist()):
        every = oracles.crf_paths(*(each.tolist() for each in (scores[example, :length], start, transitions, end)))
        every = {each: score for each, score in every.items() if not constrained or oracles.bio_legal(each)}
        best = max(every, key=every.__getitem__)
        assert tuple(path[example, :length].tolist()) == best
        for place in range(length):
            other = max(score for each, score in every.items() if each[place] != best[place])
            assert margins[example, place].item() == pytest.approx(every[best] - other, abs=1e-9)


@settings(max_examples=40)
@given(SEEDS, st.integers(1, 4), st.lists(st.integers(1, 12), min_size=1, max_size=5))
def test_the_best_path_is_that_of_pytorch_crf(seed, types, lengths) -> None:
    (scores, mask), weights = chain(seed, types, *lengths)
    theirs = CRF(1 + 2 * types, batch_first=True).double()
    with torch.no_grad():
        for mine, other in zip(
            weights, (theirs.start_transitions, theirs.transitions, theirs.end_transitions), strict=True
        ):
            other.copy_(mine)
        path, margins = best_path(scores, mask, *weights)
        assert [each[own].tolist() for each, own in zip(path, mask, strict=True)] == theirs.decode(scores, mask=mask)
    assert (margins[mask] > 0).all()


@given(st.lists(st.lists(st.integers(0, 2 * len(NAMES)), min_size=4, max_size=4), min_size=1, max_size=4))
def test_any_tags_have_the_spans_that_seqeval_reads(tagged) -> None:
    spans, logits = tags.decode(torch.tensor(tagged), torch.arange(4.0 * len(tagged)).view(-1, 4))
    for example, own in enumerate(tagged):
        mine = [(NAMES[kind], first, last) for at, kind, first, last in spans.tolist() if at == example]
        assert mine == get_entities(oracles.bio_names(own, NAMES))
    assert logits.tolist() == [4.0 * example + first for example, _, first, _ in spans.tolist()]


@settings(max_examples=25)
@given(SEEDS, st.sampled_from(["softmax", "crf"]))
def test_what_a_tagger_finds_is_what_seqeval_reads_from_its_tags(seed, name) -> None:
    batch, _ = naive.batch()
    made = model(name, seed, constrained=False)
    with torch.no_grad():
        scores = made.tag(made.encoder(batch.tokens, batch.attention))
    for example, own in enumerate(made.find(batch)):
        places = batch.legal[example].nonzero()[:, 0].tolist()
        if name == "crf":
            (best,) = made.chain.decode(
                scores[example, places][None], mask=torch.ones(1, len(places), dtype=torch.bool)
            )
        else:
            best = scores[example, places].argmax(-1).tolist()
        expected = get_entities(oracles.bio_names(best, LABELS))
        assert [
            (LABELS[c.type], places.index(c.row), places.index(c.col))
            for c in sorted(own["entity"], key=lambda c: c.row)
        ] == expected


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("reduction", ["mean", "token_mean"])
def test_the_loss_of_the_crf_is_that_of_enumeration(seed, reduction) -> None:
    batch, gold = naive.batch((6, 4, 7))
    made = model("crf", seed, reduction=reduction)
    scores = made.tag(made.encoder(batch.tokens, batch.attention))
    surprise, tokens = [], 0
    weights = [
        each.tolist() for each in (made.chain.start_transitions, made.chain.transitions, made.chain.end_transitions)
    ]
    for example, cells in enumerate(gold):
        places = batch.legal[example].nonzero()[:, 0].tolist()
        path = [0] * len(places)
        for kind, row, col in cells["entity"]:
            first, last = places.index(row), places.index(col)
            path[first : last + 1] = [1 + 2 * kind] + [2 + 2 * kind] * (last - first)
        every = oracles.crf_paths(scores[example, places].tolist(), *weights)
        surprise.append(oracles.log_sum_exp(list(every.values())) - every[tuple(path)])
        tokens += len(places)
    expected = math.fsum(surprise) / (tokens if reduction == "token_mean" else len(gold))
    assert made.loss(batch).item() == pytest.approx(expected, rel=1e-12)


# ── one contract ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SYSTEMS)
def test_each_is_an_extractor_of_entities_alone(name) -> None:
    assert isinstance(model(name), Extractor)
    with pytest.raises(ConfigError, match="finds entities and nothing else"):
        EXTRACTORS[name](naive.Lookup(), naive.grids())


@pytest.mark.parametrize("name", SYSTEMS)
def test_each_learns_eight_sentences_by_heart(name) -> None:
    batch, gold = naive.batch((11, 4, 8, 14, 9, 12, 7, 10))
    tokens = torch.arange(batch.tokens.numel()).view(batch.tokens.shape)
    batch = Batch(tokens, batch.attention, batch.legal, batch.cells)
    torch.manual_seed(0)
    made = EXTRACTORS[name](naive.Lookup(128), naive.grids(LABELS)[:1])
    optimizer = torch.optim.Adam(made.parameters(), lr=0.03)
    for _ in range(60):
        optimizer.zero_grad()
        made.loss(batch).backward()
        assert all(weight.grad.isfinite().all() and weight.grad.any() for weight in made.parameters())
        optimizer.step()
    assert [set(each["entity"]) for each in made.find(batch)] == [each["entity"] for each in gold]


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_threshold_keeps_what_is_over_it_and_a_limit_the_best(name) -> None:
    batch, _ = naive.batch((30, 24))
    made = model(name)
    whole = [each["entity"] for each in made.find(batch)]
    logits = sorted(logit for each in whole for logit in each.values())
    assert len(logits) > 6
    assert all(logit >= 0 for logit in logits)
    if name != "pointer":
        # A start may go with another end, where less ends are left
        # In the widest gap: margins of one other path are equal but for a rounding
        _, middle = max((over - under, (over + under) / 2) for under, over in itertools.pairwise(logits))
        kept = [{cell: logit for cell, logit in each.items() if logit >= middle} for each in whole]
        for threshold in (middle, {"entity": middle}, {"entity": torch.full((2,), middle, dtype=torch.float64)}):
            assert [each["entity"] for each in made.find(batch, threshold=threshold)] == kept
    only = made.find(batch, threshold={"entity": torch.tensor([9e9, 0.0])})
    assert [each["entity"] for each in only] == [{c: x for c, x in each.items() if c.type == 1} for each in whole]
    for each, best in zip(whole, made.find(batch, limit=2), strict=True):
        assert sorted(best["entity"].values()) == sorted(each.values())[-2:]


@pytest.mark.parametrize("name", SYSTEMS)
def test_spans_are_no_wider_than_the_grid(name) -> None:
    batch, _ = naive.batch((30, 24))
    widths = [
        {c.col - c.row for each in model(name, max_width=w).find(batch) for c in each["entity"]} for w in (None, 1)
    ]
    assert max(widths[0]) > 0
    assert widths[1] == {0}


@pytest.mark.parametrize("name", SYSTEMS)
def test_padding_and_what_is_no_number_there_change_nothing(name) -> None:
    batch, _ = naive.batch((11, 4, 8, 14))
    made = model(name)
    with torch.no_grad():
        made.encoder.table.weight[0] = float("nan")
    assert not batch.legal[batch.tokens == 0].any()
    assert made.loss(batch).isfinite()
    together = made.find(batch)
    assert any(each["entity"] for each in together)
    for example, length in enumerate(batch.attention.sum(1).tolist()):
        cut = [each[example : example + 1, :length] for each in (batch.tokens, batch.attention, batch.legal)]
        (alone,) = made.find(Batch(*cut, {}))
        assert dict(together[example]["entity"]) == pytest.approx(dict(alone["entity"]))


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("legal", [[[True]], [[False]], [[True, False], [False, False]], [[False, True, False, True]]])
def test_texts_of_one_token_or_none(name, legal) -> None:
    legal = torch.tensor(legal)
    batch = Batch(torch.ones_like(legal, dtype=torch.long), torch.ones_like(legal), legal, {"entity": rows()})
    made = model(name)
    loss = made.loss(batch)
    loss.backward()
    assert loss.isfinite()
    assert all(weight.grad is None or weight.grad.isfinite().all() for weight in made.parameters())
    for each, own in zip(made.find(batch, threshold=-9.0), legal.tolist(), strict=True):
        assert all(own[cell.row] and own[cell.col] for cell in each["entity"])


@pytest.mark.parametrize("name", SYSTEMS)
def test_float32_inside_autocast(name) -> None:
    batch, _ = naive.batch((11, 4))
    made = model(name).float()
    expected, found = made.loss(batch), made.find(batch)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(made.loss(batch), expected)
        assert made.find(batch) == found
    assert expected.dtype == torch.float32


@pytest.mark.parametrize("name", SYSTEMS)
def test_dropout_stands_between_encoder_and_head(name) -> None:
    batch, _ = naive.batch((30, 24))
    made = model(name, dropout=0.5)
    assert made.train().find(batch) != made.eval().find(batch)
    assert made.find(batch) == made.find(batch)
