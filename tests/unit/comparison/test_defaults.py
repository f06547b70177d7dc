"""A recipe that says nothing of a key is shown with what holds then, not with nothing."""

import pytest

from globalpointer.comparison.defaults import shown
from globalpointer.comparison.plan import make_plan
from globalpointer.comparison.tables import settings
from globalpointer.config import load_recipe
from globalpointer.data.sample import sample
from globalpointer.training.arguments import parse, preset
from globalpointer.training.start import start


def recipe(*overrides):
    return load_recipe(None, overrides, data={"format": "jsonl", "train": "x"})


@pytest.mark.parametrize("encoder", ["bilstm", "transformer", "minilm"])
@pytest.mark.parametrize("key", ["learning_rate", "ema", "head_learning_rate", "num_train_epochs", "seed", "weight_decay"])  # fmt: skip
def test_keys_of_training_are_those_that_it_would_have(encoder, key, tmp_path):
    given = recipe(f"model.encoder={encoder}")
    arguments, ours = parse(given.training, tmp_path, suited=preset(encoder, pretrained=given.model.pretrained))
    held = getattr(ours, key) if hasattr(ours, key) else getattr(arguments, key)
    assert shown(given, f"training.{key}", None) == ("none" if held is None else str(held))


@pytest.mark.parametrize("kind", ["ner", "relation", "event"])
@pytest.mark.parametrize("key", ["loss", "thresholds", "reduction"])
def test_keys_of_the_model_are_those_that_it_would_have(kind, key):
    given = recipe(f"task.kind={kind}", "model.encoder_options.hidden=16", "model.tokenizer=character")
    held = start(given, sample("train", "en")[:40]).model.config.architecture[key]
    assert shown(given, f"model.{key}", None) == str(held)


@pytest.mark.parametrize(
    ("overrides", "key", "value", "expected"),
    [
        ([], "model.dim", None, "64"),
        (["model.head=biaffine"], "model.dim", None, "150"),
        (["model.head=biaffine"], "model.rotary", True, "-"),
        (["model.head=crf"], "model.loss", "multilabel", "-"),
        (["model.head=crf"], "model.head_options.constrained", None, "True"),
        (["model.head=crf"], "model.head_options.typing_input", None, "-"),
        ([], "model.head_options.typing_input", None, "pairs"),
        (["model.loss=focal"], "model.loss_options.gamma", None, "2.0"),
        ([], "model.loss_options.gamma", None, "-"),
        ([], "model.encoder_options.hidden", None, "512"),
        ([], "model.encoder_options.embedding.token_dim", None, "128"),
        (["model.encoder=minilm"], "model.encoder_options.hidden", None, "-"),
        (["model.encoder=minilm"], "model.encoder_options.layers", 4, "4"),
        (["model.on_top=bilstm"], "model.on_top_options.hidden", None, "256"),
        ([], "model.on_top_options.hidden", None, "-"),
        ([], "task.threshold", "dev", "dev"),
        ([], "task.max_width", None, "none"),
        ([], "task.overlap_policy", None, "by the data"),
        (["task.kind=relation"], "task.overlap_policy", None, "allow"),
    ],
)
def test_what_holds_is_shown(overrides, key, value, expected):
    assert shown(recipe(*overrides), key, value) == expected


def test_no_cell_of_the_table_is_empty(compared):
    base = compared.recipe
    (base.parent / "other").mkdir()
    changed = ["model.head=crf", "training.patience=3", "model.encoder_options.layers=2", "model.dim=32"]
    text = load_recipe(base, changed).to_toml()
    for part in ("train", "dev", "test"):
        text = text.replace(f'"{part}.jsonl"', f'"{base.parent / part}.jsonl"')
    (base.parent / "other" / "other.toml").write_text(text)
    plan = make_plan([base, base.parent / "other"])
    section = settings(type("Found", (), {"plan": plan})())
    rows = {key: cells for group in section.groups for key, *cells in group}
    assert rows["model.encoder_options.layers"] == ["1", "2"]
    assert rows["training.patience"] == ["none", "3"]
    assert rows["model.dim"] == ["16", "-"]
    assert all(cell for cells in rows.values() for cell in cells)
