"""Every recipe parses, says how it is run and what to expect, and names no size relative to a machine."""

import re
from pathlib import Path

import pytest

from globalpointer.config import load_recipe

ROOT = Path(__file__).resolve().parents[2]
RECIPES = sorted((ROOT / "recipes").glob("**/*.toml"))


def test_there_are_recipes():
    assert RECIPES


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_parses_and_round_trips(path, tmp_path):
    recipe = load_recipe(path)
    (tmp_path / "again.toml").write_text(recipe.to_toml(), encoding="utf-8")
    assert load_recipe(tmp_path / "again.toml") == recipe


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_header_says_how_it_is_run_and_what_to_expect(path):
    header = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    command = next((line for line in header if line.startswith("# Run:")), "")
    assert f"globalpointer train {path.relative_to(ROOT)}" in command
    expected = next((line for line in header if line.startswith("# Expect:")), "")
    assert re.search(r"F1 \d", expected), "no measured score in the header"
