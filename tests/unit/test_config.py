"""Recipes: what may stand in them, how they are overridden, and what a mistake says."""

import pytest

from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError

DATA = {"format": "jsonl", "train": "train.jsonl"}


def test_one_path_may_be_given_bare():
    assert load_recipe(None, data=DATA).data.train == ["train.jsonl"]


def test_an_override_is_toml_and_a_string_where_it_is_not():
    recipe = load_recipe(None, ["training.learning_rate=3e-5", "model.encoder=idcnn", "data.holdout.seed=7"], data=DATA)
    assert recipe.training["learning_rate"] == 3e-5
    assert recipe.model.encoder == "idcnn"
    assert recipe.data.holdout.seed == 7


def test_a_recipe_survives_its_file(tmp_path):
    recipe = load_recipe(
        None, ["model.encoder_options.hidden=64", "task.max_width=9"], data=DATA, training={"ema": 0.9}
    )
    path = tmp_path / "recipe.toml"
    path.write_text(recipe.to_toml(), encoding="utf-8")
    assert load_recipe(path) == recipe


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["data.trian=x"], "unknown key 'data.trian' (nearest: 'train')"),
        (["model.haed=efficient"], "unknown key 'model.haed' (nearest: 'head')"),
        (["data.holdout.fractoin=0.1"], "unknown key 'data.holdout.fractoin' (nearest: 'fraction')"),
        (["modle.head=efficient"], "unknown key 'modle' (nearest: 'model')"),
        (["data.joiner='-'"], "'data.joiner'"),
        (["model.dim=63"], "multiple of 2"),
        (["task.kind=poetry"], "'task.kind'"),
        (["learning_rate=1"], "--set expects section.key=value"),
        (["training.learning_rate"], "--set expects section.key=value"),
        (["data.format.name=x"], "'format' is a value, not a table"),
        (["model.thresholds=foo"], "'model.thresholds': expected a logit or \"learned\", found 'foo'"),
        (["model.thresholds=true"], "'model.thresholds': expected a logit or \"learned\", found True"),
        (["model.thresholds=inf"], "'model.thresholds': expected a logit or \"learned\", found inf"),
        (["task.threshold=1"], "'task.threshold': expected a score between 0 and 1 or \"dev\", found 1"),
        (["model.dropout=false"], "'model.dropout': expected a number, found False"),
        (["task.max_width=true"], "'task.max_width': expected a number, found True"),
        (["data.subset.size=true"], "'data.subset.size': expected a number, found True"),
        (["model.loss_options.negatives=0"], "expected negatives above 0"),
        (["model.encoder_options.vocab_size=9"], "vocab_size follows from the tokenizer: set model.vocab_size"),
    ],
)
def test_a_mistake_is_named(overrides, said):
    with pytest.raises(ConfigError, match=r".") as caught:
        load_recipe(None, overrides, data=DATA)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("thresholds", 1), ("thresholds", -2.5), ("thresholds", "learned"), ("rotary", False), ("dropout", 0)],
)
def test_what_is_right_is_kept(key, value):
    kept = getattr(load_recipe(None, data=DATA, model={key: value}).model, key)
    assert (kept, type(kept) is bool) == (value, type(value) is bool)


@pytest.mark.parametrize("override", ["model.thresholds=foo", "task.threshold=high"])
def test_a_mistake_is_told_once(override):
    with pytest.raises(ConfigError) as caught:
        load_recipe(None, [override], data=DATA)
    assert len(str(caught.value).splitlines()) == 1


def test_all_mistakes_are_named_at_once():
    with pytest.raises(ConfigError) as caught:
        load_recipe(None, ["model.dim=0", "model.window=0"], data=DATA)
    assert "model.dim" in str(caught.value)
    assert "model.window" in str(caught.value)


def test_a_file_that_is_no_recipe(tmp_path):
    path = tmp_path / "recipe.toml"
    for content, said in ((b"[data", "not a TOML file"), (b"\xff\xfe", "a recipe is UTF-8, and this is not")):
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=said):
            load_recipe(path)
    path.write_bytes(b"\xef\xbb\xbf[data]\nformat = 'jsonl'\ntrain = 'x'\n")  # as some editors begin a file
    assert load_recipe(path).data.train == ["x"]
    with pytest.raises(ConfigError, match="cannot be read"):
        load_recipe(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_recipe(tmp_path / "absent.toml")


def test_a_name_that_is_no_utf8_is_refused_before_anything_is_written():
    with pytest.raises(ConfigError, match=r"a recipe is UTF-8.*udce9"):
        load_recipe(None, data={"format": "jsonl", "train": "caf\udce9.jsonl"})


def test_a_recipe_that_names_the_usual_loss_is_the_one_that_names_none():
    def made(kind, **model):
        return load_recipe(None, data={"format": "jsonl", "train": "x"}, task={"kind": kind}, model=model)

    for kind, usual in (("ner", "multilabel"), ("event", "multilabel"), ("mrc", "joint")):
        assert made(kind, loss=usual) == made(kind)
        assert made(kind, loss=usual).fingerprint == made(kind).fingerprint
        assert made(kind, loss="focal").model.loss == "focal"
    assert made("mrc", loss="multilabel").model.loss == "multilabel"
