import sys

import pytest
import torch
from tests.models import LABELS, TEXTS
from tests.unit.nn.baselines import naive

import oracles
from globalpointer import Document
from globalpointer.config import load_recipe
from globalpointer.data.batching import collate
from globalpointer.errors import ConfigError, DependencyError
from globalpointer.nn.baselines.crf import CrfTagger
from globalpointer.nn.baselines.paths import only_legal
from globalpointer.training.fit import encode
from globalpointer.training.start import start

WEIGHTS = ("start_transitions", "transitions", "end_transitions")


def model(**options):
    torch.manual_seed(0)
    return CrfTagger(naive.Lookup(), naive.grids()[:1], **options)


def test_the_multiplier_is_a_learning_rate():
    batch, _ = naive.batch()
    moved = []
    for multiplier in (1.0, 50.0):
        made = model(transition_multiplier=multiplier)
        before = {name: getattr(made.chain, name).detach().clone() for name in WEIGHTS}
        optimizer = torch.optim.Adam(made.parameters(), lr=1e-3, eps=0.0)
        made.loss(batch).backward()
        optimizer.step()
        moved.append({name: getattr(made.chain, name).detach() - each for name, each in before.items()})
    for name in WEIGHTS:
        plain, larger = (each[name] for each in moved)
        torch.testing.assert_close(larger, 50 * plain, rtol=1e-3, atol=1e-5)
        assert plain.abs().max().item() == pytest.approx(1e-3, rel=1e-3)


def test_the_multiplier_does_not_change_the_start():
    batch, _ = naive.batch()
    assert model(transition_multiplier=50.0).loss(batch).item() == pytest.approx(
        model(transition_multiplier=1.0).loss(batch).item()
    )
    for name in WEIGHTS:
        # The start of pytorch-crf: uniform within 0.1
        assert getattr(model(transition_multiplier=50.0).chain, name).abs().max() <= 0.1


def test_bio_is_kept_in_answers_and_not_in_training():
    batch, _ = naive.batch((30, 24))
    free, bound = model(constrained=False), model(constrained=True)
    assert torch.equal(free.loss(batch), bound.loss(batch))
    assert free.find(batch) != bound.find(batch)


def test_only_legal_steps_are_left():
    start, transitions = only_legal(torch.zeros(7), torch.zeros(7, 7))
    assert start.isfinite().tolist() == [oracles.bio_legal((tag,)) for tag in range(7)]
    for one in range(7):
        legal_start = (one - 1, one) if one and one % 2 == 0 else (one,)
        assert transitions[one].isfinite().tolist() == [oracles.bio_legal((*legal_start, tag)) for tag in range(7)]


def documents():
    return [Document(text, (Document(text).entity(LABELS[0], 0, 2),)) for text in TEXTS]


@pytest.mark.parametrize("head", ["crf", "softmax", "pointer"])
def test_a_system_trains_predicts_and_comes_back_from_its_folder(head, tmp_path):
    torch.manual_seed(1)
    small = {"hidden": 16, "embedding": {"token_dim": 8, "bigram_dim": 4, "bigrams": 64}}
    table = {"encoder": "bilstm", "head": head, "tokenizer": "character", "encoder_options": small}
    predictor = start(load_recipe(None, data={"format": "jsonl", "train": "x"}, model=table), documents())
    examples, _ = encode(predictor, documents())
    loss = predictor.model(collate(examples, grids=predictor.model.task.grids, pad=predictor.tokenizer.pad))["loss"]
    loss.backward()
    assert all(weight.grad is not None for weight in predictor.model.extractor.parameters())
    predictor.save_pretrained(tmp_path)
    again = type(predictor).from_pretrained(tmp_path)
    assert again.predict(TEXTS) == predictor.predict(TEXTS)


@pytest.mark.parametrize("options", [{"transition_multiplier": 0.0}, {"transition_multiplier": -1.0}])
def test_a_multiplier_that_cannot_be_is_refused(options):
    with pytest.raises(ConfigError, match=r"transition_multiplier > 0, not 'mean' and -?\d"):
        model(**options)


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ConfigError, match=r"reduction 'mean' or 'token_mean' .*, not 'median'"):
        model(reduction="median")


def test_without_pytorch_crf_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchcrf", None)
    with pytest.raises(DependencyError, match=r"globalpointer\[crf\]"):
        model()
