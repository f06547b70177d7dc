"""A warm start: which loss is trained in which epoch, and whom it is for."""

import pytest
import torch
from torch import nn
from transformers import TrainerControl, TrainerState

from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.losses.joint import joint_crossentropy
from globalpointer.nn.losses.span_f1 import span_f1_loss
from globalpointer.nn.token_pair import TokenPairModel
from globalpointer.training.warm import warm_start


def model():
    encoder = nn.Embedding(9, 8)
    encoder.hidden = 8
    return TokenPairModel(encoder, {"answer": EfficientGlobalPointer(8, 1, dim=4)}, losses={"answer": span_f1_loss})


def recipe(loss="span_f1", head="efficient"):
    tables = {"task": {"kind": "mrc"}, "model": {"loss": loss, "head": head}}
    return load_recipe(None, data={"format": "squad", "train": "x"}, **tables)


def test_the_loss_of_the_recipe_takes_over_after_the_warm_epochs_and_also_in_a_resumed_run():
    reader = model()
    warm = warm_start(recipe(), reader, 2)
    taken = []
    for epoch in (0.0, 1.0, 1.9999999, 3.0):
        warm.on_epoch_begin(None, TrainerState(epoch=epoch), TrainerControl())
        taken.append(reader.losses["answer"])
    assert taken == [joint_crossentropy, joint_crossentropy, span_f1_loss, span_f1_loss]
    assert not any(torch.is_tensor(each) for each in reader.losses.values())


def test_without_warm_epochs_there_is_none():
    assert warm_start(recipe("joint"), model(), 0) is None


@pytest.mark.parametrize("given", [{"loss": "joint"}, {"loss": "multilabel"}, {"loss": None}])
def test_what_needs_no_warm_start_is_told_so(given):
    with pytest.raises(ConfigError, match=r'warm_epochs is for heads under model.loss = "span_f1"'):
        warm_start(recipe(**given), model(), 1)
    with pytest.raises(ConfigError, match="'gnr' under 'span_f1'"):
        warm_start(recipe(head="gnr"), nn.Identity(), 1)
