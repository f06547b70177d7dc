"""The law: every kernel errs no more than the reference does in the same precision, plus a stated tolerance.

The truth is the reference in float64. Compared are the loss and its gradients by all factors, through the door that
training uses. The tolerance is one rounding of the largest score, and one of 16 where scores are small: a softmax weight
errs by the rounding of its score, whoever computes it.
"""

import pytest
import torch
from tests.unit.nn.factories import Largest, factors, rows

from globalpointer.nn import FactoredScores
from globalpointer.nn.kernels import dispatch, reference, tiled_search, tiles
from globalpointer.nn.losses.multilabel import multilabel_crossentropy

FACTORIZED, TILED, TILED_SHARED = ("factorized", True), ("tiled", False), ("tiled", True)
IMPLEMENTATIONS = [
    pytest.param(*each, id=name)
    for name, each in {"factorized": FACTORIZED, "tiled": TILED, "tiled-with-biases": TILED_SHARED}.items()
]
GRIDS = [
    pytest.param(True, None, id="ordered"),
    pytest.param(True, 9, id="ordered-9-wide"),
    pytest.param(False, None, id="unordered"),
    pytest.param(False, 1, id="unordered-1-wide"),
]
SIZES = [  # batch, types, tokens, dim
    (1, 1, 1, 1),
    (2, 1, 2, 3),
    (5, 3, 3, 1),
    (1, 3, 63, 64),
    (2, 5, 64, 3),
    (1, 2, 65, 64),
    (2, 3, 127, 5),
    (1, 7, 128, 1),
    (3, 1, 129, 64),
    (1, 3, 255, 3),
    (1, 2, 257, 64),
]


@pytest.fixture(params=["tiles", "small-tiles"])
def budget(request, monkeypatch):
    if request.param == "small-tiles":
        monkeypatch.setitem(tiles.BUDGET, "cpu", 900)
        monkeypatch.setitem(tiled_search.BOUNDED, "cpu", 900)
        monkeypatch.setattr(tiles, "ROWS", 9)


def masks(kind, batch, tokens):
    if kind == "full":
        return torch.ones(batch, tokens, dtype=torch.bool)
    if kind == "empty":
        return torch.zeros(batch, tokens, dtype=torch.bool)
    if kind == "padding":
        return torch.arange(tokens) < torch.arange(batch)[:, None] * tokens // batch
    return torch.rand(batch, tokens, generator=torch.Generator().manual_seed(1)) < 0.8


def problem(size, shared, ordered=True, width=None, *, mask="holes", peak=3.0, seed=0):
    """FactoredScores in float64 whose factors are float32 numbers, so that both precisions see the same problem."""
    batch, types, tokens, dim = size
    parts = factors(batch, types, tokens, dim, shared=shared, seed=seed)
    scores = FactoredScores(*parts, masks(mask, batch, tokens), ordered, width)
    largest = reference.logits(scores.source._replace(mask=torch.ones_like(scores.mask))).abs()
    scale = peak / largest.masked_fill(largest == float("inf"), 0.0).max()
    scaled = [parts[0] * scale, parts[1], *(None if each is None else each * scale for each in parts[2:])]
    exact = [None if each is None else each.float().double() for each in scaled]
    return FactoredScores(*exact, scores.mask, ordered, width)


def legal_cells(scores):
    return reference.legal_pairs(scores.source)[:, None].expand(-1, scores.types, -1, -1).nonzero()


def some_gold(scores):
    legal = legal_cells(scores)
    return legal[:: max(1, len(legal) // 20)]


def cast(scores, dtype):
    parts = (scores.query, scores.key, scores.row_bias, scores.col_bias)
    parts = [None if each is None else each.to(dtype).requires_grad_() for each in parts]
    return FactoredScores(*parts, scores.mask, scores.ordered, scores.max_width)


def outcome(scores, cells, impl):
    """The loss, and its gradients for an upstream gradient, in float64."""
    loss = multilabel_crossentropy(scores, cells, impl=impl)
    weights = torch.linspace(0.5, 1.5, loss.numel(), dtype=loss.dtype).view_as(loss)
    parts = [each for each in (scores.query, scores.key, scores.row_bias, scores.col_bias) if each is not None]
    gradients = torch.autograd.grad((loss * weights).sum(), parts)
    return [each.detach().double() for each in (loss, *gradients)]


def assert_law(scores, cells, impl, peak=3.0):
    single = cast(scores, torch.float32)
    truth = outcome(cast(scores, torch.float64), cells, "reference")
    rounding = torch.finfo(torch.float32).eps * max(16.0, peak)
    for right, own, found in zip(truth, outcome(single, cells, "reference"), outcome(single, cells, impl), strict=True):
        assert torch.isfinite(found).all()
        error, allowed = ((each - right).abs().max().item() for each in (found, own))
        assert error <= allowed + rounding * right.abs().max().item()


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize("peak", [3.0, 80.0])
@pytest.mark.parametrize(("impl", "shared"), IMPLEMENTATIONS)
@pytest.mark.parametrize(("ordered", "width"), GRIDS)
@pytest.mark.parametrize("size", SIZES)
def test_errors_are_those_of_the_reference(size, ordered, width, impl, shared, peak):
    scores = problem(size, shared, ordered, width, peak=peak)
    assert_law(scores, some_gold(scores), impl, peak)


@pytest.mark.parametrize(("impl", "shared"), IMPLEMENTATIONS)
@pytest.mark.parametrize("size", [(1, 3, 1000, 5), (1, 1, 4097, 3)])
def test_long_texts(size, impl, shared):
    scores = problem(size, shared, peak=20.0)
    assert_law(scores, some_gold(scores), impl, 20.0)


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize(("impl", "shared"), IMPLEMENTATIONS)
@pytest.mark.parametrize("mask", ["full", "empty", "padding", "holes"])
@pytest.mark.parametrize("gold", ["none", "all", "one type", "two labels on a cell", "duplicates"])
def test_any_mask_and_any_gold(gold, mask, impl, shared, ordered):
    scores = problem((3, 3, 20, 5), shared, ordered, mask=mask)
    legal = legal_cells(scores)
    if gold == "none":
        cells = legal[:0]
    elif gold == "all":
        cells = legal
    elif gold == "one type":
        cells = legal[legal[:, 1] == 1]
    elif gold == "two labels on a cell":
        cells = legal[(legal[:, 1] != 1) & (legal[:, 2] % 7 == 0)]
    else:
        cells = legal[::9].repeat(2, 1).flip(0)
    assert_law(scores, cells, impl)


@pytest.mark.parametrize(("impl", "shared"), IMPLEMENTATIONS)
def test_what_no_cell_may_reach_does_not_hide_the_rest(impl, shared):
    """Scores of 1e4 at illegal cells and at gold: the sum over the others, near -80, must neither vanish nor overflow."""
    scores = problem((2, 2, 70, 4), shared, mask="full", peak=1.0)
    mask = scores.mask.clone()
    mask[:, -1] = False
    query, key = (torch.cat([each, torch.zeros_like(each[..., :2])], -1) for each in (scores.query, scores.key))
    query[..., -2], key[..., -2] = 1.0, -80.0
    key[:, :, -1, -2] = 1e4
    query[:, :, 3, -1], key[:, :, 5, -1] = 100.0, 100.0
    loud = FactoredScores(query, key, scores.row_bias, scores.col_bias, mask)
    cells = rows(*((b, t, 3, 5) for b in range(2) for t in range(2)))
    single = cast(loud, torch.float32)
    truth = reference.partition(loud.source, cells)
    found = dispatch.partition(single.source, cells, impl)
    torch.testing.assert_close(found.double(), truth, rtol=0, atol=80 * torch.finfo(torch.float32).eps)
    gradients = torch.autograd.grad(found.sum(), [single.query, single.key])
    assert all(torch.isfinite(each).all() and each.abs().max() > 0 for each in gradients)


@pytest.mark.parametrize(("impl", "shared"), IMPLEMENTATIONS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_raised_to_float32(dtype, impl, shared):
    half = cast(problem((2, 3, 40, 8), shared), dtype)
    single = cast(half, torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = outcome(half, some_gold(half), impl)
    expected = outcome(single, some_gold(half), impl)
    assert torch.equal(found[0], expected[0])
    for gradient, exact in zip(found[1:], expected[1:], strict=True):
        rounding = torch.finfo(dtype).eps * exact.abs().max().item()
        torch.testing.assert_close(gradient, exact, rtol=0, atol=rounding)


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize(("impl", "shared"), IMPLEMENTATIONS)
@pytest.mark.parametrize(("ordered", "width"), GRIDS)
def test_gradients_are_those_of_differences(ordered, width, impl, shared):
    scores = problem((1, 2, 11, 2), shared, ordered, width)
    parts = [each for each in (scores.query, scores.key, scores.row_bias, scores.col_bias) if each is not None]
    cells = some_gold(scores)

    def loss(*parts):
        biases = parts[2:] or (None, None)
        source = FactoredScores(*parts[:2], *biases, scores.mask, ordered, width)
        return multilabel_crossentropy(source, cells, impl=impl)

    assert torch.autograd.gradcheck(loss, [each.clone().requires_grad_() for each in parts])


@pytest.mark.parametrize(("impl", "shared"), IMPLEMENTATIONS)
def test_the_same_input_gives_the_same_bits(impl, shared):
    """At a size where torch uses every thread it has, with gold in many cells."""
    scores = cast(problem((4, 6, 150, 64), shared), torch.float32)
    legal = legal_cells(scores)
    cells = legal[:: len(legal) // 10_000]
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        runs = [outcome(scores, cells, impl) for _ in range(2)]
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(first, second) for first, second in zip(*runs, strict=True))


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize(("impl", "shared"), IMPLEMENTATIONS)
@pytest.mark.parametrize(("ordered", "width"), GRIDS)
@pytest.mark.parametrize("size", [(1, 1, 1, 1), (2, 3, 65, 5), (3, 5, 17, 5)])
def test_search_and_count_find_what_the_reference_finds(size, ordered, width, impl, shared):
    source = problem(size, shared, ordered, width).source
    threshold = torch.linspace(-1, 2, source.types, dtype=torch.float64)
    assert torch.equal(dispatch.count(source, threshold, impl), reference.count(source, threshold))
    for limit in (None, 1, 17):
        expected = reference.search(source, threshold, limit)
        cells, logits = dispatch.search(source, threshold, limit, impl)
        assert torch.equal(cells, expected[0])
        torch.testing.assert_close(logits, expected[1])


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("ordered", "width"), GRIDS)
def test_divergence_is_that_of_the_reference(ordered, width, shared):
    first, second = (problem((2, 3, 21, 5), shared, ordered, width, seed=seed) for seed in (0, 1))
    for scores in (first, second):
        scores.query.requires_grad_()
        scores.key.requires_grad_()
    found, expected = (dispatch.divergence(first.source, second.source, impl) for impl in ("auto", "reference"))
    torch.testing.assert_close(found, expected)
    parts = [first.query, first.key, second.query, second.key]
    for ours, theirs in zip(
        *(torch.autograd.grad(each.square().sum(), parts) for each in (found, expected)), strict=True
    ):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("shared", [True, False])
def test_no_tensor_of_all_cells_is_ever_made(shared, monkeypatch):
    """128 types over 90 tokens: the largest tensor on the way, forward and backward, is far from types x tokens²."""
    parts = [
        each.requires_grad_() for each in factors(1, 128, 90, 8, shared=shared, dtype=torch.float32) if each is not None
    ]
    monkeypatch.setitem(tiled_search.BOUNDED, "cpu", tiles.BUDGET["cpu"])
    scores = FactoredScores(*parts, *[None] * (4 - len(parts)), torch.ones(1, 90, dtype=torch.bool))
    with Largest() as largest:
        dispatch.partition(scores.source, rows((0, 1, 2, 3))).sum().backward()
        dispatch.search(scores.source, torch.full((128,), 8.0), None)
        dispatch.search(scores.source, torch.zeros(128), 10)
        dispatch.divergence(scores.source, scores.source).sum().backward()
    assert largest.numel <= tiles.BUDGET["cpu"] < 128 * 90 * 90
