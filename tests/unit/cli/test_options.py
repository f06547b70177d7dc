"""What the shared options mean."""

import pytest
import typer

from globalpointer.cli.options import Policy, reading, thresholds
from globalpointer.config import Recipe
from globalpointer.tasks.overlap import OVERLAP_POLICIES


def test_the_policies_are_those_of_the_task():
    assert tuple(Policy) == OVERLAP_POLICIES


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], None),
        (["0.7"], 0.7),
        (["PER=0.9"], {"PER": 0.9}),
        (["0.3", "PER=0.9"], {"*": 0.3, "PER": 0.9}),
        (["0.3", "relation=0.8"], {"*": 0.3, "relation": 0.8}),
        (["a=b=0.9"], {"a=b": 0.9}),
    ],
)
def test_thresholds(given, expected):
    assert thresholds(given) == expected


@pytest.mark.parametrize("given", ["high", "PER=", "="])
def test_a_threshold_that_is_no_number(given):
    with pytest.raises(typer.BadParameter, match="--threshold expects"):
        thresholds([given])


def test_what_is_said_goes_before_the_models():
    recipe = Recipe.model_validate({"data": {"format": "bio", "joiner": "", "train": "x", "layers": 2}})
    assert reading(recipe, None, None) == ("bio", recipe.data.reading())
    chosen, options = reading(recipe, "bioes", " ")
    assert (chosen, options["joiner"], options["layers"]) == ("bioes", " ", 2)
    assert reading(None, None, None) == ("jsonl", {"joiner": None})
