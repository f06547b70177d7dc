"""The one door to the kernels: picks an implementation, and says which and why.

All arithmetic here is in float32 (float64 if the factors are), whatever the autocast dtype.
"""

import importlib.util
from collections.abc import Callable
from types import ModuleType
from typing import Literal, NamedTuple, TypeVar, cast, get_args

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from globalpointer.nn.kernels import factorized, reference, tiled
from globalpointer.nn.kernels.reference import Dense, Factors, Source

__all__ = ["Choice", "Dense", "Factors", "Impl", "Source", "count", "divergence", "eager", "explain", "gather"]
__all__ += ["legal_cells", "logits", "partition", "search", "split"]

Impl = Literal["auto", "reference", "factorized", "tiled", "triton"]

Function = TypeVar("Function", bound=Callable[..., object])


def eager(function: Function) -> Function:
    """The function, run as it is where a model is compiled: what stands around it is compiled, and nothing warns.

    Kernels choose blocks and sizes by the data (how many gold cells, how many found), which no graph can hold.
    """
    disabled = torch.compiler.disable(function, reason="sizes depend on the data")  # type: ignore[no-untyped-call]
    return cast(Function, disabled)


class Choice(NamedTuple):
    """An implementation, and why it was picked."""

    impl: str
    reason: str


def explain(source: Source, impl: str = "auto") -> Choice:
    """What would be used for these scores, and why. Raises ValueError where `impl` cannot handle them."""
    if impl not in get_args(Impl):
        raise ValueError(f"impl must be one of {', '.join(get_args(Impl))}, not {impl!r}")
    if isinstance(source, Dense):
        if impl not in ("auto", "reference"):
            raise ValueError(f"impl {impl!r} needs factors; these scores lie in memory cell by cell: use 'auto'")
        return Choice("reference", "the scores already lie in memory, cell by cell")
    shared = source.query.shape[1] == 1 and source.row_bias is not None and source.col_bias is not None
    if impl == "factorized" and not shared:
        raise ValueError("impl 'factorized' needs one plane shared by all types, and both biases: use 'tiled'")
    if impl == "triton" and (objection := _triton_refuses(source)) is not None:
        raise ValueError(f"impl 'triton' is not possible here: {objection}; use 'auto'")
    if impl != "auto":
        return Choice(impl, "asked for")
    # For one type there is nothing to share, and tiles find its best cells several times as fast
    if shared and source.row_bias is not None and source.row_bias.shape[1] > 1:
        return Choice("factorized", "all types share one plane: one matrix product serves them all")
    if not source.mask.is_cuda:
        return Choice("tiled", "each type has a plane of its own: scores are made and used up tile by tile")
    if (objection := _triton_refuses(source)) is not None:
        return Choice("tiled", objection)
    return Choice("triton", "each type has a plane of its own, on CUDA: tiles are held in registers")


def _triton_refuses(factors: Factors) -> str | None:
    """Why Triton's kernels cannot be used for these factors, or None."""
    if importlib.util.find_spec("triton") is None:
        return "Triton is not installed (pip install 'globalpointer[triton]')"
    from globalpointer.nn.kernels import triton

    return triton.supports(factors)


def logits(source: Source) -> Float[Tensor, "batch types tokens tokens"]:
    """Every score; -inf where illegal."""
    with _exactly(source):
        return reference.logits(_raised(source))


def legal_cells(source: Source, cells: Int[Tensor, "cells 4"]) -> Bool[Tensor, " cells"]:
    """Which rows (example, type, row, col) are cells, whatever numbers stand in them."""
    return reference.legal_cells(source, cells)


def gather(source: Source, cells: Int[Tensor, "cells 4"]) -> Float[Tensor, " cells"]:
    """The scores at these cells, differentiable."""
    with _exactly(source):
        return reference.gather(_raised(source), cells)


def split(
    source: Source, cells: Int[Tensor, "cells 4"], impl: str = "auto"
) -> tuple[Float[Tensor, "batch types"], Float[Tensor, " cells"]]:
    """The partition over the legal cells other than `cells`, and the scores at `cells`: legal, distinct, sorted."""
    chosen = explain(source, impl).impl
    with _exactly(source):
        both: tuple[Tensor, Tensor] = _implementation(chosen, source).split(_ready(source, chosen), cells)
        return both


def partition(source: Source, cells: Int[Tensor, "cells 4"], impl: str = "auto") -> Float[Tensor, "batch types"]:
    """The log of Σ exp(score) over the legal cells other than `cells`, as in split; -inf where there is none."""
    return split(source, cells, impl)[0]


@torch.no_grad()
def search(
    source: Source, threshold: Float[Tensor, " types"], limit: int | None = None, impl: str = "auto"
) -> tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]:
    """The cells strictly above the threshold of their type, sorted; at most `limit` an example, the best."""
    chosen = explain(source, impl).impl
    with _exactly(source):
        found: tuple[Tensor, Tensor] = _implementation(chosen, source).search(_ready(source, chosen), threshold, limit)
        return found


@torch.no_grad()
def count(source: Source, threshold: Float[Tensor, " types"], impl: str = "auto") -> Int[Tensor, "batch types"]:
    """How many cells are strictly above the threshold of their type."""
    chosen = explain(source, impl).impl
    with _exactly(source):
        total: Tensor = _implementation(chosen, source).count(_ready(source, chosen), threshold)
        return total


def divergence(first: Source, second: Source, impl: str = "auto") -> Float[Tensor, "batch types"]:
    """Σ (σ(s) - σ(t)) (s - t) over the legal cells; by tiles wherever both are factors."""
    first, second = _raised(first), _raised(second)
    with _exactly(first):
        if isinstance(first, Dense) or isinstance(second, Dense) or explain(first, impl).impl == "reference":
            return reference.divergence(first, second)
        return tiled.divergence(first, second)


def _exactly(source: Source) -> torch.autocast:
    return torch.autocast(source.mask.device.type, enabled=False)


def _implementation(chosen: str, source: Source) -> ModuleType:
    """The module of that name; the reference where there is nothing to compute."""
    if not source.mask.numel():
        return reference
    if chosen == "triton":
        from globalpointer.nn.kernels import triton  # a second or more to import, and not installed everywhere

        return triton
    return {"reference": reference, "factorized": factorized, "tiled": tiled}[chosen]


def _ready(source: Source, chosen: str) -> Source:
    """As that implementation wants it: Triton's kernels multiply half precision as it is, and sum in float32."""
    return source if chosen == "triton" else _raised(source)


def _raised(source: Source) -> Source:
    """The same scores in float32 at least."""
    if isinstance(source, Dense):
        return source._replace(values=_at_least_float32(source.values))
    row_bias, col_bias = (None if each is None else _at_least_float32(each) for each in source[2:4])
    query, key = _at_least_float32(source.query), _at_least_float32(source.key)
    return source._replace(query=query, key=key, row_bias=row_bias, col_bias=col_bias)


def _at_least_float32(tensor: Tensor) -> Tensor:
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
