"""What all tests share: where the real datasets are, the command line, and small models of the sample corpus."""

import os
from pathlib import Path
from types import SimpleNamespace

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


@pytest.fixture
def cli(capfdbinary, monkeypatch):
    """Run a command line in this process: exit code, standard output, standard error."""
    from globalpointer.cli.main import run

    monkeypatch.setenv("COLUMNS", "160")

    def call(*words):
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            run([str(word) for word in words])
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        return SimpleNamespace(code=left.value.code, out=out.decode(), err=err.decode())

    return call


@pytest.fixture(scope="session")
def sample_model(tmp_path_factory) -> Path:
    """A small model that has learned the sample corpus as far as ten seconds allow; its files are in `data` beside it."""
    return fit_sample(tmp_path_factory.mktemp("sample"), "ner", epochs=6)


@pytest.fixture(scope="session")
def relation_model(tmp_path_factory) -> Path:
    """As `sample_model`, for relations."""
    return fit_sample(tmp_path_factory.mktemp("relations"), "relation", epochs=8)


@pytest.fixture(scope="session")
def event_model(tmp_path_factory) -> Path:
    """As `sample_model`, for events."""
    return fit_sample(tmp_path_factory.mktemp("events"), "event", epochs=8)


@pytest.fixture(scope="session")
def mrc_model(tmp_path_factory) -> Path:
    """As `sample_model`, for answers to questions."""
    return fit_sample(tmp_path_factory.mktemp("answers"), "mrc", epochs=3, size=700)


def fit_sample(folder: Path, kind: str, *, epochs: int, size: int | None = None) -> Path:
    """The model folder of a short run on the sample corpus, or on `size` documents of it."""
    from globalpointer.cli.demo import Language, write_sample
    from globalpointer.config import load_recipe
    from globalpointer.training.fit import fit

    files = write_sample(folder / "data", Language.both, kind)
    encoder = {"hidden": 96, "dropout": 0.1, "embedding": {"token_dim": 48, "bigram_dim": 16, "bigrams": 4096}}
    recipe = load_recipe(
        None,
        data={
            "format": "jsonl",
            "train": files["train"],
            "dev": files["test"],
            **({"subset": {"size": size}} if size else {}),
        },
        task={"kind": kind},
        model={
            "encoder": "bilstm",
            "dropout": 0.0,
            "reduction": "sum",
            "tokenizer": "character",
            "encoder_options": encoder,
        },
        training={
            "num_train_epochs": epochs,
            "learning_rate": 1e-2,
            "per_device_train_batch_size": 16,
            "max_grad_norm": 5.0,
            "ema": 0.99,
        },
    )
    return fit(recipe, folder / "model").folder
