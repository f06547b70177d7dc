"""Measure both heads beside a CRF and softmax tagging, side by side in one process; write the rows.

    python -m benchmarks.tagging_speed [--only PART ...] [--tokens N ...] [--rounds N] [--threads N]

As in benchmarks.kernels, glibc is told to keep its memory, a row is written as soon as it is there, the tables show the
newest row of a case, and nothing else should run meanwhile.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from benchmarks import systems
from benchmarks.measure import Run, side_by_side
from benchmarks.parts import Row, parser, run_parts
from benchmarks.relations import step
from globalpointer.build import build_head
from globalpointer.comparison.turns import BATCH, TOKENS, Recalled
from globalpointer.grid import Grid
from globalpointer.nn.baselines.crf import CrfTagger
from globalpointer.nn.baselines.softmax import SoftmaxTagger
from globalpointer.nn.contracts import Batch, Extractor
from globalpointer.nn.token_pair import TokenPairModel

TYPES = 10
"""As many as CLUENER has."""

EVERY = 16
"""Tokens for each of which there is one entity; CLUENER has one in 16 characters, too."""

WIDTH = 8
"""Tokens of the longest entity."""


STEPS = 24
"""Halvings of the range of a threshold; the vectors of an untrained BiLSTM are so alike that it takes many."""


class Case(NamedTuple):
    """A problem size. `encoder`: "none" where vectors of 768 numbers are given."""

    encoder: str
    batch: int
    tokens: int
    types: int = TYPES

    def __str__(self) -> str:
        return f"{self.encoder} {self.batch} × {self.tokens} × {self.types}"


def cases(lengths: Sequence[int]) -> list[Case]:
    """Each encoder with texts of each length, in batches as large as a comparison has."""
    encoders = ("none", "bilstm", "minilm")
    return [Case(encoder, min(BATCH, TOKENS // tokens), tokens) for encoder in encoders for tokens in lengths]


def main() -> None:
    options = parser(__doc__, PARTS)
    options.add_argument("--tokens", nargs="+", type=int, default=[32, 128, 512], help="of a text")
    options.add_argument("--rounds", type=int, default=5, help="turns of each side")
    chosen = options.parse_args()
    run_parts("tagging", PARTS, chosen, cases(chosen.tokens), chosen.rounds)


def training(of: Sequence[Case], rounds: int) -> Iterator[Row]:
    """Forward, loss and backward to all parameters, and to the vectors where they are given; without the optimizer."""
    for case in of:
        gold = batch(case)
        sides = {name: step(model.train(), gold) for name, model in models(case).items()}
        yield {**named(case), "ms": side_by_side(sides, rounds=rounds)}


def prediction(of: Sequence[Case], rounds: int) -> Iterator[Row]:
    """From tokens, or vectors, to cells, where about as many are found as are gold; and how many those are."""
    for case in of:
        gold = batch(case)
        sides = {name: settled(model.eval(), gold) for name, model in models(case).items()}
        cells = {name: count(find()) for name, find in sides.items()}
        yield {**named(case), "cells": cells, "ms": side_by_side(sides, rounds=rounds)}


def models(case: Case) -> dict[str, nn.Module]:
    """Every system, untrained, with an encoder of its own."""
    torch.manual_seed(0)
    return {name: make(case) for name, make in SYSTEMS.items()}


def head(name: str, case: Case) -> TokenPairModel:
    """A model of ours as a recipe makes it."""
    core, grid = encoder(case), grid_of(case)
    made = build_head({"name": name, "options": {}}, core.hidden, grid, thresholds="learned")
    return TokenPairModel(core, {grid.name: made}, reductions={grid.name: "sum"})


def encoder(case: Case) -> nn.Module:
    """Untrained, in the sizes of the compared relation systems."""
    return systems.encoder(systems.Case(case.encoder, case.batch, case.tokens))


def grid_of(case: Case) -> Grid:
    """That of the entity task."""
    return Grid("entity", tuple(map(str, range(case.types))))


SYSTEMS: dict[str, Callable[[Case], nn.Module]] = {
    "CRF": lambda case: CrfTagger(encoder(case), [grid_of(case)]),
    "softmax": lambda case: SoftmaxTagger(encoder(case), [grid_of(case)]),
    "efficient": partial(head, "efficient"),
    "standard": partial(head, "global_pointer"),
}


def batch(case: Case) -> Batch:
    """Every token another one and legal; in each EVERY tokens one entity, so that no two overlap."""
    generator = torch.Generator().manual_seed(1)
    shape = case.batch, max(1, case.tokens // EVERY)
    row = EVERY * torch.arange(shape[1]) + torch.randint(EVERY - WIDTH + 1, shape, generator=generator)
    col = row + torch.randint(WIDTH, shape, generator=generator)
    kind = torch.randint(case.types, shape, generator=generator)
    example = torch.arange(case.batch)[:, None].expand(shape)
    cells = torch.stack([example, kind, row, col], -1).flatten(0, 1)
    tokens = torch.arange(case.batch * case.tokens).view(case.batch, case.tokens) % systems.VOCABULARY
    legal = torch.ones_like(tokens, dtype=torch.bool)
    return Batch(tokens, legal, legal, {"entity": cells})


def settled(model: Extractor, gold: Batch) -> Run:
    """A search that finds about as many cells as are gold, which is what a trained model does."""
    own, model.encoder = model.encoder, Recalled(model.encoder, [gold])  # the same vectors each time, without the wait
    threshold = systems.sparse(model, gold, STEPS) if isinstance(model, TokenPairModel) else outside(model, gold)
    model.encoder = own
    return partial(model.find, gold, threshold=threshold)


@torch.no_grad()
def outside(model: CrfTagger | SoftmaxTagger, gold: Batch) -> float:
    """Move the bias of the tag O until as few other tags are the best: halved and halved. The threshold stays at 0."""
    bias: Tensor = model.tag.bias
    low, high = -20.0, 20.0
    for _ in range(STEPS):
        bias[0] = (low + high) / 2
        many = count(model.find(gold)) >= len(gold.cells["entity"])
        low, high = (float(bias[0]), high) if many else (low, float(bias[0]))
    bias[0] = low
    return 0.0


def count(found: Sequence[dict[str, Any]]) -> int:
    """The cells of all examples."""
    return sum(len(cells["entity"]) for cells in found)


def named(case: Case) -> Row:
    """What a row says of its case."""
    return {"case": str(case), **case._asdict()}


PARTS: dict[str, Callable[[Sequence[Case], int], Iterator[Row]]] = {"training": training, "prediction": prediction}


if __name__ == "__main__":
    sys.exit(main())
