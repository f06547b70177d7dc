"""A run is not taken up with other files under the names that its recipe has."""

import gzip
import hashlib
import json
import tarfile

import pytest
from rich.console import Console

from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError
from globalpointer.training.fit import fit
from globalpointer.training.inputs import check, digests, keep
from models import small_predictor

OF_THE_TEACHER = ("config.json", "model.safetensors", "tokenizer.json")


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def files(tmp_path):
    (tmp_path / "train.jsonl").write_text('{"text": "Ann"}\n')
    with gzip.open(tmp_path / "more.txt.gz", "wt") as file:
        file.write("Bob\n")
    (tmp_path / "brat" / "deep").mkdir(parents=True)
    (tmp_path / "brat" / "deep" / "a.ann").write_text("T1")
    with tarfile.open(tmp_path / "corpus.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "brat", "dev")
    small_predictor().save_pretrained(tmp_path / "teacher")
    (tmp_path / "teacher" / "report.json").write_text("{}")
    return tmp_path


@pytest.fixture
def recipe(files):
    data = {"format": "jsonl", "train": ["train.jsonl", "absent.jsonl", "-"], "dev": "corpus.tar.gz::dev/"}
    taught = {"teacher": "teacher", "unlabelled": "more.txt.gz"}
    return load_recipe(None, ["data.test=brat", "model.encoder=bilstm"], data=data, distillation=taught)


@pytest.fixture
def run(tmp_path, recipe):
    """A folder in which a run has begun with the files as they are."""
    folder = tmp_path / "runs" / "mine"
    folder.mkdir(parents=True)
    keep(folder, digests(recipe, tmp_path))
    return folder


def test_digests_are_those_of_the_bytes_under_the_names_of_the_recipe(recipe, files):
    assert digests(recipe, files) == {
        "train.jsonl": sha(files / "train.jsonl"),
        "corpus.tar.gz": sha(files / "corpus.tar.gz"),
        "brat/deep/a.ann": sha(files / "brat" / "deep" / "a.ann"),
        "brat/": hashlib.sha256(b"deep/a.ann").hexdigest(),
        **{f"teacher/{name}": sha(files / "teacher" / name) for name in OF_THE_TEACHER},
        "more.txt.gz": sha(files / "more.txt.gz"),
    }


@pytest.mark.parametrize("key", ["encoder", "tokenizer", "start_from"])
def test_a_model_in_a_folder_counts_and_a_name_does_not(recipe, files, key):
    given = load_recipe(None, [f"model.{key}={files / 'teacher'}"], data={"format": "jsonl", "train": "x"})
    assert set(digests(given)) == {f"{files / 'teacher'}/{name}" for name in OF_THE_TEACHER}


@pytest.mark.parametrize("name", ["train.jsonl", "corpus.tar.gz", "brat/deep/a.ann", "teacher/model.safetensors"])
def test_what_was_changed_is_named(run, recipe, files, name):
    check(run, digests(recipe, files))
    before = sha(files / name)
    (files / name).write_bytes((files / name).read_bytes() + b" ")
    with pytest.raises(ConfigError) as caught:
        check(run, digests(recipe, files))
    assert f"{name} (sha256 {before[:12]}, now {sha(files / name)[:12]})" in str(caught.value)
    assert "--overwrite, or use another --output" in str(caught.value)


@pytest.mark.parametrize("change", ["added", "taken away"])
def test_a_folder_must_have_the_same_files(run, recipe, files, change):
    if change == "added":
        (files / "brat" / "b.ann").write_text("T1")
    else:
        (files / "brat" / "deep" / "a.ann").unlink()
    with pytest.raises(ConfigError, match=r"brat/ \(files were added or taken away\)"):
        check(run, digests(recipe, files))


def test_what_does_not_matter_may_change(run, recipe, files):
    (files / "teacher" / "report.json").write_text("[]")
    (files / "absent.jsonl").write_text("now it is there")
    (files / "more.txt.gz").unlink()
    check(run, digests(recipe, files))


@pytest.mark.parametrize("content", ["{", "3", ""])
def test_digests_that_are_damaged_are_named(run, recipe, files, content):
    (run / "inputs.json").write_text(content)
    with pytest.raises(ConfigError, match=r"inputs\.json: damaged"):
        check(run, digests(recipe, files))


def test_a_run_without_digests_is_not_judged(tmp_path):
    check(tmp_path, {"a": "1"})


def test_fit_keeps_them_in_the_folder_and_looks_at_them_before_it_goes_on(tmp_path):
    file = tmp_path / "train.jsonl"
    row = {"text": "Ann", "entities": [{"start": 0, "end": 3, "label": "PER"}]}
    file.write_text(f"{json.dumps(row)}\n" * 4)
    small = {"encoder_options": {"hidden": 8, "embedding": {"token_dim": 4, "bigram_dim": 0}}}
    data = {"format": "jsonl", "train": str(file), "dev": str(file)}
    recipe = load_recipe(None, data=data, model=small, training={"num_train_epochs": 1})
    quiet = Console(quiet=True)
    fit(recipe, tmp_path / "run", console=quiet)
    assert json.loads((tmp_path / "run" / "inputs.json").read_text()) == {str(file): sha(file)}
    fit(recipe, tmp_path / "run", resume=True, console=quiet)
    file.write_text(f"{json.dumps(row)}\n" * 5)
    with pytest.raises(ConfigError, match="begun with other files"):
        fit(recipe, tmp_path / "run", resume=True, console=quiet)
    fit(recipe, tmp_path / "run", overwrite=True, console=quiet)
    assert json.loads((tmp_path / "run" / "inputs.json").read_text()) == {str(file): sha(file)}
