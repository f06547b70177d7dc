"""What the shared options mean."""

import pytest
import typer

from globalpointer.build import EXTRACTORS, HEADS, SCRATCH_ENCODERS
from globalpointer.cli.main import app
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
    assert reading(recipe, None, None, ["a.txt"]) == ("bio", recipe.data.reading())
    chosen, options = reading(recipe, "bioes", " ", ["a.jsonl"])
    assert (chosen, options["joiner"], options["layers"]) == ("bioes", " ", 2)
    assert reading(None, None, None, ["a.txt"]) == ("jsonl", {"joiner": None})


@pytest.mark.parametrize(
    ("trained", "train", "files", "expected"),
    [
        ("squad", "train.json", ["a.jsonl", "b.jsonl.gz"], "jsonl"),
        ("squad", "train.json", ["a.jsonl", "b.json"], "squad"),
        ("squad", "train.jsonl", ["a.jsonl"], "squad"),
        ("cluener", "train.json", ["a.jsonl"], "cluener"),
    ],
)
def test_files_called_jsonl_are_jsonl_unless_the_training_had_another_format_so_called(trained, train, files, expected):
    recipe = Recipe.model_validate({"data": {"format": trained, "train": train}})
    assert reading(recipe, None, None, files)[0] == expected


def test_the_help_names_every_encoder_and_head():
    shown = {each.name: each.help for each in typer.main.get_command(app).commands["train"].params}
    assert [name for name in SCRATCH_ENCODERS if name not in shown["encoder"]] == []
    assert [name for name in (*HEADS, *EXTRACTORS) if name not in shown["head"]] == []
