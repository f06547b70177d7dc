"""What all tests share: where the real datasets are."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no bug: how long one example takes is no part of any law.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the real datasets; the test is skipped where it is absent."""
    candidates = [os.environ.get("GLOBALPOINTER_DATA"), REPOSITORY.parent / "shared" / "data"]
    for candidate in candidates:
        if candidate and Path(candidate).is_dir():
            return Path(candidate)
    pytest.skip("the real datasets are not here (set GLOBALPOINTER_DATA)")


@pytest.fixture(scope="session")
def sample_model(tmp_path_factory) -> Path:
    """A small model that has learned the sample corpus as far as ten seconds allow; its files are in `data` beside it."""
    from globalpointer.cli.demo import Language, write_sample
    from globalpointer.config import load_recipe
    from globalpointer.training.fit import fit

    folder = tmp_path_factory.mktemp("sample")
    files = write_sample(folder / "data", Language.both)
    encoder = {"hidden": 96, "dropout": 0.1, "embedding": {"token_dim": 48, "bigram_dim": 16, "bigrams": 4096}}
    recipe = load_recipe(
        None,
        data={"format": "jsonl", "train": files["train"], "dev": files["test"]},
        model={
            "encoder": "bilstm",
            "dropout": 0.0,
            "reduction": "sum",
            "tokenizer": "character",
            "encoder_options": encoder,
        },
        training={
            "num_train_epochs": 6,
            "learning_rate": 1e-2,
            "per_device_train_batch_size": 16,
            "max_grad_norm": 5.0,
        },
    )
    return fit(recipe, folder / "model").folder
