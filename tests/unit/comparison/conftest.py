"""A little of the sample corpus, a recipe that learns something of it in a second, and a comparison of two systems."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from globalpointer.comparison import compare, make_plan
from globalpointer.data.sample import sample
from globalpointer.data.writers import write

RECIPE = """[data]
format = "jsonl"
train = "train.jsonl"
dev = "dev.jsonl"
test = "test.jsonl"

[task]
kind = "{kind}"

[model]
encoder = "bilstm"
dim = 16
dropout = 0.0
reduction = "sum"
tokenizer = "character"
encoder_options.hidden = 32
encoder_options.dropout = 0.0
encoder_options.embedding = {{token_dim = 32, bigram_dim = 16, bigrams = 1024, dropout = 0.0}}

[training]
num_train_epochs = {epochs}
learning_rate = 2e-2
per_device_train_batch_size = 4
ema = 0.9
"""


@pytest.fixture(scope="session")
def quiet():
    return Console(quiet=True, force_terminal=False)


@pytest.fixture(scope="session")
def write_recipe():
    """Write a part of the sample corpus and a recipe for it into a folder."""

    def make(folder, *, kind="ner", epochs=1, documents=60) -> Path:
        for part, size in (("train", documents), ("dev", 20), ("test", 20)):
            write(sample(part, "en")[:size], folder / f"{part}.jsonl", "jsonl")
        (folder / "base.toml").write_text(RECIPE.format(kind=kind, epochs=epochs), encoding="utf-8")
        return folder / "base.toml"

    return make


@pytest.fixture
def recipe(tmp_path, write_recipe):
    return write_recipe(tmp_path)


@pytest.fixture(scope="session")
def compared(tmp_path_factory, write_recipe, quiet):
    """Two systems with two seeds that have learned a little; what `compare` returned, and its recipe."""
    folder = tmp_path_factory.mktemp("comparison")
    recipe = write_recipe(folder, epochs=8, documents=120)
    plan = make_plan([recipe], heads=["efficient", "global_pointer"], seeds=[42, 1])
    return SimpleNamespace(recipe=recipe, plan=plan, found=compare(plan, folder / "out", console=quiet))
