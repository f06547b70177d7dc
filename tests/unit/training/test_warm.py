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
from globalpointer.training.warm import unwarmed, warm_epochs, warm_start


def model():
    encoder = nn.Embedding(9, 8)
    encoder.hidden = 8
    return TokenPairModel(encoder, {"answer": EfficientGlobalPointer(8, 1, dim=4)}, losses={"answer": span_f1_loss})


def recipe(loss="span_f1", head="efficient", **more):
    tables = {"task": {"kind": "mrc"}, "model": {"loss": loss, "head": head, **more}}
    return load_recipe(None, data={"format": "squad", "train": "x"}, **tables)


def test_the_loss_of_the_recipe_takes_over_after_the_warm_epochs_and_also_in_a_resumed_run():
    reader = model()
    warm = warm_start(recipe(), reader, 2, of=4)
    taken = []
    for epoch in (0.0, 1.0, 1.6, 1.9999999, 3.0):
        warm.on_epoch_begin(None, TrainerState(epoch=epoch), TrainerControl())
        taken.append(reader.losses["answer"])
    assert taken == [*[joint_crossentropy] * 3, span_f1_loss, span_f1_loss]
    assert not any(torch.is_tensor(each) for each in reader.losses.values())


@pytest.mark.parametrize(
    ("changed", "given", "of", "epochs"),
    [
        ({}, None, 3, 2),
        ({}, None, 10, 6),
        ({}, None, 2, 1),
        ({}, None, 1.2, 1),
        ({}, None, 1, 0),
        ({}, 0, 3, 0),
        ({}, 2, 3, 2),
        ({"loss": "joint"}, None, 3, 0),
        ({"head": "gnr"}, None, 3, 0),
        ({"start_from": "runs/reader"}, None, 3, 0),
    ],
)
def test_the_f1_loss_begins_warm_by_itself(changed, given, of, epochs):
    assert warm_epochs(recipe(**changed), given, of=of) == epochs


@pytest.mark.parametrize(
    ("changed", "given", "of", "lines"),
    [({}, None, 1, 1), ({}, None, 3, 0), ({}, 0, 1, 0), ({"loss": "joint"}, None, 1, 0), ({"head": "gnr"}, None, 1, 0)],
)
def test_a_run_that_has_no_time_for_a_warm_start_is_told(changed, given, of, lines):
    said = unwarmed(recipe(**changed), given, of=of)
    assert len(said) == lines
    assert all("of a single epoch none can be a warm start" in each for each in said)


def test_without_warm_epochs_there_is_none():
    assert warm_start(recipe("joint"), model(), 0, of=3) is None


@pytest.mark.parametrize("given", [{"loss": "joint"}, {"loss": "multilabel"}, {"loss": None}])
def test_what_needs_no_warm_start_is_told_so(given):
    with pytest.raises(ConfigError, match=r'warm_epochs is for heads under model.loss = "span_f1"'):
        warm_start(recipe(**given), model(), 1, of=3)
    with pytest.raises(ConfigError, match="'gnr' under 'span_f1'"):
        warm_start(recipe(head="gnr"), nn.Identity(), 1, of=3)


def test_a_warm_start_must_end_before_the_run_does():
    with pytest.raises(ConfigError, match=r"warm_epochs is 3, and of 3 epochs none is left for model.loss = 'span_f1'"):
        warm_start(recipe(), model(), 3, of=3)


def test_epochs_of_a_warm_start_are_not_measured_against_steps():
    with pytest.raises(
        ConfigError, match=r"max_steps counts steps, and the warm start of model.loss = 'span_f1' epochs"
    ):
        warm_start(recipe(), model(), 6, of=10, max_steps=8)
    assert warm_start(recipe(), model(), 0, of=10, max_steps=8) is None


@pytest.mark.parametrize(
    ("f1", "said"),
    [
        ((0.5, 0.4, 0.4), "epoch 1, of the warm start: after it 'span_f1' did no better"),
        ((0.5,), "epoch 1, of the warm start: none was evaluated after it"),
        ((0.5, 0.5, 0.4), ""),
        ((0.1, 0.3, 0.4), ""),
    ],
)
def test_a_model_that_never_saw_its_own_loss_is_told(f1, said):
    warm = warm_start(recipe(), model(), 1, of=3)
    history = [{"loss": 1.0, "epoch": 0.5}, *({"eval_f1": each, "epoch": epoch} for epoch, each in enumerate(f1, 1))]
    assert said in "".join(warm.told(TrainerState(log_history=history)))
    assert bool(warm.told(TrainerState(log_history=history))) == bool(said)
