"""Compared systems in the place of a head: made, trained and asked like any other, and refused where they do not fit."""

import pytest
import torch
from tests.models import TEXTS

from globalpointer import Document, Relation
from globalpointer.config import load_recipe
from globalpointer.data.batching import collate
from globalpointer.errors import ConfigError
from globalpointer.training.fit import encode
from globalpointer.training.start import start

pytestmark = pytest.mark.filterwarnings("ignore::globalpointer.errors.LimitWarning")

SYSTEMS = ("tplinker", "casrel", "additive")


def documents():
    made = []
    for text in TEXTS:
        plain = Document(text)
        one, other = plain.entity("A", 0, 2), plain.entity("B", 3, 5)
        made.append(Document(text, (one, other), relations=(Relation("of", one, other),)))
    return made


def made(head, **task):
    torch.manual_seed(1)
    small = {"hidden": 16, "embedding": {"token_dim": 8, "bigram_dim": 4, "bigrams": 64}}
    model = {"encoder": "bilstm", "head": head, "tokenizer": "character", "encoder_options": small}
    recipe = load_recipe(None, data={"format": "jsonl", "train": "x"}, task={"kind": "relation", **task}, model=model)
    return start(recipe, documents())


@pytest.mark.parametrize("head", SYSTEMS)
def test_a_system_trains_predicts_and_comes_back_from_its_folder(head, tmp_path):
    predictor = made(head, entities="roles")
    examples, lost = encode(predictor, documents())
    assert not lost
    loss = predictor.model(collate(examples, grids=predictor.model.task.grids, pad=predictor.tokenizer.pad))["loss"]
    loss.backward()
    assert all(weight.grad is not None for name, weight in predictor.model.named_parameters() if "encoder" not in name)
    predictor.save_pretrained(tmp_path)
    again = type(predictor).from_pretrained(tmp_path)
    assert again.predict(TEXTS) == predictor.predict(TEXTS)


def test_what_only_scores_of_pairs_allow_is_refused():
    predictor = made("casrel", entities="roles")
    with pytest.raises(ConfigError, match="does not score pairs"):
        predictor.logits(TEXTS[0])
    examples, _ = encode(predictor, documents())
    batch = collate(examples, grids=predictor.model.task.grids, pad=predictor.tokenizer.pad)
    with pytest.raises(ConfigError, match=r"training\.rdrop compares scores"):
        predictor.model(batch, rdrop=1.0)


def test_casrel_knows_no_entity_labels():
    with pytest.raises(ConfigError, match="roles"):
        made("casrel", entities="typed")
