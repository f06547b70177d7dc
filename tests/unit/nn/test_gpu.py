"""On a CUDA device: the same losses, gradients and cells as on the CPU; Triton's kernels, compiled, as the reference."""

import copy

import pytest
import torch
from tests.oracles import usual_dense_loss, usual_logits
from tests.unit.nn.factories import factors, value_and_gradients

from globalpointer.nn import EfficientGlobalPointer, GlobalPointer, find, multilabel_crossentropy
from globalpointer.nn.kernels import reference
from globalpointer.nn.losses.divergence import divergence

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


DTYPES = [torch.float32, torch.bfloat16, torch.float16]
TOLERANCE = {torch.float32: 5e-6, torch.float16: 2e-3, torch.bfloat16: 1.6e-2}
"""Of gradients, relative to the greatest of a factor."""


@pytest.fixture(params=[EfficientGlobalPointer, GlobalPointer])
def both(request):
    """A head, hidden states, legal tokens and gold on both devices."""
    torch.manual_seed(0)
    head = request.param(32, 5, dim=16)
    hidden = torch.randn(3, 40, 32)
    legal = torch.ones(3, 40, dtype=torch.bool)
    legal[1, 25:] = False
    cells = torch.tensor([[0, 1, 2, 5], [0, 4, 2, 5], [1, 0, 0, 0], [2, 3, 10, 39]])
    whole = (head, hidden, legal, cells)
    return {device: tuple(copy.deepcopy(each).to(device) for each in whole) for device in ("cuda", "cpu")}


def test_loss_and_gradient(both):
    results = {}
    for device, (head, hidden, legal, cells) in both.items():
        head.zero_grad()
        loss = multilabel_crossentropy(head(hidden, legal), cells)
        loss.sum().backward()
        results[device] = [loss.detach().cpu(), *(each.grad.cpu() for each in head.parameters())]
    for ours, theirs in zip(results["cuda"], results["cpu"], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_search_and_divergence(both):
    found = {}
    for device, (head, hidden, legal, _) in both.items():
        cells, logits = find(head(hidden, legal), threshold=0.5)
        found[device] = {
            tuple(cell) for cell, logit in zip(cells.tolist(), logits.tolist(), strict=True) if logit > 0.51
        }
        apart = divergence(head(hidden, legal), head(hidden * 1.1, legal)).detach().cpu()
        found[f"apart on {device}"] = apart
    assert found["cuda"] == found["cpu"]
    torch.testing.assert_close(found["apart on cuda"], found["apart on cpu"], rtol=1e-3, atol=1e-3)


@pytest.fixture
def kernels():
    pytest.importorskip("triton")
    from globalpointer.nn.kernels import triton

    return triton


def on_device(batch, types, tokens, dim, dtype, *, legal="full", ordered=True, width=None, **options):
    """Factors on the device, and the same numbers in float64, both asking for a gradient."""
    parts = [None if each is None else each.to("cuda", dtype) for each in factors(batch, types, tokens, dim, **options)]
    mask = torch.ones(batch, tokens, dtype=torch.bool, device="cuda")
    if legal == "holes":
        mask = torch.rand(batch, tokens, generator=torch.Generator().manual_seed(1)).cuda() < 0.9
    if legal == "padded":
        place = torch.arange(tokens, device="cuda")
        last = torch.linspace(tokens / 3, tokens, batch, device="cuda").long() - 1
        mask = (place > 0) & (place < last[:, None])
    leaves = [
        [None if each is None else each.to(to).requires_grad_() for each in parts] for to in (dtype, torch.float64)
    ]
    return tuple(reference.Factors(*each, mask, ordered, width) for each in leaves)


def some_cells(source, number):
    """About that many legal cells."""
    legal = reference.legal_pairs(source)[:, None].expand(-1, source.types, -1, -1).nonzero()
    return legal[:: max(1, len(legal) // number)] if number else legal[:0]


def assert_as_reference(kernels, pair, number):
    given, exact = pair
    cells = some_cells(given, number)
    results, gradients = value_and_gradients(kernels.split, given, cells)
    truths, right = value_and_gradients(reference.split, exact, cells)
    assert torch.equal(results[0] == float("-inf"), truths[0] == float("-inf"))
    for ours, theirs in zip(results, truths, strict=True):
        torch.testing.assert_close(ours.double(), theirs, rtol=1e-6, atol=1e-5)
    for ours, theirs in zip(gradients, right, strict=True):
        atol = TOLERANCE[ours.dtype] * float(theirs.abs().max())
        torch.testing.assert_close(ours.double(), theirs, rtol=TOLERANCE[ours.dtype], atol=atol)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("legal", ["full", "padded", "holes"])
@pytest.mark.parametrize("size", [(2, 3, 1, 1), (2, 3, 130, 3), (3, 5, 257, 64), (2, 4, 512, 128)])
def test_compiled_partition(kernels, size, legal, dtype):
    assert_as_reference(kernels, on_device(*size, dtype, legal=legal, shared=False, scale=2.0), 40)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("ordered", "width"), [(True, 50), (False, None), (False, 1), (False, 200)])
def test_compiled_grids(kernels, shared, ordered, width):
    pair = on_device(2, 3, 300, 32, torch.float32, ordered=ordered, width=width, shared=shared, scale=2.0)
    assert_as_reference(kernels, pair, 40)


@pytest.mark.parametrize("number", [0, 1, 1 << 40])
def test_compiled_gold(kernels, number):
    """No cell left out, one, and every one."""
    assert_as_reference(kernels, on_device(2, 2, 70, 16, torch.float32, shared=False), number)


@pytest.mark.parametrize("dtype", DTYPES)
def test_compiled_partition_gives_the_same_bits(kernels, dtype):
    given, _ = on_device(2, 3, 300, 64, dtype, shared=False)
    first, second = (value_and_gradients(kernels.split, given, some_cells(given, 9)) for _ in range(2))
    for a, b in zip([*first[0], *first[1]], [*second[0], *second[1]], strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("limit", [None, 50])
def test_compiled_search(kernels, limit):
    """Factors are small whole numbers, so scores are exact and both must find the same cells."""
    parts = [torch.randint(-3, 4, (2, 5, 300, 16), device="cuda").float() for _ in range(2)]
    mask = torch.ones(2, 300, dtype=torch.bool, device="cuda")
    given = reference.Factors(*parts, None, None, mask)
    threshold = torch.linspace(30.0, 60.0, 5, device="cuda")
    assert torch.equal(kernels.count(given, threshold), reference.count(given, threshold))
    found, expected = kernels.search(given, threshold, limit), reference.search(given, threshold, limit)
    assert len(found[0])
    for ours, theirs in zip(found, expected, strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_memory_is_a_twentieth_of_dense(kernels, dtype):
    """Forward and backward, the gradients themselves among it."""
    given, _ = on_device(4, 20, 512, 64, dtype, shared=False)
    cells = some_cells(given, 40)
    query, key = given.query, given.key

    def peak(loss):
        torch.autograd.grad(loss().sum(), (query, key))
        torch.cuda.synchronize()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        torch.autograd.grad(loss().sum(), (query, key))
        return torch.cuda.max_memory_allocated() - before

    dense = peak(lambda: usual_dense_loss(usual_logits(query, key, None, None, given.mask), cells))
    assert peak(lambda: kernels.partition(given, cells)) < dense / 20
