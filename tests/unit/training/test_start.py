"""What training begins with, and names that are only misspelt."""

import pytest

from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError
from globalpointer.text.spans import Document
from globalpointer.training.start import start

TEXT = Document("李雷在上海工作。")
DOCUMENTS = [Document(TEXT.text, (TEXT.entity("PER", 0, 2), TEXT.entity("LOC", 3, 5)))]


def recipe(*overrides):
    return load_recipe(None, overrides, data={"format": "jsonl", "train": "x"})


def test_labels_are_sorted_unless_they_are_given():
    assert start(recipe(), DOCUMENTS).schema.entities == ("LOC", "PER")
    assert start(recipe('task.labels=["PER", "ORG", "LOC"]'), DOCUMENTS).schema.entities == ("PER", "ORG", "LOC")
    with pytest.raises(ConfigError, match="'LOC' is not in the schema"):
        start(recipe('task.labels=["PER"]'), DOCUMENTS)


@pytest.mark.parametrize("encoder", ["bilstm", "idcnn", "textcnn", "transformer"])
def test_every_encoder_from_scratch_extracts(encoder):
    assert start(recipe(f"model.encoder={encoder}"), DOCUMENTS).find([TEXT.text], threshold=1e9)[0].cells == {
        "entity": {}
    }


def test_the_bigrams_of_the_training_texts_are_known():
    twice = start(recipe(), DOCUMENTS * 2).model.extractor.encoder.embedding
    assert int((twice.keys < twice.keys.max()).sum()) >= len(TEXT.text) - 1


def test_a_misspelt_encoder_is_not_looked_for_on_the_hub():
    with pytest.raises(ConfigError, match="unknown encoder 'bilstmm' \\(nearest: 'bilstm'\\)"):
        start(recipe("model.encoder=bilstmm"), DOCUMENTS)


def test_the_window_must_fit_the_encoder():
    with pytest.raises(ConfigError, match="choose a window of at most 512"):
        start(recipe("model.encoder=transformer", "model.window=600"), DOCUMENTS)


@pytest.mark.parametrize("head", ["efficient", "global_pointer", "biaffine"])
def test_every_head_extracts(head):
    assert start(recipe(f"model.head={head}"), DOCUMENTS).find([TEXT.text], threshold=1e9)[0].cells == {"entity": {}}
