"""Measure loss, gradient and search on a CUDA device against the usual formulations; write the rows. One call does all.

    python -m benchmarks.gpu [--only PART ...]

Needs a CUDA build of torch, which brings Triton; no network. Without a device it says so and exits with 2. Times are
those of CUDA events around runs that follow each other without a pause, after a warm-up that also lets Triton choose
its blocks; the tables show the newest row of a case.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.formulations import (
    DIM,
    HIDDEN,
    LOSSES,
    Case,
    gold,
    leaf,
    legal,
    present,
    search_ours,
    search_usual,
    trained,
    untrained,
)
from benchmarks.measure import Run, Spread, gradients, spread
from benchmarks.rows import add_row
from benchmarks.training_step import BERT
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.heads.global_pointer import GlobalPointer
from globalpointer.nn.kernels import dispatch, reference
from globalpointer.nn.scores import FactoredScores, find

Row = dict[str, Any]

PER_TYPE = (Case("per-type", 16, 512, 50), Case("per-type", 16, 512, 50, "padded"))
EFFICIENT = (Case("efficient", 8, 512, 50), Case("efficient", 16, 512, 50), Case("efficient", 4, 512, 112))
SEARCHED = (Case("per-type", 16, 512, 50), Case("efficient", 8, 512, 50))
STEP = Case("efficient", 16, 128, 50)
"""Batch, tokens and types of the training step."""

DTYPES = (torch.bfloat16, torch.float32)
PRODUCTS = 4
"""Products for each legal cell: the score forward and again backward, and what it adds to query and key gradients."""

WARM_UPS = 5
RUNS = 30
LIMIT = 1000
CLEAR = 0.05
"""Scores nearer to the threshold than this may be found by one search and not by the other: sums differ in rounding."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="these parts alone")
    chosen = parser.parse_args()
    if not torch.cuda.is_available():
        print("benchmarks.gpu: there is no CUDA device here, so nothing was measured", file=sys.stderr)
        sys.exit(2)
    for part in chosen.only:
        for row in PARTS[part]():
            print(part, row, flush=True)
            add_row("gpu", {"part": part, **row, **device()})


def device() -> Row:
    """What the rows were measured on."""
    properties = torch.cuda.get_device_properties(0)
    gib = round(properties.total_memory / 2**30)
    return {"device": f"{properties.name}, {gib} GiB", "cuda": torch.version.cuda, "triton": version("triton")}


def per_type_losses() -> Iterator[Row]:
    """From factors to gradients, and the partition alone beside plain batched products of the same sizes."""
    for case in PER_TYPE:
        for dtype in DTYPES:
            sides = {name: loss(name, case, dtype) for name in LOSSES}
            sides |= {"partition": kernel(case, dtype), "products": products(case, dtype)}
            times = alternately(sides)
            cells = int(reference.legal_pairs(on_device(untrained(case)).source).sum()) * case.types
            reached = {
                "partition": rate(cells, times["partition"]),
                "products": rate(case.batch * case.types * case.tokens**2, times["products"]),
            }
            picked = dispatch.explain(on_device(untrained(case), dtype).source)._asdict()
            sized = {**named(case, dtype), "ms": times, "mib": {name: memory(run) for name, run in sides.items()}}
            yield {**sized, "tflops": reached, "picked": picked}


def efficient_losses() -> Iterator[Row]:
    """From factors to gradients."""
    for case in EFFICIENT:
        for dtype in DTYPES:
            sides = {name: loss(name, case, dtype) for name in LOSSES}
            times = alternately(sides)
            yield {**named(case, dtype), "ms": times, "mib": {name: memory(run) for name, run in sides.items()}}


def searches() -> Iterator[Row]:
    """All cells above 0 of a trained-like model; the best of an untrained one, which finds half of all."""
    for case in SEARCHED:
        scores = on_device(trained(case, gold(case)))
        check_same(scores)
        sides = {"ours": partial(search_ours, scores), "dense": partial(search_usual, scores)}
        row = {"model": "trained-like", "cells": len(search_ours(scores)), "ms": alternately(sides)}
        yield {**named(case, torch.float32), **row, "mib": {name: memory(run) for name, run in sides.items()}}
        scores = on_device(untrained(case))
        sides = {"ours": partial(search_ours, scores, LIMIT), "dense": partial(search_usual, scores)}
        row = {"model": "untrained", "limit": LIMIT, "ms": alternately(sides)}
        yield {**named(case, torch.float32), **row, "mib": {name: memory(run) for name, run in sides.items()}}


def steps() -> Iterator[Row]:
    """What head, loss and gradient take of a training step of a 12-layer, 768-wide encoder under bfloat16 autocast."""
    for head in (EfficientGlobalPointer, GlobalPointer):
        kind = "efficient" if head is EfficientGlobalPointer else "per-type"
        case = STEP._replace(head=kind)
        for name in ("ours", "dense"):
            times = alternately(step_parts(head(HIDDEN, case.types, dim=DIM).cuda(), name, case), runs=15)
            whole = times["encoder"]["median"] + times["head and loss"]["median"]
            share = {part: round(times[part]["median"] / whole, 4) for part in ("head and loss", "loss")}
            yield {**named(case, torch.bfloat16), "loss": name, "ms": times, "share": share}


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "per-type": per_type_losses,
    "efficient": efficient_losses,
    "search": searches,
    "step": steps,
}


def step_parts(head: nn.Module, name: str, case: Case) -> dict[str, Run]:
    """An encoder's step with its optimizer; head and loss from hidden vectors on; the loss alone, from factors on."""
    torch.manual_seed(0)
    encoder = HuggingFaceEncoder.from_config(BERT).train().cuda()
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=1e-5)
    mask, cells = legal(case).cuda(), gold(case).cuda()
    tokens = torch.randint(1000, mask.shape, device="cuda")
    hidden = torch.randn(*mask.shape, HIDDEN, device="cuda", requires_grad=True)
    factors = leaf(head(hidden, mask))

    @torch.autocast("cuda", torch.bfloat16)
    def encode() -> None:
        optimizer.zero_grad()
        encoder(tokens, mask).float().square().mean().backward()
        optimizer.step()

    @torch.autocast("cuda", torch.bfloat16)
    def above() -> Tensor:
        return LOSSES[name](head(hidden, mask), cells)

    return {
        "encoder": encode,
        "head and loss": gradients(above, [hidden, *head.parameters()]),
        "loss": gradients(lambda: LOSSES[name](factors, cells), present(factors)),
    }


def on_device(scores: FactoredScores, dtype: torch.dtype = torch.float32) -> FactoredScores:
    """The same factors on the GPU, as leaves of a graph."""
    moved = {name: getattr(scores, name) for name in ("query", "key", "row_bias", "col_bias")}
    there = {name: each.cuda() for name, each in moved.items() if each is not None}
    return leaf(replace(scores, **there, mask=scores.mask.cuda()), dtype)


def loss(name: str, case: Case, dtype: torch.dtype) -> Run:
    """A loss, from factors to their gradients."""
    scores, cells = on_device(untrained(case), dtype), gold(case).cuda()
    return gradients(lambda: LOSSES[name](scores, cells), present(scores))


def kernel(case: Case, dtype: torch.dtype) -> Run:
    """The partition in Triton alone, from factors to their gradients: four products for each legal cell."""
    from globalpointer.nn.kernels import triton

    scores, cells = on_device(untrained(case), dtype), gold(case).cuda()
    return gradients(lambda: triton.partition(scores.source, cells), present(scores))


def products(case: Case, dtype: torch.dtype) -> Run:
    """The four products of full squares as plain batched ones: what the matrix units reach at these sizes."""
    scores = on_device(untrained(case), dtype)
    query, key = scores.query.detach().flatten(0, 1), scores.key.detach().flatten(0, 1)
    square = query @ key.transpose(1, 2)
    room = torch.empty_like(square), torch.empty_like(query)

    def run() -> None:
        torch.bmm(query, key.transpose(1, 2), out=room[0])
        torch.bmm(query, key.transpose(1, 2), out=room[0])
        torch.bmm(square, key, out=room[1])
        torch.bmm(square.transpose(1, 2), query, out=room[1])

    return run


def rate(cells: int, times: Spread) -> float:
    """10¹² multiplications and additions a second, of the products of these cells."""
    return round(PRODUCTS * 2 * cells * DIM / times["median"] / 1e9, 1)


def alternately(sides: dict[str, Run], *, runs: int = RUNS) -> dict[str, Spread]:
    """Milliseconds of each side: a warm-up, then runs one after another."""
    return {name: spread(milliseconds(run, runs)) for name, run in sides.items()}


def milliseconds(run: Run, runs: int) -> list[float]:
    """The time between the events before and after each run; the host does not wait between them."""
    for _ in range(WARM_UPS):
        run()
    events = [[torch.cuda.Event(enable_timing=True) for _ in range(2)] for _ in range(runs)]
    for start, end in events:
        start.record()
        run()
        end.record()
    torch.cuda.synchronize()
    return [start.elapsed_time(end) for start, end in events]


def memory(run: Run) -> float:
    """MiB at the peak of a run, above what lay on the device before it; gradients are part of it."""
    torch.cuda.synchronize()
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    run()
    torch.cuda.synchronize()
    return round((torch.cuda.max_memory_allocated() - before) / 2**20, 2)


def check_same(scores: FactoredScores) -> None:
    """Both searches must find the same cells, but for those at the threshold."""
    surely, usual, perhaps = (
        {tuple(cell) for cell in cells.tolist()}
        for cells in (find(scores, CLEAR)[0], search_usual(scores), find(scores, -CLEAR)[0])
    )
    if not surely <= usual <= perhaps:
        raise AssertionError("the searches found different cells")


def named(case: Case, dtype: torch.dtype) -> Row:
    """What identifies a case in a row."""
    return {"case": str(case), **case._asdict(), "dtype": str(dtype).removeprefix("torch.")}


if __name__ == "__main__":
    main()
