"""A run is not taken up with other files under the names that its recipe has."""

import gzip
import hashlib
import json
import tarfile

import pytest

from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError
from globalpointer.training.inputs import check, digests, remembered
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
    with remembered(folder, digests(recipe, tmp_path), resume=False):
        folder.mkdir()
        (folder / "recipe.toml").write_text(recipe.to_toml())
    return folder


def test_digests_are_those_of_the_bytes_under_the_names_of_the_recipe(recipe, files):
    assert digests(recipe, files) == {
        "train.jsonl": sha(files / "train.jsonl"),
        "corpus.tar.gz": sha(files / "corpus.tar.gz"),
        "brat/deep/a.ann": sha(files / "brat" / "deep" / "a.ann"),
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
    with pytest.raises(ConfigError), remembered(run, digests(recipe, files), resume=True):
        pytest.fail("the run was taken up")


def test_what_does_not_matter_may_change(run, recipe, files):
    (files / "teacher" / "report.json").write_text("[]")
    (files / "absent.jsonl").write_text("now it is there")
    (files / "more.txt.gz").unlink()
    check(run, digests(recipe, files))


def test_a_run_without_digests_is_not_judged(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "recipe.toml").touch()
    with remembered(tmp_path / "old", {"a": "1"}, resume=True):
        pass
    assert not (tmp_path / "old.inputs.json").exists()
    with remembered(tmp_path / "new", {"a": "1"}, resume=True):
        assert json.loads((tmp_path / "new.inputs.json").read_text()) == {"a": "1"}  # there if it is killed now
        (tmp_path / "new").mkdir()
    assert not (tmp_path / "new.inputs.json").exists()  # no run began


def test_a_run_that_is_not_replaced_after_all_keeps_its_digests(run):
    kept = run.with_name("mine.inputs.json")
    before = kept.read_text()
    with pytest.raises(ZeroDivisionError), remembered(run, {"a": "1"}, resume=False):
        raise ZeroDivisionError
    assert kept.read_text() == before
    with remembered(run, {"a": "1"}, resume=False):
        (run / "recipe.toml").unlink()
        (run / "recipe.toml").write_text("")
    assert json.loads(kept.read_text()) == {"a": "1"}
