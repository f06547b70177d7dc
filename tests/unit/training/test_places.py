"""A folder that is only misspelt is told at once; what may be on the hub is left to it."""

import pytest

from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError
from globalpointer.training.places import check_places


@pytest.fixture
def check(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "teacher").mkdir(parents=True)
    (tmp_path / "models" / "teacher" / "config.json").touch()
    (tmp_path / "models" / "empty").mkdir()

    def call(name, key="encoder"):
        check_places(load_recipe(None, data={"format": "jsonl", "train": "x"}, model={key: name}).model)

    return call


@pytest.mark.parametrize("key", ["encoder", "tokenizer", "start_from"])
@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("models/teachr", " (nearest: models/teacher)"),
        ("model/teacher", " (nearest: models/teacher)"),
        ("./models/teachr", " (nearest: models/teacher)"),
        ("models/quite/another", ""),
        ("/models", ""),
        ("models/teacher/deep/", ""),
        ("~/models", ""),
    ],
)
def test_a_misspelt_folder_is_told(check, key, name, near):
    with pytest.raises(ConfigError) as caught:
        check(name, key)
    assert f"model.{key}: there is no folder {name!r}{near}; a model on the Hugging Face hub" in str(caught.value)


@pytest.mark.parametrize(
    "name", ["bilstm", "minilm", "bert-base-chinese", "hfl/chinese-macbert-base", "models/teacher"]
)
def test_what_is_there_and_what_may_be_on_the_hub_is_left_alone(check, name):
    check(name)
    check("models/emptee")  # owner/name: no model stands in the folder of nearly that name
