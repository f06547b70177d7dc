"""The same loss and the same search, as everybody writes them, as bert4torch has them, and ours: what is compared.

The usual formulations are those of tests/oracles.py, so that a test and a benchmark mean the same thing.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import torch
from tests.oracles import usual_dense_loss, usual_logits, usual_sparse_loss
from torch import Tensor, nn

from benchmarks.measure import Run, gradients
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.heads.global_pointer import GlobalPointer
from globalpointer.nn.losses.multilabel import multilabel_crossentropy
from globalpointer.nn.scores import FactoredScores, find

Head = Literal["efficient", "per-type"]
Loss = Callable[[FactoredScores, Tensor], Tensor]

DIM = 64
HIDDEN = 768
GOLD = 8
"""Gold cells an example, about."""

WIDTH = 12
"""Tokens of the longest gold span."""

INSTALL = "pip install bert4torch==0.6.0 torch4keras==0.3.2 requests pillow pytorch-crf==0.7.2 -c constraints.txt"
"""What a benchmark says that does not find the peers."""


class Case(NamedTuple):
    """A problem size. `mask`: every token legal, or [CLS], [SEP] and padding up to half of the length."""

    head: Head
    batch: int
    tokens: int
    types: int
    mask: Literal["full", "padded"] = "full"

    def __str__(self) -> str:
        masked = "" if self.mask == "full" else ", padded"
        return f"{self.head} {self.batch} × {self.tokens} × {self.types}{masked}"


def named(case: Case) -> dict[str, Any]:
    """What a row says of its case."""
    return {"case": str(case), **case._asdict()}


def legal(case: Case) -> Tensor:
    """The mask of a case."""
    if case.mask == "full":
        return torch.ones(case.batch, case.tokens, dtype=torch.bool)
    last = torch.linspace(case.tokens / 2, case.tokens, case.batch).long() - 1
    place = torch.arange(case.tokens)
    return (place > 0) & (place < last[:, None])


def gold(case: Case) -> Tensor:
    """About GOLD short spans an example, sorted and distinct; never the cell (0, 0), which pads bert4torch's lists."""
    generator = torch.Generator().manual_seed(1)
    last = legal(case).sum(1, keepdim=True)
    shape = case.batch, GOLD
    row = 1 + (torch.rand(shape, generator=generator) * (last - WIDTH)).long()
    col = row + torch.randint(WIDTH - 1, shape, generator=generator)
    kind = torch.randint(case.types, shape, generator=generator)
    example = torch.arange(case.batch)[:, None].expand(shape)
    return torch.unique(torch.stack([example, kind, row, col], -1).flatten(0, 1), dim=0)


def untrained(case: Case) -> FactoredScores:
    """Factors as at the start of training: half of the scores above 0, with a deviation near 1."""
    generator = torch.Generator().manual_seed(0)
    shared = case.head == "efficient"
    planes = 1 if shared else case.types
    query = torch.randn(case.batch, planes, case.tokens, DIM, generator=generator) * DIM**-0.5
    key = torch.randn(case.batch, planes, case.tokens, DIM, generator=generator)
    biases = torch.randn(2, case.batch, case.types, case.tokens, generator=generator) / 2
    return FactoredScores(query, key, *(biases if shared else (None, None)), legal(case))


def trained(case: Case, cells: Tensor, strength: float = 12.0) -> FactoredScores:
    """Factors as after training: gold near strength / 3, all others near -strength or -strength / 2, but for a few.

    The two tokens of a gold cell share a random direction, whose product lifts the pair. Where a plane is shared it
    lifts the pair for every type, and the biases of the gold type do the rest.
    """
    scores, generator = untrained(case), torch.Generator().manual_seed(2)
    example, kind, row, col = cells.unbind(1)
    direction = nn.functional.normalize(torch.randn(len(cells), DIM, generator=generator), dim=1)
    shared = case.head == "efficient"
    plane = torch.zeros_like(kind) if shared else kind
    lift = direction * (strength * (1 / 2 if shared else 4 / 3)) ** 0.5
    query = (scores.query / 2).index_put((example, plane, row), lift, accumulate=True)
    key = (scores.key / 2).index_put((example, plane, col), lift, accumulate=True)
    if not shared:
        # One dimension more than a head has: every product loses `strength` by it
        low = torch.full_like(query[..., :1], strength**0.5)
        return FactoredScores(torch.cat([query, low], -1), torch.cat([key, -low], -1), None, None, scores.mask)
    up = torch.full((len(cells),), strength * 5 / 12)
    row_bias, col_bias = (
        (bias / 2 - strength / 2).index_put((example, kind, place), up, accumulate=True)
        for bias, place in ((scores.row_bias, row), (scores.col_bias, col))
        if bias is not None
    )
    return FactoredScores(query, key, row_bias, col_bias, scores.mask)


def present(scores: FactoredScores) -> list[Tensor]:
    """The factors that are there."""
    return [each for each in (scores.query, scores.key, scores.row_bias, scores.col_bias) if each is not None]


def leaf(scores: FactoredScores, dtype: torch.dtype = torch.float32) -> FactoredScores:
    """The same factors as leaves of a graph, which ask for a gradient."""
    factors = {name: getattr(scores, name) for name in ("query", "key", "row_bias", "col_bias")}
    cut = {name: each.detach().to(dtype).requires_grad_() for name, each in factors.items() if each is not None}
    return replace(scores, **cut)


def cell_by_cell(scores: FactoredScores) -> Tensor:
    """All scores in memory, as everybody has them."""
    return usual_logits(scores.query, scores.key, scores.row_bias, scores.col_bias, scores.mask, scores.ordered)


def ours(scores: FactoredScores, cells: Tensor) -> Tensor:
    """[batch types], from the factors."""
    return multilabel_crossentropy(scores, cells)


def sparse(scores: FactoredScores, cells: Tensor) -> Tensor:
    """[batch types], gold as coordinates on all scores."""
    return usual_sparse_loss(cell_by_cell(scores), cells)


def dense(scores: FactoredScores, cells: Tensor) -> Tensor:
    """[batch types], gold as a matrix beside all scores."""
    return usual_dense_loss(cell_by_cell(scores), cells)


LOSSES: dict[str, Loss] = {"ours": ours, "sparse": sparse, "dense": dense}


def from_factors(name: str, case: Case) -> Run:
    """A loss, from the factors of an untrained head to their gradients."""
    scores, cells = leaf(untrained(case)), gold(case)
    return gradients(lambda: LOSSES[name](scores, cells), present(scores))


def from_hidden(name: str, case: Case) -> Run:
    """A head and a loss, from hidden vectors to the gradients of these and of the head's weights.

    All but "bert4torch" share our projection; that one is the head and the sparse loss of that library.
    """
    torch.manual_seed(0)
    hidden = torch.randn(case.batch, case.tokens, HIDDEN, requires_grad=True)
    if name == "bert4torch":
        return _bert4torch(case, hidden)
    head = (EfficientGlobalPointer if case.head == "efficient" else GlobalPointer)(HIDDEN, case.types, dim=DIM)
    mask, cells = legal(case), gold(case)
    return gradients(lambda: LOSSES[name](head(hidden, mask), cells), [hidden, *head.parameters()])


def _bert4torch(case: Case, hidden: Tensor) -> Run:
    from bert4torch.layers import global_point
    from bert4torch.losses import SparseMultilabelCategoricalCrossentropy

    kind = global_point.EfficientGlobalPointer if case.head == "efficient" else global_point.GlobalPointer
    head, criterion = kind(HIDDEN, case.types, DIM), SparseMultilabelCategoricalCrossentropy(mask_zero=True)
    mask, target = legal(case).long(), flat_gold(gold(case), case)
    return gradients(lambda: criterion(head(hidden, mask).flatten(2), target), [hidden, *head.parameters()])


def flat_gold(cells: Tensor, case: Case) -> Tensor:
    """[batch types most]: row · tokens + col of each gold cell, padded with 0, as bert4torch wants it."""
    lists: dict[tuple[int, int], list[int]] = defaultdict(list)
    for example, kind, row, col in cells.tolist():
        lists[example, kind].append(row * case.tokens + col)
    most = max(map(len, lists.values()))
    padded = [[(lists[b, t] + [0] * most)[:most] for t in range(case.types)] for b in range(case.batch)]
    return torch.tensor(padded)


def peers_absent() -> str | None:
    """What to install, where bert4torch or pytorch-crf is not here."""
    try:
        import bert4torch.layers.global_point  # noqa: F401
        import torchcrf  # noqa: F401
    except ImportError as error:
        return f"{error.name or error} is missing: {INSTALL}"
    return None


@torch.no_grad()
def search_usual(scores: FactoredScores) -> Tensor:
    """The cells above 0, from all scores."""
    return (cell_by_cell(scores) > 0).nonzero()


@torch.no_grad()
def search_ours(scores: FactoredScores, limit: int | None = None) -> Tensor:
    """The cells above 0, at most `limit` an example, from the factors."""
    return find(scores, limit=limit)[0]
