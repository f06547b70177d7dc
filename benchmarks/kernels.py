"""Measure the loss, its gradient and the search against the usual formulations and against peers; write the rows.

    python -m benchmarks.kernels [--only PART ...] [--threads N]

Both sides take turns in one process, with glibc told to keep its memory; see benchmarks/measure.py. A row is written as
soon as it is there; the tables show the newest row of a case. Nothing else should run meanwhile.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

import torch

from benchmarks import precision, training_step
from benchmarks.floor import floor_ms, work
from benchmarks.formulations import (
    LOSSES,
    Case,
    Head,
    from_factors,
    from_hidden,
    gold,
    named,
    peers_absent,
    search_ours,
    search_usual,
    trained,
    untrained,
)
from benchmarks.measure import extra_memory, rates, side_by_side
from benchmarks.parts import Row, parser, run_parts
from benchmarks.peers import from_emissions
from benchmarks.training_step import long_document

EFFICIENT = ((64, 128, 50), (8, 512, 50), (4, 512, 112))
PER_TYPE = ((16, 256, 10), (8, 512, 10), (64, 128, 50))
SIZES = [Case("efficient", *size) for size in EFFICIENT] + [Case("per-type", *size) for size in PER_TYPE]
PADDED = [Case("efficient", 64, 128, 50, "padded"), Case("per-type", 64, 128, 50, "padded")]
MANY_TYPES = [Case("efficient", 16, 256, types) for types in (10, 1000)]
SEARCHED = [Case("efficient", 8, 512, 50), Case("per-type", 8, 512, 10)]
TAGGED = [(16, 128, 10), (8, 512, 10)]
"""Batch, tokens and types where a conditional random field is measured; its tags are B and I of each type, and O."""

TYPES = (1, 3, 10, 30, 100, 300, 1000)
TOKENS: dict[Head, tuple[int, ...]] = {
    "efficient": (64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384),
    "per-type": (64, 128, 256, 512, 1024, 2048, 4096, 8192),
}
THEIRS = 1 << 27
"""Scores of the largest case that the usual formulations are measured at: they hold them some ten times, in 24 GiB."""

LONG = [Case("efficient", 1, 32768, 20)]
"""A document of this length is one piece here."""

LIMIT = 1000
"""Cells an example that a search of an untrained model is held to."""


def main() -> None:
    run_parts("kernels", PARTS, parser(__doc__, PARTS).parse_args())


def losses(cases: list[Case] = SIZES + PADDED) -> Iterator[Row]:
    """Time and memory from factors to gradients, beside the floor of the arithmetic."""
    reached = rates()
    for case in cases:
        times = side_by_side({name: from_factors(name, case) for name in LOSSES})
        floor = {"gflop": work(case).gflop, "gexp": work(case).gexp, "floor_ms": floor_ms(case, reached)}
        yield {**named(case), "ms": times, "mib": memory(case, list(LOSSES)), **floor, **reached}


def heads(cases: list[Case] = SIZES) -> Iterator[Row]:
    """Time from hidden vectors to gradients: the projection in front of all, and bert4torch's head and loss."""
    absent = peers_absent()
    if absent:
        print(absent, file=sys.stderr)
    names = [*LOSSES] if absent else [*LOSSES, "bert4torch"]
    for case in cases:
        yield {**named(case), "ms": side_by_side({name: from_hidden(name, case) for name in names}, rounds=3)}


def many_types(cases: list[Case] = MANY_TYPES) -> Iterator[Row]:
    """Ours alone, with few types and with very many, side by side."""
    times = side_by_side({str(case): from_factors("ours", case) for case in cases}, rounds=10)
    for case in cases:
        yield {**named(case), "ms": {"ours": times[str(case)]}, "mib": memory(case, ["ours"])}


def sweep_types(sizes: tuple[int, ...] = TYPES) -> Iterator[Row]:
    """Against the number of types, 8 examples of 128 tokens."""
    return chain.from_iterable(sweep(Case(head, 8, 128, types)) for head in TOKENS for types in sizes)


def sweep_tokens(sizes: dict[Head, tuple[int, ...]] = TOKENS) -> Iterator[Row]:
    """Against the number of tokens, one example, 10 types."""
    return chain.from_iterable(sweep(Case(head, 1, tokens, 10)) for head in sizes for tokens in sizes[head])


def sweep(case: Case) -> Iterator[Row]:
    """One point of a curve; theirs where it fits."""
    fits = case.batch * case.types * case.tokens**2 <= THEIRS
    names = list(LOSSES) if fits else ["ours"]
    times = side_by_side({name: from_factors(name, case) for name in names}, rounds=2)
    yield {**named(case), "ms": times, "mib": memory(case, names)}


def memory(case: Case, names: list[str]) -> dict[str, float | None]:
    """MiB at the peak, above factors and gold."""
    tiny = Case(case.head, 1, 32, 2)
    return {name: extra_memory(partial(from_factors, name, case), partial(from_factors, name, tiny)) for name in names}


def searches(cases: list[Case] = SEARCHED) -> Iterator[Row]:
    """All cells above 0 of a trained-like model; of an untrained one, ours limited, as it would be in use."""
    for case in cases:
        scores = trained(case, gold(case))
        found = search_usual(scores)
        assert torch.equal(found, search_ours(scores)), f"{case}: the searches differ"
        times = side_by_side({"ours": partial(search_ours, scores), "dense": partial(search_usual, scores)})
        yield {**named(case), "model": "trained-like", "cells": len(found), "ms": times}
        start = untrained(case)
        times = side_by_side({"ours": partial(search_ours, start, LIMIT), "dense": partial(search_usual, start)})
        found = search_usual(start)
        yield {**named(case), "model": "untrained", "cells": len(found), "limit": LIMIT, "ms": times}


def peers(sizes: list[tuple[int, int, int]] = TAGGED) -> Iterator[Row]:
    """A conditional random field over tags, for scale: its loss and its best path beside our loss and search."""
    if absent := peers_absent():
        print(absent, file=sys.stderr)
        return
    for size in sizes:
        case = Case("efficient", *size)
        scores = trained(case, gold(case))
        loss, path = from_emissions(case)
        search = partial(search_ours, scores)
        sides = {"ours": from_factors("ours", case), "search": search, "crf loss": loss, "crf path": path}
        yield {**named(case), "ms": side_by_side(sides)}


def long_documents(cases: list[Case] = LONG) -> Iterator[Row]:
    """Time and memory of a whole training step over a BiLSTM, without windows."""
    for case in cases:
        times = side_by_side({"step": long_document(case)}, rounds=1)
        tiny = case._replace(tokens=64)
        taken = extra_memory(partial(long_document, case), partial(long_document, tiny))
        yield {**named(case), "ms": times, "mib": {"step": taken}}


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "loss": losses,
    "head": heads,
    "many types": many_types,
    "search": searches,
    "precision": precision.rows,
    "peers": peers,
    "step": training_step.rows,
    "long": long_documents,
    "types": sweep_types,
    "tokens": sweep_tokens,
}


if __name__ == "__main__":
    sys.exit(main())
