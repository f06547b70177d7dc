"""The keys of `[training]`: theirs, ours, and neither."""

import pytest

from globalpointer.errors import ConfigError
from globalpointer.training.arguments import PRETRAINED, SCRATCH, UNTRAINED_TRANSFORMER, parse, preset


def test_both_halves(tmp_path):
    arguments, settings = parse({"num_train_epochs": 3, "ema": 0.9, "patience": 2}, tmp_path, suited=SCRATCH)
    assert arguments.num_train_epochs == 3
    assert (settings.ema, settings.patience, settings.fgm) == (0.9, 2, 0.0)


def test_the_defaults_depend_on_the_encoder_and_give_way(tmp_path):
    for suited in (PRETRAINED, SCRATCH, UNTRAINED_TRANSFORMER):
        arguments, settings = parse({}, tmp_path, suited=suited)
        assert arguments.learning_rate == suited["learning_rate"]
        assert settings.ema == suited.get("ema", 0.0)
        assert settings.head_learning_rate == suited.get("head_learning_rate")
    arguments, settings = parse({"learning_rate": 0.5, "ema": 0.0}, tmp_path, suited=SCRATCH)
    assert (arguments.learning_rate, settings.ema) == (0.5, 0.0)


def test_which_defaults_suit_which_encoder():
    assert preset("bilstm", pretrained=True) is SCRATCH
    assert preset("transformer", pretrained=True) is UNTRAINED_TRANSFORMER
    assert preset("albert", pretrained=True) is UNTRAINED_TRANSFORMER
    assert preset("minilm", pretrained=True) is PRETRAINED
    assert preset("minilm", pretrained=False) is UNTRAINED_TRANSFORMER


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ({"learning_rat": 1}, r"unknown key 'training.learning_rat' \(nearest: 'learning_rate'\)"),
        ({"pateince": 1}, r"nearest: 'patience'"),
        ({"output_dir": "x"}, "set by globalpointer itself"),
        ({"label_smoothing_factor": 0.1}, "training.label_smoothing_factor has no effect"),
        ({"ema": 1.5}, "training.ema"),
        ({"patience": 0}, "training.patience"),
        ({"fgm": float("inf")}, "training.fgm: .*finite"),
        ({"learning_rate": "fast"}, "training.learning_rate: .*number.*found 'fast'"),
        ({"learning_rate": -1}, "training.learning_rate: .*greater than or equal to 0, found -1"),
        ({"num_train_epochs": 0}, "training.num_train_epochs: .*greater than 0, found 0"),
        ({"learning_rate": float("nan")}, "training.learning_rate"),
        ({"adam_beta1": 5}, "training.adam_beta1: .*less than 1, found 5"),
        ({"seed": -1}, "training.seed"),
        ({"seed": 2**32}, "training.seed"),
        ({"gradient_accumulation_steps": 0}, "training.gradient_accumulation_steps"),
        ({"per_device_train_batch_size": 0}, "training.per_device_train_batch_size"),
        ({"dataloader_num_workers": -1}, "training.dataloader_num_workers"),
        ({"torch_compile": "x"}, "training.torch_compile: .*boolean"),
        ({"report_to": 3}, "training.report_to"),
        ({"disable_tqdm": False}, "set by globalpointer itself"),
        ({"lr_scheduler_type": "zigzag"}, "refused by transformers"),
        ({"patience": 2, "eval_strategy": "no"}, "training.patience needs evaluations"),
    ],
)
def test_a_mistake_is_named(tmp_path, training, said):
    with pytest.raises(ConfigError, match=said):
        parse(training, tmp_path, suited=SCRATCH)


def test_a_number_in_quotes_is_a_number(tmp_path):
    arguments, _ = parse({"learning_rate": "3e-5", "eval_strategy": "steps"}, tmp_path, suited=SCRATCH)
    assert arguments.learning_rate == 3e-5
    assert arguments.eval_strategy == "steps"


@pytest.mark.parametrize("name", ["learning_rate", "num_train_epochs", "seed", "per_device_train_batch_size"])
def test_true_is_no_number(tmp_path, name):
    with pytest.raises(ConfigError, match=f"training.{name}: expected a number, found True"):
        parse({name: True}, tmp_path, suited={})
