"""Names become objects in one place, and a wrong name or option says which are right."""

import math

import pytest
from tests.models import small_predictor

from globalpointer.build import LOSSES, build_extractor, build_loss, build_task
from globalpointer.errors import ConfigError
from globalpointer.nn.heads.thresholds import RARE


@pytest.fixture
def architecture():
    return small_predictor().model.config.architecture


def test_an_architecture_becomes_its_extractor(architecture):
    extractor = build_extractor(architecture)
    assert extractor.grids == ("entity",)
    assert extractor.encoder.hidden == 16


@pytest.mark.parametrize("head", ["efficient", "global_pointer", "biaffine"])
def test_every_head_is_made(architecture, head):
    options = {} if head == "biaffine" else {"dim": 8, "rotary": False}
    build_extractor({**architecture, "head": {"name": head, "options": options}})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"encoder": {"name": "bilstmm", "options": {}}}, "unknown encoder 'bilstmm' (nearest: 'bilstm')"),
        ({"head": {"name": "eficient", "options": {}}}, "unknown head 'eficient' (nearest: 'efficient')"),
        ({"loss": "multilable"}, "unknown loss 'multilable' (nearest: 'multilabel')"),
        ({"loss": "focal", "loss_options": {"gama": 1}}, "loss 'focal' has no option 'gama' (nearest: 'gamma')"),
        ({"loss": "focal", "loss_options": {"targets": 1}}, "loss 'focal' has no option 'targets'"),
        ({"loss": "focal", "loss_options": {"gamma": "x"}}, "the option 'gamma' must be a number, not 'x'"),
        ({"loss": "focal", "loss_options": {"gamma": True}}, "the option 'gamma' must be a number, not True"),
        ({"loss": "focal", "loss_options": {"alpha": 2}}, "alpha between 0 and 1"),
        ({"loss": "focal", "loss_options": {"alpha": "x"}}, "the option 'alpha' must be a number, not 'x'"),
        (
            {"head": {"name": "crf", "options": {"constrained": "false"}}, "thresholds": 0.0},
            "the option 'constrained' must be true or false, not 'false'",
        ),
        (
            {"encoder": {"name": "bilstm", "options": {"vocab_size": 9, "dropout": math.nan}}},
            "encoder 'bilstm': the option 'dropout' must have finite numbers, not nan",
        ),
        (
            {"encoder": {"name": "bilstm", "options": {"vocab_size": 9, "embedding": {"dropout": math.nan}}}},
            "the option 'embedding' must have finite numbers, not {'dropout': nan}",
        ),
        (
            {"encoder": {"name": "bilstm", "options": {"vocab_size": 9, "embedding": 5}}},
            "the option 'embedding' must be a table, not 5",
        ),
        ({"loss_options": {"gamma": 2}}, "loss 'multilabel' has no option 'gamma' (it has none)"),
        ({"head": {"name": "tplinker", "options": {}}, "loss": "focal"}, "'tplinker' has a loss of its own"),
        ({"head": {"name": "tplinker", "options": {}}, "thresholds": "learned"}, "model.thresholds is for heads"),
        (
            {"head": {"name": "casrel", "options": {}}, "thresholds": 0.0},
            "is made for task.kind = 'relation' and finds nothing of kind",
        ),
        ({"head": {"name": "tplinker", "options": {}}, "thresholds": 0.0}, "is made for task.kind = 'relation'"),
        (
            {"encoder": {"name": "bilstm", "options": {"vocab_size": 9, "hiden": 8}}},
            "encoder 'bilstm' has no option 'hiden' (nearest: 'hidden')",
        ),
        ({"encoder": {"name": "bilstm", "options": {"vocab_size": 9, "hidden": 7}}}, "encoder 'bilstm' cannot be made"),
        (
            {"head": {"name": "efficient", "options": {"hidden": 8}}},
            "head 'efficient' takes its 'hidden' from the rest",
        ),
        ({"head": {"name": "efficient", "options": {"max_width": 8}}}, "takes its 'max_width' from the rest"),
        ({"head": {"name": "crf", "options": {"encoder": 8}}, "thresholds": 0.0}, "'crf' takes its 'encoder' from the"),
        ({"head": {"name": "crf", "options": {"dropout": 0.5}}, "thresholds": 0.0}, "'crf' takes its 'dropout' from"),
    ],
)
def test_a_mistake_is_named(architecture, changed, said):
    with pytest.raises(ConfigError) as caught:
        build_extractor({**architecture, **changed})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "builders"),
    [
        ({"head": {"name": "efficient", "options": {"x": 1}}}, {"hidden", "types", "ordered", "max_width"}),
        ({"head": {"name": "crf", "options": {"x": 1}}, "thresholds": 0.0}, {"encoder", "grids", "dropout"}),
        ({"encoder": {"name": "bilstm", "options": {"vocab_size": 9, "x": 1}}}, {"vocab_size"}),
    ],
)
def test_what_the_builder_gives_is_not_offered(architecture, changed, builders):
    with pytest.raises(ConfigError, match=r"has no option 'x' \(known: ") as caught:
        build_extractor({**architecture, **changed})
    offered = set(str(caught.value).partition("known: ")[2].rstrip(")").split(", "))
    assert offered
    assert not offered & builders


def test_the_task_has_the_slope_and_the_band():
    task = build_task({"kind": "ner", "schema": {"entities": ["A"]}, "max_width": 4}, slopes={"entity": 2.0})
    assert (task.slopes["entity"], task.grids[0].max_width) == (2.0, 4)


def test_answers_have_no_overlap_policy_to_choose():
    with pytest.raises(ConfigError, match="task 'mrc' has no option 'overlap_policy'"):
        build_task({"kind": "mrc", "schema": {}, "overlap_policy": "flat"})
    assert build_task({"kind": "mrc", "schema": {}}).overlap_policy == "allow"


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_is_made_and_only_the_softmax_makes_types_compete(architecture, loss):
    extractor = build_extractor({**architecture, "loss": loss})
    assert extractor.exclusive == (loss == "softmax")


def test_the_options_of_a_loss_reach_it():
    assert build_loss("focal", {"gamma": 0.5}).keywords == {"gamma": 0.5}


@pytest.mark.parametrize(("thresholds", "value", "trained"), [("learned", RARE, True), (1.5, 1.5, False)])
def test_thresholds_stand_around_the_head(architecture, thresholds, value, trained):
    head = build_extractor({**architecture, "thresholds": thresholds}).heads["entity"]
    assert head.values.tolist() == [value] * 3
    assert head.bias.requires_grad == trained
