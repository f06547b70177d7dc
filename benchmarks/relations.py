"""Measure GPLinker beside TPLinker, TPLinker-plus and CasRel, side by side in one process; write the rows.

    python -m benchmarks.relations [--only PART ...] [--threads N]

Seven minutes with two threads. As in benchmarks.kernels, glibc is told to keep its memory, a row is written as soon as
it is there, the tables show the newest row of a case, and nothing else should run meanwhile.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor, nn

from benchmarks import formulations
from benchmarks.measure import Run, gradients, side_by_side
from benchmarks.parts import Row, parser, run_parts
from benchmarks.systems import (
    SYSTEMS,
    Case,
    OneSquare,
    batch,
    decode,
    decode_as_published,
    linker,
    one_by_one,
    sparse,
)
from globalpointer.nn.contracts import Batch, Extractor
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.heads.global_pointer import GlobalPointer

CASES = [Case(encoder, 16, tokens) for encoder in ("none", "bilstm", "minilm") for tokens in (64, 128)]
DECODED = [case for case in CASES if case.encoder != "bilstm"]
"""The vectors of an untrained BiLSTM are so alike that no threshold lets few cells through."""

LOSS = formulations.Case("efficient", 64, 128, 50), formulations.Case("per-type", 64, 128, 50)
MANY = Case("bilstm", 50, 64)
SENTENCES = 1000
LIMIT = 256
"""Cells an example and grid that an untrained model is held to, as Predictor does by itself."""

PUBLISHED = "CasRel, sentence by sentence"
"""How its authors decode."""

HEADS: dict[formulations.Head, type[nn.Module]] = {"efficient": EfficientGlobalPointer, "per-type": GlobalPointer}


def main() -> None:
    run_parts("relations", PARTS, parser(__doc__, PARTS).parse_args())


def steps(cases: list[Case] = CASES) -> Iterator[Row]:
    """Forward, loss and backward, without the optimizer."""
    for case in cases:
        torch.manual_seed(0)
        gold = batch(case)
        sides = {name: step(make(case).train(), gold) for name, make in SYSTEMS.items()}
        yield {**named(case), "ms": side_by_side(sides, rounds=3)}


def step(model: nn.Module, gold: Batch) -> Run:
    """A training step up to the gradients of all parameters."""
    return gradients(lambda: model.loss(gold), list(model.parameters()))


def decodings(cases: list[Case] = DECODED) -> Iterator[Row]:
    """From tokens to triples, where about as many cells are found as are gold; and how many those are."""
    for case in cases:
        torch.manual_seed(0)
        gold = batch(case)
        models = {name: make(case).eval() for name, make in SYSTEMS.items() if make is not OneSquare}
        over = {name: sparse(model, gold) for name, model in models.items()}
        sides: dict[str, Run] = {name: partial(decode, model, gold, over[name]) for name, model in models.items()}
        casrel = "CasRel"
        sides[PUBLISHED] = partial(decode_as_published, models[casrel], one_by_one(gold), over[casrel])
        found = {name: cells_found(model, gold, over[name]) for name, model in models.items()}
        yield {**named(case), "cells": found, "ms": side_by_side(sides, rounds=3)}


def cells_found(model: Extractor, gold: Batch, over: dict[str, float]) -> int:
    """In all grids of all examples."""
    return sum(len(cells) for example in model.find(gold, threshold=over) for cells in example.values())


def losses(cases: tuple[formulations.Case, ...] = LOSS) -> Iterator[Row]:
    """Head and loss over one unordered grid, from hidden vectors to all gradients: ours and the multi-hot one."""
    for case in cases:
        torch.manual_seed(0)
        hidden = torch.randn(case.batch, case.tokens, formulations.HIDDEN, requires_grad=True)
        head = HEADS[case.head](formulations.HIDDEN, case.types, dim=formulations.DIM, rotary=False, ordered=False)
        sides = {name: from_hidden(head, hidden, case, name) for name in formulations.LOSSES}
        yield {**formulations.named(case), "ms": side_by_side(sides, rounds=3)}


def from_hidden(head: nn.Module, hidden: Tensor, case: formulations.Case, name: str) -> Run:
    """Of one of the formulations of the loss."""
    mask, cells, loss = formulations.legal(case), formulations.gold(case), formulations.LOSSES[name]
    return gradients(lambda: loss(head(hidden, mask), cells), [hidden, *head.parameters()])


def parameters(case: Case = CASES[0]) -> Iterator[Row]:
    """What is learned on top of the encoder."""
    counts = {}
    for name, make in SYSTEMS.items():
        model = make(case)
        core = model.model.encoder if isinstance(model, OneSquare) else model.encoder
        whole, inside = (sum(each.numel() for each in module.parameters()) for module in (model, core))
        counts[name] = whole - inside
    yield {**named(case), "parameters": counts}


def untrained(case: Case = MANY, sentences: int = SENTENCES) -> Iterator[Row]:
    """Every sentence decoded by a model that has learned nothing and finds half of all cells, of which it keeps few."""
    torch.manual_seed(0)
    batches = [batch(case)] * (sentences // case.batch)
    heads = {"GPLinker, efficient": EfficientGlobalPointer, "GPLinker, per type": GlobalPointer}
    models = {name: linker(case, head).eval() for name, head in heads.items()}

    def all_of_them(model: Extractor) -> None:
        for one in batches:
            decode(model, one, dict.fromkeys(one.cells, 0.0), LIMIT)

    sides = {name: partial(all_of_them, model) for name, model in models.items()}
    yield {**named(case), "sentences": sentences, "limit": LIMIT, "ms": side_by_side(sides, rounds=1)}


def named(case: Case) -> Row:
    """What a row says of its case."""
    return {"case": str(case), **case._asdict()}


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "step": steps,
    "decoding": decodings,
    "loss": losses,
    "parameters": parameters,
    "untrained": untrained,
}


if __name__ == "__main__":
    sys.exit(main())
