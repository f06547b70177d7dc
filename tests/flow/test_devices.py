"""Several devices: two processes train one model together, and one of them speaks."""

import json
import os
import subprocess
import sys

import pytest

from globalpointer.cli.demo import Language, write_sample


@pytest.mark.slow
def test_two_processes_train_one_model(tmp_path):
    files = write_sample(tmp_path / "data", Language.zh)
    launch = (sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2", "--num_machines", "1",
              "--mixed_precision", "no", "--dynamo_backend", "no", "-m", "globalpointer", "train")  # fmt: skip
    options = ("--format", "jsonl", "--train", str(files["train"]), "--dev", str(files["dev"]), "--epochs", "2",
               "--output", str(tmp_path / "model"), "--set", "model.encoder_options={hidden=32}",
               "--set", "data.subset={size=200}", "--set", "training.learning_rate=1e-2",
               "--set", "training.ema=0.5")  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200"}
    done = subprocess.run((*launch, *options), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for once in ("The model is in", "complete documents"):
        assert done.stdout.count(once) == 1
    assert done.stderr.count("trained on 200 of") == 1
    assert done.stderr.count("dev F1") == 2
    rows = [json.loads(line) for line in (tmp_path / "model" / "history.jsonl").read_text().splitlines()]
    losses = [row["step"] for row in rows if "loss" in row]
    assert losses == sorted(set(losses))
    assert sum("dev_f1" in row for row in rows) == 2
