"""A model that a command is given: a word where its training was not finished."""

import json

import pytest


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_the_model_of_a_run_that_was_killed_is_told(cli, predictor, tmp_path, command, finished):
    model, gold = tmp_path / "mine", tmp_path / "gold.jsonl"
    (model if finished else model / "checkpoints").mkdir(parents=True)
    gold.write_text(json.dumps({"text": "Ann sings.", "entities": []}) + "\n")
    result = cli(command, model, gold)
    assert result.code == 0, result.err
    assert ("mine: its training is not finished: this is its best epoch so far" in result.err) != finished
