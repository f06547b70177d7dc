"""Training from end to end, and what a kill may not change."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file

from globalpointer.config import load_recipe
from globalpointer.data.sample import sample
from globalpointer.data.writers import write
from globalpointer.errors import ConfigError, DataError
from globalpointer.predictor import Predictor
from globalpointer.text.spans import Document
from globalpointer.training import checkpoints
from globalpointer.training.fit import fit
from globalpointer.training.folder import read_result

SMALL = {
    "encoder": "bilstm",
    "reduction": "sum",
    "dropout": 0.0,
    "encoder_options": {
        "hidden": 64,
        "dropout": 0.1,
        "embedding": {"token_dim": 32, "bigram_dim": 16, "bigrams": 4096, "dropout": 0.1},
    },
}
TRAINING = {
    "num_train_epochs": 6,
    "tokens_per_batch": 300,
    "learning_rate": 1e-2,
    "ema": 0.9,
    "patience": 2,
    "logging_steps": 1,
    "use_cpu": True,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    paths = {}
    for part, size in (("train", 200), ("dev", 60), ("test", 60)):
        paths[part] = str(folder / f"{part}.jsonl")
        write(sample(part, "zh")[:size], paths[part], "jsonl")
    return paths


@pytest.fixture(scope="module")
def recipe(files):
    return load_recipe(None, data={"format": "jsonl", **files}, model=SMALL, training=TRAINING)


@pytest.fixture(scope="module")
def finished(recipe, tmp_path_factory):
    return fit(recipe, tmp_path_factory.mktemp("runs") / "whole")


def rows(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_folder_is_complete(finished):
    names = {file.name for file in finished.folder.iterdir()}
    assert names == {
        *("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"),
        *("README.md", "recipe.toml", "inputs.json", "report.json", "history.jsonl"),
    }
    card = (finished.folder / "README.md").read_text(encoding="utf-8")
    assert f"{finished.test.f1:.4f}" in card
    assert f"answers from a score of {finished.threshold:.2f} on; what it finds may nest" in card
    assert "It reads 64 tokens at once" in card


def test_a_model_that_finds_everything_is_told_of(recipe, tmp_path):
    task = recipe.task.model_copy(update={"threshold": 1e-9})
    training = {**recipe.training, "max_steps": 1}
    result = fit(recipe.model_copy(update={"task": task, "training": training}), tmp_path / "runs")
    parts = [re.search(r"in \d+ windows of the (\w+) part 256 cells or more", note) for note in result.notes]
    assert [found[1] for found in parts if found] == ["dev", "test"]


def test_it_learns_and_the_saved_model_is_the_best_one(finished, recipe):
    dev = [row["dev_f1"] for row in rows(finished.folder) if "dev_f1" in row]
    assert dev[0] < 0.3 < dev[-1]
    assert finished.dev.f1 == pytest.approx(max(dev), abs=0.02)
    document = Predictor.from_pretrained(finished.folder).predict(sample("test", "zh")[0].text)
    assert document.entities is not None


def test_the_slope_was_fitted_and_saved(finished):
    assert Predictor.from_pretrained(finished.folder).model.config.slopes["entity"] != 1.0


def test_a_finished_run_is_read_back_not_run_again(finished, recipe):
    before = (finished.folder / "model.safetensors").stat().st_mtime_ns
    again = fit(recipe, finished.folder, resume=True)
    assert again.dev == finished.dev
    assert (finished.folder / "model.safetensors").stat().st_mtime_ns == before


def test_an_output_folder_is_never_emptied_by_mistake(recipe, tmp_path, finished):
    (tmp_path / "precious.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigError, match="not empty"):
        fit(recipe, tmp_path)
    with pytest.raises(ConfigError, match="holds no earlier run"):
        fit(recipe, tmp_path, overwrite=True)
    with pytest.raises(ConfigError, match="a file of that name"):
        fit(recipe, tmp_path / "precious.txt")
    with pytest.raises(ConfigError, match="had another recipe"):
        fit(load_recipe(finished.folder / "recipe.toml", ["training.seed=1"]), finished.folder, resume=True)
    assert (tmp_path / "precious.txt").exists()


def test_only_what_a_run_wrote_is_removed(recipe, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "recipe.toml").write_text(recipe.to_toml(), encoding="utf-8")
    (folder / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"also holds thesis\.txt: move that away"):
        fit(recipe, folder, overwrite=True)
    (folder / "thesis.txt").unlink()
    # a name that a run writes, of a file that this one reads
    write(sample("train", "zh")[:20], folder / "history.jsonl", "jsonl")
    inside = load_recipe(folder / "recipe.toml", [f"data.train={folder / 'history.jsonl'}"])
    with pytest.raises(ConfigError, match=r"would remove what the run is to read, .*history\.jsonl"):
        fit(inside, folder, overwrite=True)
    assert sorted(each.name for each in folder.iterdir()) == ["history.jsonl", "recipe.toml"]


def test_a_training_that_diverges_is_no_model(files, tmp_path):
    wild = {**TRAINING, "learning_rate": 1e30}
    recipe = load_recipe(None, data={"format": "jsonl", **files}, model=SMALL, training=wild)
    with pytest.raises(ConfigError, match=r"diverged: after step \d+ .* lower training\.learning_rate \(1e\+30\)"):
        fit(recipe, tmp_path / "run")
    assert not (tmp_path / "run" / "report.json").exists()


def test_a_run_killed_after_its_last_word_is_finished(finished, recipe):
    left = finished.folder / "checkpoints" / "checkpoint-9"
    left.mkdir(parents=True)
    (left / "complete").touch()
    assert fit(recipe, finished.folder, resume=True).dev == finished.dev
    assert not left.exists()


@pytest.mark.parametrize("wrong", ["data.train=absent.jsonl", "model.head=none", "model.window=1"])
def test_a_mistake_leaves_the_older_run_as_it_was(recipe, tmp_path, wrong):
    (tmp_path / "recipe.toml").write_text(recipe.to_toml(), encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"weights of an older run")
    with pytest.raises((ConfigError, DataError)):
        fit(load_recipe(tmp_path / "recipe.toml", [wrong]), tmp_path, overwrite=True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.safetensors", "recipe.toml"]


@pytest.mark.filterwarnings("ignore::globalpointer.errors.LimitWarning")
def test_gradients_do_not_grow_with_the_accumulation_steps(files, tmp_path):
    """Found in transformers 5: a model that takes loss arguments has its gradients added up, not averaged."""
    text = sample("train", "zh")[0]
    twice = tmp_path / "twice.jsonl"
    write([text, text], str(twice), "jsonl")
    quiet = {"dropout": 0.0, "embedding": {"dropout": 0.0, "token_unknown": 0.0, "bigram_unknown": 0.0}}
    norms = []
    for steps in (1, 2):
        training = {**TRAINING, "num_train_epochs": 1, "per_device_train_batch_size": 1, "bf16": False}
        recipe = load_recipe(
            None,
            data={"format": "jsonl", "train": str(twice), "dev": str(twice)},
            model={**SMALL, "encoder_options": quiet},
            training={**training, "gradient_accumulation_steps": steps},
        )
        norms.append(rows(fit(recipe, tmp_path / str(steps)).folder)[0]["grad_norm"])
    assert norms[0] == pytest.approx(norms[1], rel=1e-4)


def start(recipe_file: Path, output: Path, *, kill: str = "") -> subprocess.Popen:
    """A training in a process of its own; `kill` is Python that arranges for its death."""
    program = f"""
import sys
from globalpointer.config import load_recipe
from globalpointer.training.fit import fit
{kill}
fit(load_recipe(sys.argv[1]), sys.argv[2], resume=True)
"""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", program, str(recipe_file), str(output)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


WHILE_SAVING = """
import os, signal
from globalpointer.training import trainer
def die(checkpoint):
    if checkpoint.name.endswith("-{step}"):
        (checkpoint / "optimizer.pt").write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    whole(checkpoint)
whole = trainer.seal
trainer.seal = die
"""


@pytest.mark.parametrize("when", ["between two checkpoints", "while a checkpoint is written"])
def test_a_killed_run_resumes_to_the_last_bit(recipe, tmp_path, when):
    """Kill -9, resume: the same loss at every step, the same weights, the moving average included."""
    recipe_file = tmp_path / "recipe.toml"
    recipe_file.write_text(recipe.to_toml(), encoding="utf-8")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    reference = start(recipe_file, whole)
    assert reference.wait() == 0, reference.stderr.read().decode()
    steps = [row["step"] for row in rows(whole) if "dev_f1" in row]
    if when == "while a checkpoint is written":
        victim = start(recipe_file, broken, kill=WHILE_SAVING.format(step=steps[1]))
    else:
        victim = start(recipe_file, broken)
        while not (broken / "history.jsonl").exists() or len(rows(broken)) < steps[0] + 4:
            assert victim.poll() is None, victim.stderr.read().decode()
            time.sleep(0.02)
        victim.send_signal(signal.SIGKILL)
    assert victim.wait() == -signal.SIGKILL
    victim.stderr.close()
    assert not (broken / "report.json").exists()
    resumed = start(recipe_file, broken)
    assert resumed.wait() == 0, resumed.stderr.read().decode()
    for process in (reference, resumed):
        process.stderr.close()
    kept = ("step", "loss", "dev_f1")
    curves = [[{key: row[key] for key in kept if key in row} for row in rows(folder)] for folder in (whole, broken)]
    assert curves[0] == curves[1]
    first, second = (load_file(folder / "model.safetensors") for folder in (whole, broken))
    assert first.keys() == second.keys()
    assert all(first[name].equal(second[name]) for name in first)
    assert read_result(whole).test == read_result(broken).test
    assert [read_result(folder).resumed for folder in (whole, broken)] == [False, True]
    assert checkpoints.latest(broken / "checkpoints") is None


def test_few_overlaps_in_training_are_told_and_none_are_found(tmp_path):
    plain, nested = Document("ab cd"), Document("ab cd ef")
    flat = replace(plain, entities=(plain.entity("A", 0, 2), plain.entity("B", 3, 5)))
    slip = replace(nested, entities=(nested.entity("A", 0, 5), nested.entity("B", 3, 5)))
    write([slip, *[flat] * 1000], tmp_path / "train.jsonl", "jsonl")
    files = {part: str(tmp_path / "train.jsonl") for part in ("train", "dev")}
    settings = {**TRAINING, "num_train_epochs": 1, "tokens_per_batch": 2000}
    recipe = load_recipe(None, data={"format": "jsonl", **files}, model=SMALL, training=settings)
    result = fit(recipe, output=tmp_path / "run")
    told = [note for note in result.notes if "overlap" in note]
    assert len(told) == 2  # the dev part is the same file
    assert told[0].startswith("2 of 2002 entities of the training part overlap another")
    assert Predictor.from_pretrained(result.folder).overlap_policy == "flat"
