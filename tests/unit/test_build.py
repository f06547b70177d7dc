"""Names become objects in one place, and a wrong name or option says which are right."""

import pytest
from tests.models import small_predictor

from globalpointer.build import build_extractor, build_task
from globalpointer.errors import ConfigError


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
        (
            {"encoder": {"name": "bilstm", "options": {"vocab_size": 9, "hiden": 8}}},
            "encoder 'bilstm' has no option 'hiden' (nearest: 'hidden')",
        ),
        ({"encoder": {"name": "bilstm", "options": {"vocab_size": 9, "hidden": 7}}}, "encoder 'bilstm' cannot be made"),
    ],
)
def test_a_mistake_is_named(architecture, changed, said):
    with pytest.raises(ConfigError) as caught:
        build_extractor({**architecture, **changed})
    assert said in str(caught.value)


def test_the_task_has_the_slope_and_the_band():
    task = build_task({"kind": "ner", "schema": {"entities": ["A"]}, "max_width": 4}, slopes={"entity": 2.0})
    assert (task.slopes["entity"], task.grids[0].max_width) == (2.0, 4)
