"""The keys of `[training]`: theirs, ours, and neither."""

import pytest

from globalpointer.errors import ConfigError
from globalpointer.training.arguments import PRETRAINED, SCRATCH, parse


def test_both_halves(tmp_path):
    arguments, settings = parse({"num_train_epochs": 3, "ema": 0.9, "patience": 2}, tmp_path, pretrained=False)
    assert arguments.num_train_epochs == 3
    assert (settings.ema, settings.patience, settings.fgm) == (0.9, 2, 0.0)


def test_the_defaults_depend_on_the_encoder_and_give_way(tmp_path):
    for pretrained, preset in ((True, PRETRAINED), (False, SCRATCH)):
        arguments, settings = parse({}, tmp_path, pretrained=pretrained)
        assert arguments.learning_rate == preset["learning_rate"]
        assert settings.ema == preset.get("ema", 0.0)
        assert settings.head_learning_rate == preset.get("head_learning_rate")
    arguments, settings = parse({"learning_rate": 0.5, "ema": 0.0}, tmp_path, pretrained=False)
    assert (arguments.learning_rate, settings.ema) == (0.5, 0.0)


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ({"learning_rat": 1}, r"unknown key 'training.learning_rat' \(nearest: 'learning_rate'\)"),
        ({"pateince": 1}, r"nearest: 'patience'"),
        ({"output_dir": "x"}, "set by globalpointer itself"),
        ({"ema": 1.5}, "training.ema"),
        ({"patience": 0}, "training.patience"),
        ({"lr_scheduler_type": "zigzag"}, "refused by transformers"),
        ({"patience": 2, "eval_strategy": "no"}, "training.patience needs evaluations"),
    ],
)
def test_a_mistake_is_named(tmp_path, training, said):
    with pytest.raises(ConfigError, match=said):
        parse(training, tmp_path, pretrained=False)
