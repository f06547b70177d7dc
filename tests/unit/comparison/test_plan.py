"""What is compared, and what does not belong into one table."""

import os
from pathlib import Path

import pytest

from globalpointer.comparison.plan import make_plan
from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError
from globalpointer.training.differences import differing


def test_each_recipe_is_a_system_with_its_own_seed(recipe):
    (recipe.parent / "other.toml").write_text(recipe.read_text().replace("\ndim = 16", "\ndim = 8") + "seed = 7\n")
    plan = make_plan([recipe.parent])
    assert [system.name for system in plan.systems] == ["base", "other"]
    assert [(run.name, run.recipe.training["seed"]) for run in plan.runs] == [("base-42", 42), ("other-7", 7)]
    assert plan.kind == "ner"


def test_seeds_come_one_after_another_for_all_systems(recipe):
    plan = make_plan([recipe], heads=["efficient", "biaffine"], seeds=[3, 1], overrides=["training.num_train_epochs=2"])
    assert [run.name for run in plan.runs] == ["efficient-3", "biaffine-3", "efficient-1", "biaffine-1"]
    assert {run.recipe.training["num_train_epochs"] for run in plan.runs} == {2}
    assert len({run.recipe.fingerprint for run in plan.runs}) == 4


def test_what_another_head_does_not_take_is_dropped_and_named(recipe):
    overrides = ["model.rotary=false", "model.head_options={hidden_size_of_nobody=1}", "training.rdrop=0.5"]
    plan = make_plan([recipe], heads=["efficient", "biaffine", "tplinker"], overrides=overrides)
    same, head, extractor = plan.systems
    assert same.dropped == ()
    assert same.recipe == load_recipe(recipe, overrides)
    assert head.dropped == ("model.head_options.hidden_size_of_nobody", "model.rotary")
    assert (head.recipe.model.rotary, head.recipe.model.head_options, head.recipe.model.dim) == (True, {}, 16)
    assert {"model.reduction", "training.rdrop", "model.rotary"} <= set(extractor.dropped)
    assert extractor.recipe.model.reduction is None
    assert "rdrop" not in extractor.recipe.training
    assert set(differing([same.recipe, head.recipe])) == {
        "model.head",
        "model.rotary",
        "model.head_options.hidden_size_of_nobody",
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('test = "test.jsonl"', 'test = "dev.jsonl"', r"base and other differ in data\.test \(\[.*test\.jsonl"),
        ('kind = "ner"', 'kind = "relation"', r"differ in task\.kind \('ner' and 'relation'\)"),
    ],
)
def test_other_data_or_another_task_is_refused(recipe, old, new, told):
    (recipe.parent / "other.toml").write_text(recipe.read_text().replace(old, new))
    with pytest.raises(ConfigError, match=told):
        make_plan([recipe.parent])


def test_the_same_files_named_from_elsewhere_are_the_same(recipe):
    (recipe.parent / "sub").mkdir()
    moved = recipe.read_text().replace('"train.jsonl"', f'"{recipe.parent / "train.jsonl"}"')
    moved = moved.replace('"dev.jsonl"', f'"{recipe.parent / "dev.jsonl"}"')
    moved = moved.replace('"test.jsonl"', f'"{recipe.parent / "test.jsonl"}"')
    (recipe.parent / "sub" / "other.toml").write_text(moved)
    assert len(make_plan([recipe, recipe.parent / "sub"]).systems) == 2


def test_what_cannot_be_planned_is_told(recipe, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"empty: the folder holds no recipe \(\*\.toml\)"):
        make_plan([tmp_path / "empty"])
    with pytest.raises(ConfigError, match="two systems of one comparison have the name 'base'"):
        make_plan([recipe, recipe])
    with pytest.raises(ConfigError, match="two seeds of one comparison have the name '1'"):
        make_plan([recipe], seeds=[1, 2, 1])
    with pytest.raises(ConfigError, match=r"training\.seed: .* less than 4294967296, found 99999999999"):
        make_plan([recipe], seeds=[1, 99999999999])
    for wrong in ("nan", "'x'"):
        with pytest.raises(ConfigError, match=r"training\.seed: .* found (nan|'x')"):
            make_plan([recipe], overrides=[f"training.seed={wrong}"])
    with pytest.raises(ConfigError, match="heads: expected a list of names, found 'crf'"):
        make_plan([recipe], heads="crf")
    for overrides in (["data.train=-"], ["distillation.teacher=t", "distillation.unlabelled=-"]):
        with pytest.raises(ConfigError, match="base: each run reads the files anew, and - is standard input"):
            make_plan([recipe], overrides=overrides)
    try:
        odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/s\xff.toml"))
        odd.write_text(recipe.read_text())
    except OSError:  # a file system that has no such names
        return
    with pytest.raises(ConfigError, match=r"in UTF-8, and .* is not: rename the file"):
        make_plan([odd])


def test_recipes_of_models_are_named_as_their_folders(recipe, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "recipe.toml").write_text(recipe.read_text())
        (tmp_path / name / "report.json").touch()
    plan = make_plan([tmp_path / "one", tmp_path / "two" / "recipe.toml"])
    assert [system.name for system in plan.systems] == ["one", "two"]
    (alone,) = make_plan(str(tmp_path / "one")).systems
    assert alone.name == "one"
    with pytest.raises(ConfigError, match="unknown system 'eficient' \\(nearest: 'efficient'\\)"):
        make_plan([recipe], heads=["eficient"])
    (tmp_path / "other.toml").write_text(recipe.read_text())
    with pytest.raises(ConfigError, match="made from one recipe, and 2 were given"):
        make_plan([recipe.parent], heads=["efficient"])
    with pytest.raises(ConfigError, match="at least one recipe"):
        make_plan([])
