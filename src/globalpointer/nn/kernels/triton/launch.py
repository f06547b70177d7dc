"""Factors made ready for a kernel, and how a kernel is started: block sizes, and how float32 is multiplied."""

from functools import cache
from typing import Any

import torch
import triton
from jaxtyping import Float, Int
from torch import Tensor

from globalpointer.nn.kernels.reference import Factors
from globalpointer.nn.kernels.triton.blocks import INTERPRETED, Cells, Side, Square

WIDEST = 128
"""The largest dim whose blocks fit into the shared memory of the GPUs in use, in float32 and twice over."""

TRIED = [(64, 64, 4, 2), (128, 64, 8, 2), (64, 128, 4, 2), (128, 128, 8, 2), (64, 32, 4, 2), (32, 32, 4, 2)]
"""Owned places, other places, warps, and stages of the pipeline, of which the fastest is taken."""

LEAST = 32
"""The fewest places a program owns; every other number is a multiple."""


def supports(factors: Factors) -> str | None:
    """Why these factors cannot be handled here, or None."""
    query, key = factors.query, factors.key
    if not (query.is_cuda or INTERPRETED.value):
        return f"Triton's kernels need a CUDA device, and the factors are on {query.device.type!r}"
    if query.dtype != key.dtype or query.dtype not in (torch.float32, torch.bfloat16, torch.float16):
        return f"Triton's kernels take float32, bfloat16 or float16, not {query.dtype} with {key.dtype}"
    if query.shape[3] > WIDEST:
        return f"Triton's kernels take a dim of at most {WIDEST}, not {query.shape[3]}"
    if not (factors.mask.numel() and factors.types):
        return "there is nothing to compute"
    return None


def sides(factors: Factors) -> tuple[Side, Side]:
    """Query and key with their biases; strided vectors are read where they lie."""
    return _side(factors.query, factors.row_bias), _side(factors.key, factors.col_bias)


def _side(vectors: Tensor, bias: Tensor | None) -> Side:
    if vectors.stride(-1) != 1:
        vectors = vectors.contiguous()
    return Side(vectors, None if bias is None else bias.contiguous(), *vectors.stride()[:3])


def square(factors: Factors) -> Square:
    """Which cells exist; a `max_width` of the length of the text forbids none."""
    mask = factors.mask
    tokens = mask.shape[1]
    place = torch.arange(tokens, dtype=torch.int32, device=mask.device)
    first = torch.where(mask, place, tokens).amin(1)
    end = torch.where(mask, place + 1, 0).amax(1)
    run = torch.where(mask | (place < first[:, None]), tokens, place).amin(1)
    width = tokens if factors.max_width is None else min(factors.max_width, tokens)
    return Square(mask.int().contiguous(), torch.stack([first, run, end], 1), tokens, width)


def by_side(
    factors: Factors, cells: Int[Tensor, "cells 4"], upstream: Float[Tensor, " cells"] | None = None, *, rows: bool
) -> Cells | None:
    """The cells that are left out, found by row, or by column. Nothing here waits for the device.

    `upstream`: the gradients of their scores.
    """
    if not len(cells):
        return None
    tokens = factors.mask.shape[1]
    example, kind, row, col = cells.unbind(1)
    key = (example * factors.types + kind) * tokens + (row if rows else col)
    if not rows:
        key, order = key.sort()
        cells, upstream = cells[order], None if upstream is None else upstream[order]
    places = torch.arange(len(factors.mask) * factors.types * tokens + 1, device=cells.device)
    return Cells(cells.contiguous(), torch.searchsorted(key, places, out_int32=True), upstream)


def launch(kernel: Any, factors: Factors, lines: int, *arguments: Any, tuned: bool, **constants: Any) -> None:
    """Run a kernel on every block of `lines` squares.

    `tuned`: with the fastest block sizes, measured once for each kind of input, unless deterministic algorithms are
    asked for: other sizes sum in another order. Otherwise with sizes that depend on the factors alone.
    """
    query = factors.query
    tokens, dim = query.shape[2:]
    constants |= {
        "planes": query.shape[1],
        "ORDERED": factors.ordered,
        "BANDED": factors.max_width is not None and factors.max_width < tokens,
        "DIM": dim,
        "PRECISION": _precision(query),
    }
    if not tuned or INTERPRETED.value or torch.are_deterministic_algorithms_enabled():
        constants |= _fixed(query)
    else:
        kernel = _tuned(kernel, triton.next_power_of_2(tokens))
    with torch.cuda.device_of(query):  # type: ignore[no-untyped-call]
        kernel[lambda chosen: (lines * triton.cdiv(tokens, chosen["OWN"]),)](*arguments, **constants)


def _precision(query: Tensor) -> str:
    """How a product of float32 is made: of three products of TF32, whose error is near that of float32, at a matrix
    unit's rate; plainly on GPUs without TF32 (before Ampere, or not from NVIDIA). Half precision has no choice.
    """
    if query.dtype != torch.float32 or not query.is_cuda or torch.version.hip:
        return "ieee"
    return "tf32x3" if torch.cuda.get_device_capability(query.device) >= (8, 0) else "ieee"


def _fixed(query: Tensor) -> dict[str, int]:
    """Block sizes that fit any GPU; small under the interpreter, so that short texts too have several blocks."""
    if INTERPRETED.value:
        return {"OWN": 32, "OTHER": 16}
    half = query.dtype != torch.float32
    own = 64 if half or query.shape[3] <= 64 else 32
    return {"OWN": own, "OTHER": 64 if half else 32, "num_warps": 4, "num_stages": 2}


@cache
def _tuned(kernel: Any, _most_tokens: int) -> Any:
    """The kernel that measures its block sizes, one for texts of about a length; making it asks for a device."""
    configs = [
        triton.Config({"OWN": own, "OTHER": other}, num_warps=warps, num_stages=stages)
        for own, other, warps, stages in TRIED
    ]
    return triton.autotune(configs, key=["DIM", "ORDERED", "BANDED", "ROWS", "PRECISION"])(kernel)
