"""Every kernel gives what the reference gives: partitions, counts and searches, on odd sizes and across tiles."""

import pytest
import torch
from tests.unit.nn.factories import factors, rows

from globalpointer.nn import FactoredScores
from globalpointer.nn.kernels import dispatch, reference, tiles

SIZES = [(1, 1, 1), (2, 3, 65), (3, 5, 17)]


def source(size, shared, ordered=True, width=None, dtype=torch.float32, scale=3.0):
    batch, types, tokens = size
    mask = torch.rand(batch, tokens, generator=torch.Generator().manual_seed(1)) < 0.8
    parts = factors(batch, types, tokens, 5, shared=shared, scale=scale, dtype=dtype)
    return FactoredScores(*parts, mask, ordered, width).source


@pytest.fixture(params=[1 << 18, 900], ids=["large-tiles", "small-tiles"])
def budget(request, monkeypatch):
    monkeypatch.setitem(tiles.BUDGET, "cpu", request.param)
    monkeypatch.setattr(tiles, "ROWS", 64 if request.param > 900 else 9)


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize(("shared", "impl"), [(True, "auto"), (True, "tiled"), (False, "auto")])
@pytest.mark.parametrize(("ordered", "width"), [(True, None), (True, 9), (False, None), (False, 1)])
@pytest.mark.parametrize("size", SIZES)
def test_kernels_agree_with_the_reference(size, shared, ordered, width, impl):
    single = source(size, shared, ordered, width)
    double = source(size, shared, ordered, width, dtype=torch.float64)
    legal = reference.legal_pairs(single)[:, None].expand(-1, single.types, -1, -1).nonzero()
    cells = legal[:: max(1, len(legal) // 20)]
    truth = reference.partition(double, cells)
    own = (reference.partition(single, cells).double() - truth).nan_to_num().abs().max()
    found = dispatch.partition(single, cells, impl)
    assert torch.equal(found == float("-inf"), truth == float("-inf"))
    assert (found.double() - truth).nan_to_num().abs().max() <= own + 1e-5

    threshold = torch.linspace(-1, 3, single.types)
    assert torch.equal(dispatch.count(double, threshold.double(), impl), reference.count(double, threshold.double()))
    for limit in (None, 17):
        expected = reference.search(double, threshold.double(), limit)
        chosen, logits = dispatch.search(double, threshold.double(), limit, impl)
        assert torch.equal(chosen, expected[0])
        torch.testing.assert_close(logits, expected[1])


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("impl", ["auto", "tiled", "reference"])
def test_the_same_input_gives_the_same_bits(shared, impl):
    parts = [
        each.requires_grad_() for each in factors(3, 4, 50, 8, shared=shared, dtype=torch.float32) if each is not None
    ]
    mask = torch.ones(3, 50, dtype=torch.bool)

    def run():
        scores = FactoredScores(*parts, *[None] * (4 - len(parts)), mask)
        total = dispatch.partition(scores.source, rows((0, 1, 2, 3), (2, 0, 2, 3)), impl)
        return [total.detach(), *torch.autograd.grad(total.sum(), parts)]

    for first, second in zip(run(), run(), strict=True):
        assert torch.equal(first, second)


@pytest.mark.parametrize("shared", [True, False])
def test_no_tensor_of_all_cells_is_ever_made(shared):
    """128 types over 90 tokens: the largest tensor on the way, forward and backward, is far from types x tokens²."""
    parts = [
        each.requires_grad_() for each in factors(1, 128, 90, 8, shared=shared, dtype=torch.float32) if each is not None
    ]
    largest = 0

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            nonlocal largest
            result = func(*args, **(kwargs or {}))
            for each in result if isinstance(result, tuple | list) else [result]:
                if isinstance(each, torch.Tensor):
                    largest = max(largest, each.numel())
            return result

    scores = FactoredScores(*parts, *[None] * (4 - len(parts)), torch.ones(1, 90, dtype=torch.bool))
    with Watch():
        dispatch.partition(scores.source, rows((0, 1, 2, 3))).sum().backward()
        dispatch.search(scores.source, torch.full((128,), 8.0), None)
        dispatch.divergence(scores.source, scores.source).sum().backward()
    assert largest <= tiles.BUDGET["cpu"] < 128 * 90 * 90
