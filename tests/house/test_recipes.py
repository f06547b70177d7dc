"""Every recipe parses, says how it is run and what to expect, and names no size relative to a machine."""

import re
from pathlib import Path

import pytest

from globalpointer.comparison import make_plan
from globalpointer.config import load_recipe
from globalpointer.training.arguments import parse, preset

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "recipes"
RECIPES = sorted(FOLDER.glob("**/*.toml"))
MEASURED = sorted(FOLDER.glob("*.toml"))
NOT_RUN = sorted(FOLDER.glob("bert/*.toml"))
CHOICES = ("rates", "transitions")
EXPERIMENTS = sorted(path for path in FOLDER.glob("paper/*") if path.is_dir())


def name(path):
    return str(path.relative_to(FOLDER).with_suffix(""))


def header(path):
    """What follows `# Run:` and `# Expect:`; the last value of each."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(re.findall(r"^# (Run|Expect): +(.*)$", "\n".join(lines), flags=re.MULTILINE))


def test_there_are_recipes_of_every_kind_and_no_others():
    compared = [path for folder in EXPERIMENTS for path in folder.glob("*.toml")]
    assert MEASURED
    assert NOT_RUN
    assert compared
    assert sorted([*MEASURED, *NOT_RUN, *compared]) == RECIPES


@pytest.mark.parametrize("path", RECIPES, ids=name)
def test_a_recipe_parses_and_round_trips(path, tmp_path):
    recipe = load_recipe(path)
    (tmp_path / "again.toml").write_text(recipe.to_toml(), encoding="utf-8")
    assert load_recipe(tmp_path / "again.toml") == recipe


@pytest.mark.parametrize("path", [*MEASURED, *NOT_RUN], ids=name)
def test_the_header_of_a_recipe_by_itself_says_how_it_is_run(path):
    assert f"globalpointer train {path.relative_to(ROOT)} " in header(path)["Run"]


@pytest.mark.parametrize("path", MEASURED, ids=name)
def test_the_header_of_a_measured_recipe_has_its_score(path):
    assert re.search(r"F1 \d", header(path)["Expect"]), "no measured score in the header"


@pytest.mark.parametrize("path", NOT_RUN, ids=name)
def test_the_header_of_a_recipe_that_was_not_run_says_what_it_needs(path):
    encoder = load_recipe(path).model.encoder
    assert header(path)["Expect"] == f"not run here: needs {encoder}"


@pytest.mark.parametrize("path", NOT_RUN, ids=name)
def test_a_recipe_that_was_not_run_trains_as_it_says(path, tmp_path):
    recipe = load_recipe(path)
    suited = preset(recipe.model.encoder, pretrained=recipe.model.pretrained)
    arguments, ours = parse(recipe.training, tmp_path, suited=suited)
    assert arguments.learning_rate == ours.head_learning_rate == 2e-5
    size, epochs = arguments.per_device_train_batch_size, arguments.num_train_epochs
    if path.stem.endswith("_constant"):
        assert (size, epochs, arguments.lr_scheduler_type, arguments.warmup_steps) == (16, 10, "constant", 0)
    else:
        assert (size, epochs, recipe.model.dropout) == (32, 30, 0.1)


@pytest.mark.parametrize("folder", EXPERIMENTS, ids=name)
def test_an_experiment_is_one_comparison_with_three_seeds_and_a_choice_of_settings_with_one(folder):
    seeds = [42] if folder.name in CHOICES else [42, 1, 2]
    told = ",".join(map(str, seeds))
    command = (
        f"globalpointer compare {folder.relative_to(ROOT)} --seeds {told} --output runs/paper/{folder.name} --resume"
    )
    for path in folder.glob("*.toml"):
        assert header(path) == {"Run": command, "Expect": "see docs/paper.md"}
    plan = make_plan([folder], seeds=seeds)
    assert len(plan.runs) == len(seeds) * len(list(folder.glob("*.toml"))) >= 3


@pytest.mark.parametrize("folder", EXPERIMENTS, ids=name)
def test_systems_of_an_experiment_differ(folder):
    fingerprints = {load_recipe(path).fingerprint for path in folder.glob("*.toml")}
    assert len(fingerprints) == len(list(folder.glob("*.toml")))
