"""Triton's kernels under its interpreter: what the reference gives, without a GPU.

Triton decides when it is imported whether kernels are compiled or interpreted, and torch may import it first. So these
tests run in a process of their own, which the first test here starts; `TRITON_INTERPRET=1 pytest <this file>` shows
them one by one. With a CUDA device test_gpu.py tests the compiled kernels instead.
"""

import importlib
import importlib.util
import os
import subprocess
import sys

import pytest
import torch
from tests.unit.nn.factories import factors, rows, value_and_gradients

from globalpointer.nn.kernels import reference

INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
interpreted = pytest.mark.skipif(not INTERPRETED, reason="runs in the process that test_under_the_interpreter starts")
# The interpreter is NumPy, which warns where a GPU does not: rows of illegal tokens hold anything until they are dropped
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning:triton.runtime.interpreter")

TOLERANCE = {torch.float32: 2e-6, torch.float16: 2e-3, torch.bfloat16: 1.6e-2}
"""Of gradients, relative to the greatest: the rounding of a probability to the dtype, for each of a sum's terms."""


@pytest.mark.skipif(INTERPRETED, reason="this is the process it starts")
@pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="needs the package triton")
@pytest.mark.skipif(torch.cuda.is_available(), reason="test_gpu.py tests the compiled kernels")
def test_under_the_interpreter():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", __file__]
    environment |= {"TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"}
    child = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stdout + child.stderr
    assert " passed" in child.stdout


class NoDevice:
    """All that Triton asks of a driver to compile for a GPU of the Hopper generation."""

    def get_current_target(self):
        from triton.backends.compiler import GPUTarget

        return GPUTarget("cuda", 90, 32)

    def get_current_device(self):
        return 0

    def get_current_stream(self, device):
        return 0


@pytest.fixture
def compile_only(monkeypatch):
    """Kernels are compiled for a GPU where they would be run, and not run; block sizes are not measured."""
    import triton

    run = triton.JITFunction.run
    monkeypatch.setattr(triton.runtime.driver, "_active", NoDevice())
    monkeypatch.setattr(triton.JITFunction, "run", lambda *args, **options: run(*args, **{**options, "warmup": True}))
    monkeypatch.setattr(torch, "are_deterministic_algorithms_enabled", lambda: True)


@pytest.mark.skipif(INTERPRETED, reason="nothing is compiled under the interpreter")
@pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="needs the package triton")
@pytest.mark.skipif(torch.cuda.is_available(), reason="test_gpu.py tests the compiled kernels")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.usefixtures("compile_only")
def test_the_kernels_compile(kernels, dtype, monkeypatch):
    """The interpreter accepts what the compiler refuses, so both are asked. What comes out was never computed."""
    monkeypatch.setattr(
        importlib.import_module("globalpointer.nn.kernels.triton.launch"), "_precision", lambda query: "tf32x3"
    )
    given, _ = source(1, 2, 80, 48, dtype, biased=dtype == torch.float32)
    value_and_gradients(kernels.split, given, rows((0, 0, 1, 2)))
    assert kernels.count(given, torch.zeros(2)).shape == (1, 2)
    search = importlib.import_module("globalpointer.nn.kernels.triton.search")
    cells, _ = search._written(given, torch.zeros(2), torch.zeros(1), torch.ones(160, dtype=torch.int32))
    assert cells.shape == (160, 4)


@pytest.fixture
def kernels():
    from globalpointer.nn.kernels import triton

    return triton


def source(batch, types, tokens, dim, dtype, *, legal=0.9, ordered=True, width=None, biased=False, shared=False):
    """Factors, and the same numbers in float64; scores of about ±6."""
    mask = torch.rand(batch, tokens, generator=torch.Generator().manual_seed(1)) < legal
    parts = factors(batch, types, tokens, dim, shared=shared or biased, scale=2.0, dtype=torch.float32)
    if biased and not shared:
        parts[:2] = factors(batch, types, tokens, dim, shared=False, scale=2.0, dtype=torch.float32)[:2]
    rounded = [None if each is None else each.to(dtype) for each in parts]
    exact = [None if each is None else each.double() for each in rounded]
    for each in [*rounded, *exact]:
        if each is not None:
            each.requires_grad_()
    return tuple(reference.Factors(*each, mask, ordered, width) for each in (rounded, exact))


def some_cells(source, step):
    """Every step-th legal cell; none for 0."""
    legal = reference.legal_pairs(source)[:, None].expand(-1, source.types, -1, -1).nonzero()
    return legal[step - 1 :: step] if step else legal[:0]


def assert_as_reference(kernels, pair, step):
    given, exact = pair
    cells = some_cells(given, step)
    results, gradients = value_and_gradients(kernels.split, given, cells)
    truths, right = value_and_gradients(reference.split, exact, cells)
    assert torch.equal(results[0] == float("-inf"), truths[0] == float("-inf"))
    for ours, theirs in zip(results, truths, strict=True):
        assert ours.dtype == torch.float32
        torch.testing.assert_close(ours.double(), theirs, rtol=1e-6, atol=3e-6)
    for ours, theirs in zip(gradients, right, strict=True):
        atol = TOLERANCE[ours.dtype] * float(theirs.abs().max())
        torch.testing.assert_close(ours.double(), theirs, rtol=TOLERANCE[ours.dtype], atol=atol)


@interpreted
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("size", [(2, 1, 1, 1), (1, 2, 33, 3), (1, 1, 65, 64), (1, 1, 130, 1)])
def test_sizes(kernels, size, ordered):
    assert_as_reference(kernels, source(*size, torch.float32, legal=1.0, ordered=ordered), 2501)


@interpreted
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("kind", ["plain", "biased", "shared"])
def test_half_precision(kernels, dtype, kind):
    pair = source(1, 2, 70, 24, dtype, legal=1.0, biased=kind == "biased", shared=kind == "shared")
    assert_as_reference(kernels, pair, 3001)


@interpreted
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("width", [1, 50, 70])
def test_a_band(kernels, ordered, width):
    """Every token legal and few cells left out, so that most tiles within the band need no mask."""
    assert_as_reference(kernels, source(1, 1, 100, 8, torch.float32, legal=1.0, ordered=ordered, width=width), 4001)


@interpreted
@pytest.mark.parametrize("kind", ["biased", "shared"])
@pytest.mark.parametrize("ordered", [True, False])
def test_biases(kernels, kind, ordered):
    pair = source(1, 2, 40, 8, torch.float32, ordered=ordered, biased=True, shared=kind == "shared")
    assert_as_reference(kernels, pair, 89)


@interpreted
@pytest.mark.parametrize("legal", [0.0, 0.05, 0.5, 1.0])
@pytest.mark.parametrize("step", [0, 1, 2])
def test_masks_and_gold(kernels, legal, step):
    assert_as_reference(kernels, source(3, 2, 10, 4, torch.float32, legal=legal), step)


@interpreted
@pytest.mark.parametrize("ordered", [True, False])
def test_padding_and_special_tokens(kernels, ordered):
    """Legal tokens in one run, as texts have them, or with a hole: the tiles without a mask must end where the run does."""
    given, exact = source(3, 1, 110, 8, torch.float32, ordered=ordered)
    mask = torch.zeros(3, 110, dtype=torch.bool)
    mask[0, 1:109], mask[1, 33:60], mask[2, 5:104] = True, True, True
    mask[2, 70] = False
    assert_as_reference(kernels, (given._replace(mask=mask), exact._replace(mask=mask)), 401)


@interpreted
def test_scores_far_from_zero(kernels):
    given, exact = source(1, 2, 40, 4, torch.float32, biased=True)
    far = torch.tensor([80.0, -80.0])[None, :, None]
    given = given._replace(row_bias=(given.row_bias + far).detach().requires_grad_())
    exact = exact._replace(row_bias=given.row_bias.detach().double().requires_grad_())
    (total, _), gradients = value_and_gradients(kernels.split, given, rows((0, 0, 1, 2)))
    (truth, _), right = value_and_gradients(reference.split, exact, rows((0, 0, 1, 2)))
    torch.testing.assert_close(total.double(), truth, rtol=1e-6, atol=1e-5)
    for ours, theirs in zip(gradients, right, strict=True):
        torch.testing.assert_close(ours.double(), theirs, rtol=1e-4, atol=1e-5)


@interpreted
def test_probabilities_too_small_for_float16(kernels):
    """All scores equal, so that each of 80,000 cells has a probability of 2^-16: most of float16's digits are gone there."""
    query, key = torch.zeros(1, 1, 400, 2, dtype=torch.float16), torch.ones(1, 1, 400, 2, dtype=torch.float16)
    mask = torch.ones(1, 400, dtype=torch.bool)
    given = reference.Factors(query.requires_grad_(), key, None, None, mask)
    total = kernels.partition(given, rows())
    (gradient,) = torch.autograd.grad(total.sum() * 1000, query)
    expected = torch.arange(400, 0, -1)[:, None].expand(-1, 2) * 1000 / (400 * 401 / 2)
    torch.testing.assert_close(gradient[0, 0].double(), expected.double(), rtol=2e-3, atol=0.0)


@interpreted
def test_vectors_are_read_where_they_lie(kernels):
    """Heads give strided views: a type's query and key lie side by side in one projection."""
    projected = torch.randn(2, 20, 3, 16, generator=torch.Generator().manual_seed(0)).requires_grad_()
    mask = torch.ones(2, 20, dtype=torch.bool)

    def gradient(partition):
        planes = projected.transpose(1, 2)
        total = partition(reference.Factors(planes[..., :8], planes[..., 8:], None, None, mask), rows((0, 1, 2, 3)))
        return torch.autograd.grad(total.sum(), projected)[0]

    torch.testing.assert_close(gradient(kernels.partition), gradient(reference.partition))


@interpreted
def test_the_same_input_gives_the_same_bits(kernels):
    given, _ = source(1, 2, 50, 8, torch.float32, biased=True)
    first, second = (value_and_gradients(kernels.split, given, some_cells(given, 50)) for _ in range(2))
    for a, b in zip([*first[0], *first[1]], [*second[0], *second[1]], strict=True):
        assert torch.equal(a, b)


@interpreted
@pytest.mark.parametrize(("ordered", "width", "shared"), [(True, None, False), (False, None, True), (True, 9, True)])
def test_search(kernels, ordered, width, shared):
    given, _ = source(2, 2, 35, 4, torch.float32, ordered=ordered, width=width, shared=shared)
    threshold = torch.tensor([-1.0, 3.0])
    assert torch.equal(kernels.count(given, threshold), reference.count(given, threshold))
    for limit in (None, 7):
        cells, scores = kernels.search(given, threshold, limit)
        expected = reference.search(given, threshold, limit)
        assert torch.equal(cells, expected[0])
        torch.testing.assert_close(scores, expected[1], rtol=1e-5, atol=1e-5)


@interpreted
def test_search_where_nothing_is_found(kernels):
    given, _ = source(1, 2, 20, 4, torch.float32)
    cells, scores = kernels.search(given, torch.full((2,), 1e4), None)
    assert cells.shape == (0, 4)
    assert scores.shape == (0,)
    cells, _ = kernels.search(given, torch.full((2,), float("-inf")), 10_000)
    assert torch.equal(cells, reference.search(given, torch.full((2,), float("-inf")), 10_000)[0])


@interpreted
def test_a_flood_is_not_written_down(kernels, monkeypatch):
    """With a limit, what is written before the best are picked is far less than what lies above the threshold."""
    search = importlib.import_module("globalpointer.nn.kernels.triton.search")
    given, _ = source(1, 4, 60, 4, torch.float32, legal=1.0)
    written = []
    monkeypatch.setattr(search, "best", lambda *found: (written.append(len(found[0])), reference.best(*found))[1])
    threshold = torch.full((4,), -20.0)
    cells, _ = search.search(given, threshold, 30)
    assert torch.equal(cells, reference.search(given, threshold, 30)[0])
    assert 30 <= written[0] < int(kernels.count(given, threshold).sum()) / 20


@interpreted
def test_what_is_not_supported_is_said(kernels):
    given, exact = source(1, 2, 5, 4, torch.float32)
    wide, _ = source(1, 1, 2, 129, torch.float32)
    assert kernels.supports(given) is None
    assert "float64" in kernels.supports(exact)
    assert "at most 128" in kernels.supports(wide)
    assert "nothing" in kernels.supports(given._replace(mask=given.mask[:0]))
