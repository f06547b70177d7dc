"""`globalpointer train`: flags and recipe become one recipe, and nobody's model is overwritten unasked."""

import sys

import pytest

from globalpointer.errors import DataError

FLAGS = ("--format", "bio", "--joiner", "", "--train", "a", "--train", "b", "--dev", "c")


def test_flags_become_a_recipe(cli, fitted, tmp_path):
    result = cli(
        "train", "--task", "ner", *FLAGS, "--encoder", "idcnn", "--head", "global_pointer", "--epochs", "3",
        "--seed", "7", "--set", "model.dim=32", "--set", "training.learning_rate=3e-5", "--output", tmp_path / "out",
    )  # fmt: skip
    assert result.code == 0, result.err
    (call,) = fitted
    assert call.recipe.data.model_dump(exclude_none=True) == {
        "format": "bio", "joiner": "", "train": ["a", "b"], "dev": ["c"], "discontinuous": "refuse",
        "mentions": "nearest",
    }  # fmt: skip
    assert (call.recipe.model.encoder, call.recipe.model.head, call.recipe.model.dim) == ("idcnn", "global_pointer", 32)
    assert call.recipe.training == {"num_train_epochs": 3.0, "seed": 7, "learning_rate": 3e-5}
    assert (call.output, call.resume, call.overwrite, call.base) == (tmp_path / "out", False, False, None)
    assert "100.00" in result.out
    assert f"globalpointer evaluate {tmp_path / 'out'} c" in result.out
    assert f"globalpointer predict {tmp_path / 'out'}" in result.out


def test_gaps_in_spans_have_a_flag(cli, fitted, tmp_path):
    files = ("--format", "brat", "--train", "a", "--dev", "b")
    assert cli("train", *files, "--discontinuous", "skip", "--output", tmp_path / "out").code == 0
    assert fitted[0].recipe.data.discontinuous == "skip"


def test_flags_go_over_a_recipe(cli, fitted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text('[data]\nformat = "cmeee"\ntrain = "t"\ndev = "d"\n[training]\nseed = 1\n')
    assert cli("train", "mine.toml", "--dev", "e", "--seed", "2").code == 0
    (call,) = fitted
    assert (call.recipe.data.train, call.recipe.data.dev, call.recipe.training) == (["t"], ["e"], {"seed": 2})
    assert str(call.output) == "runs/mine"  # where the first use of the README looks for it
    assert call.base is not None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--format", "bio", "--output", "x"], "--train"),
        (["--train", "a", "--output", "x"], "--format"),
        (["--format", "bio", "--train", "a"], "--output"),
        ([*FLAGS, "--output", "x", "--resume", "--overwrite"], "--resume"),
        (["--output", "x", "--resume"], "there is no x/recipe.toml, so there is no run to resume"),
    ],
)
def test_wrong_usage(cli, fitted, words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = cli("train", *words)
    assert result.code == 2
    assert message in result.err
    assert not fitted


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--set", "training"], "section.key=value"),
        (["--set", "model.haed=1"], "nearest: 'head'"),
        (["--set", "model.dim=3"], "model.dim"),
    ],
)
def test_a_wrong_key_is_told(cli, fitted, extra, message, tmp_path):
    result = cli("train", *FLAGS, "--output", tmp_path / "x", *extra)
    assert result.code == 1
    assert message in result.err


def test_a_full_folder_is_not_overwritten_unasked(cli, fitted, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    result = cli("train", *FLAGS, "--output", tmp_path)
    assert result.code == 1
    assert "--resume" in result.err
    assert "--overwrite" in result.err
    assert cli("train", *FLAGS, "--output", tmp_path / "thesis.txt").code == 1
    assert not fitted
    assert cli("train", *FLAGS, "--output", tmp_path, "--overwrite").code == 0
    assert fitted[0].overwrite


def test_data_beside_a_recipe_that_is_elsewhere_is_asked_for(cli, fitted, tmp_path, monkeypatch):
    def fit(*_, **__):
        raise DataError("no such file", path="t")

    monkeypatch.setattr(sys.modules["globalpointer.training.fit"], "fit", fit)
    (tmp_path / "recipe.toml").write_text('[data]\nformat = "cmeee"\ntrain = "t"\ndev = "d"\n')
    result = cli("train", "--output", tmp_path, "--resume")
    assert result.code == 1
    assert "t: no such file (if the data stands beside the recipe, give that again" in result.err


def test_resume_takes_the_recipe_of_the_folder(cli, fitted, tmp_path):
    (tmp_path / "recipe.toml").write_text('[data]\nformat = "cmeee"\ntrain = "t"\ndev = "d"\n')
    assert cli("train", "--output", tmp_path, "--resume").code == 0
    assert fitted[0].resume
    assert fitted[0].recipe.data.format == "cmeee"
