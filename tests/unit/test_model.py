"""A model folder gives back the very model, or says why it does not."""

import json

import pytest
import torch
from tests.models import TEXTS, small_predictor

from globalpointer.data.batching import collate, encode_document
from globalpointer.errors import ModelError
from globalpointer.model import FORMAT_VERSION, load_model
from globalpointer.predictor import Predictor
from globalpointer.text.spans import Document


@pytest.fixture
def folder(tmp_path):
    small_predictor().save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("head", ["efficient", "global_pointer"])
def test_saved_and_loaded_logits_are_equal_to_the_bit(tmp_path, head):
    # Rotary tables or bigram keys in non-persistent buffers came back as garbage here.
    predictor = small_predictor(head=head)
    predictor.model.extractor.encoder.learn_bigrams(each.ids for each in predictor.tokenizer.tokenize_batch(TEXTS))
    predictor.save_pretrained(tmp_path)
    again = Predictor.from_pretrained(tmp_path, device="cpu")
    for text in TEXTS:
        tokens, first = predictor.logits(text)
        assert again.logits(text)[0] == tokens
        assert torch.equal(again.logits(text)[1]["entity"], first["entity"])


@pytest.mark.parametrize("thresholds", ["learned", 0.7])
def test_thresholds_are_saved_with_the_model(tmp_path, thresholds):
    predictor = small_predictor(architecture={"thresholds": thresholds})
    head = predictor.model.extractor.heads["entity"]
    with torch.no_grad():
        head.bias.add_(torch.tensor([0.1, -0.4, 0.2]))
    predictor.save_pretrained(tmp_path)
    again = Predictor.from_pretrained(tmp_path, device="cpu")
    assert torch.equal(again.model.extractor.heads["entity"].values, head.values)
    assert torch.equal(again.logits(TEXTS[0])[1]["entity"], predictor.logits(TEXTS[0])[1]["entity"])


def test_a_loss_is_saved_with_its_options(tmp_path):
    small_predictor(architecture={"loss": "focal", "loss_options": {"gamma": 0.5}}).save_pretrained(tmp_path)
    extractor = load_model(tmp_path).extractor
    assert extractor.losses["entity"].keywords == {"gamma": 0.5}


def test_the_folder_holds_no_pickle(folder):
    assert {file.name for file in folder.iterdir()} >= {"config.json", "model.safetensors", "tokenizer.json"}
    assert not [file for file in folder.iterdir() if file.suffix in (".bin", ".pt", ".pkl", ".pth")]


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(ModelError, match=r"expected config\.json"):
        load_model(tmp_path)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(ModelError, match=r"nowhere: there is no such folder, and no model of that name"):
        load_model(tmp_path / "nowhere")


def test_a_misspelt_folder_beside_models_is_told_at_once(folder):
    with pytest.raises(ModelError, match=rf"there is no such folder; beside it are the models .*{folder.name}"):
        load_model(folder.parent / "nowhere")


def test_a_broken_configuration(folder):
    (folder / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="no model could be loaded"):
        load_model(folder)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["architecture", "encoder"], 3),
        (["architecture", "task", "schema", "entities"], ["A", "B", "C", "D", "E", "F", "G"]),
        (["text"], {}),
        (["format_version"], "new"),
    ],
)
def test_a_configuration_that_does_not_fit(folder, path, value):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    table = config
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match=str(folder)):
        load_model(folder)


def test_a_model_without_a_recipe(folder):
    predictor = Predictor.from_pretrained(folder)
    predictor.model.config.recipe = {}
    with pytest.raises(ModelError, match="no recipe"):
        _ = predictor.recipe


def test_missing_weights_are_not_made_up(folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    name = min(name for name in weights if "heads" in name)
    del weights[name]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=name):
        load_model(folder)


def test_a_folder_of_a_later_format(folder):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["format_version"] = FORMAT_VERSION + 1
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match="install a newer globalpointer"):
        load_model(folder)


def test_rdrop_adds_a_divergence_that_dropout_causes():
    predictor = small_predictor()
    gold = Document(TEXTS[0], (Document(TEXTS[0]).entity("PER", 0, 3),))
    encoded = encode_document(gold, predictor.model.task, predictor.tokenizer)
    batch = collate(encoded.examples, grids=predictor.model.task.grids, pad=predictor.tokenizer.pad)
    plain = predictor.model(batch)["loss"]
    assert torch.allclose(predictor.model(batch, rdrop=1.0)["loss"], plain)
    predictor.model.train()
    torch.manual_seed(0)
    without = predictor.model(batch, rdrop=1e-12)["loss"]
    torch.manual_seed(0)
    assert predictor.model(batch, rdrop=1.0)["loss"] > without


def test_the_folder_of_a_run_that_was_stopped_early_says_how_to_go_on(tmp_path):
    (tmp_path / "recipe.toml").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match=r"stopped before there was a model: globalpointer train --resume"):
        load_model(tmp_path)
