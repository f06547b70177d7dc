import pytest
import torch
from tests.unit.nn.factories import scores

from globalpointer.nn import DenseScores
from globalpointer.nn.kernels import dispatch


def test_the_door_says_what_it_picks_and_why():
    shared, single = scores(shared=True).source, scores(shared=False).source
    dense = DenseScores(torch.zeros(1, 1, 2, 2), torch.ones(1, 2, dtype=torch.bool)).source
    assert dispatch.explain(shared).impl == "factorized"
    assert dispatch.explain(single).impl == "tiled"
    assert dispatch.explain(dense).impl == "reference"
    assert "plane" in dispatch.explain(shared).reason
    one = shared._replace(row_bias=shared.row_bias[:, :1], col_bias=shared.col_bias[:, :1])
    assert dispatch.explain(one).impl == "tiled"
    assert dispatch.explain(shared, "tiled") == ("tiled", "asked for")


@pytest.mark.parametrize(("installed", "said"), [(True, "CUDA device"), (False, "not installed")])
def test_triton_says_why_it_cannot_be_used(installed, said, monkeypatch):
    if installed:
        pytest.importorskip("triton")
    else:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=said):
        dispatch.explain(scores(shared=False).source, "triton")


@pytest.mark.parametrize(("impl", "said"), [("magic", "must be one of"), ("factorized", "one plane shared")])
def test_what_cannot_be_is_refused(impl, said):
    with pytest.raises(ValueError, match=said):
        dispatch.explain(scores(shared=False).source, impl)


def test_dense_scores_have_one_implementation():
    dense = DenseScores(torch.zeros(1, 1, 2, 2), torch.ones(1, 2, dtype=torch.bool)).source
    with pytest.raises(ValueError, match="needs factors"):
        dispatch.explain(dense, "tiled")
