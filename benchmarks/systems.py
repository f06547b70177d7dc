"""GPLinker and the systems it is compared with, over one encoder and one invented batch, for benchmarks.relations."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from globalpointer.grid import Cell, Grid, Pair, ScoredCells, join
from globalpointer.nn.baselines.casrel import CasRel
from globalpointer.nn.baselines.tplinker import TPLinker
from globalpointer.nn.contracts import Batch, Extractor
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder
from globalpointer.nn.encoders.recurrent import BiLstmEncoder
from globalpointer.nn.heads.additive import Additive
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.heads.global_pointer import GlobalPointer
from globalpointer.nn.token_pair import TokenPairModel

PREDICATES = 49
SPANS, TRIPLES = 6, 4
"""Spans that stand in triples, and triples, of an example."""

WIDTH = 4
"""Tokens of the longest span."""

MANY = 64
"""Cells of an example and grid, far more than are gold."""

VOCABULARY = 5000
MINILM = {
    "model_type": "bert",
    "vocab_size": VOCABULARY,
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
}
"""The shape of the encoder "minilm", with fewer words; its weights are random."""


Triples = list[list[tuple[Pair, int, Pair]]]


class Case(NamedTuple):
    """A problem size. `encoder`: "none" where vectors of `hidden` numbers are given."""

    encoder: str
    batch: int
    tokens: int
    predicates: int = PREDICATES
    hidden: int = 768

    def __str__(self) -> str:
        return f"{self.encoder} {self.batch} × {self.tokens} × {self.predicates}"


class Given(nn.Embedding):
    """In the place of an encoder: a vector for every token of the batch, to which gradients flow."""

    def __init__(self, tokens: int, hidden: int) -> None:
        super().__init__(tokens, hidden)
        self.hidden = hidden

    def forward(self, tokens: Tensor, attention: Tensor) -> Tensor:  # noqa: ARG002  # the contract of an Encoder
        """The vectors."""
        return super().forward(tokens)


def encoder(case: Case) -> nn.Module:
    """Untrained."""
    if case.encoder == "none":
        return Given(case.batch * case.tokens, case.hidden)
    return BiLstmEncoder(VOCABULARY) if case.encoder == "bilstm" else HuggingFaceEncoder.from_config(MINILM)


def grids(predicates: int) -> tuple[Grid, Grid, Grid]:
    """Those of the relation task."""
    labels = tuple(map(str, range(predicates)))
    head, tail = (Grid(f"relation.{end}", labels, ordered=False, links=True) for end in ("head", "tail"))
    return Grid("entity", ("subject", "object")), head, tail


def batch(case: Case) -> Batch:
    """Every token another one and legal; TRIPLES triples an example between SPANS short spans."""
    generator = torch.Generator().manual_seed(1)
    shape = case.batch, SPANS
    first = torch.randint(case.tokens - WIDTH, shape, generator=generator)
    last = first + torch.randint(WIDTH, shape, generator=generator)
    subject, other = torch.randint(SPANS, (2, case.batch, TRIPLES), generator=generator)
    kind = torch.randint(case.predicates, (case.batch, TRIPLES), generator=generator)
    rows: dict[str, list[Tensor]] = {
        "entity": [
            _rows(torch.full_like(at, end), first.gather(1, at), last.gather(1, at))
            for end, at in enumerate((subject, other))
        ],
        "relation.head": [_rows(kind, first.gather(1, subject), first.gather(1, other))],
        "relation.tail": [_rows(kind, last.gather(1, subject), last.gather(1, other))],
    }
    tokens = torch.arange(case.batch * case.tokens).view(case.batch, case.tokens) % VOCABULARY
    legal = torch.ones_like(tokens, dtype=torch.bool)
    return Batch(tokens, legal, legal, {name: torch.cat(each).unique(dim=0) for name, each in rows.items()})


def _rows(kind: Tensor, row: Tensor, col: Tensor) -> Tensor:
    example = torch.arange(len(kind))[:, None].expand_as(kind)
    return torch.stack([example, kind, row, col], -1).flatten(0, 1)


def linker(case: Case, head: Callable[..., nn.Module]) -> TokenPairModel:
    """Three grids, each with a head of its own; links without rotary positions."""
    core = encoder(case)
    heads = {}
    for grid in grids(case.predicates):
        options = {} if head is Additive else {"rotary": not grid.links}
        heads[grid.name] = head(core.hidden, len(grid.labels), ordered=grid.ordered, **options)
    return TokenPairModel(core, heads, reductions=dict.fromkeys(heads, "sum"))


class OneSquare(nn.Module):
    """TPLinker-plus as its authors lay it out: one head over i <= j, in which a direction is a type of its own."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        core = encoder(case)
        types = 2 + 4 * case.predicates
        self.model = TokenPairModel(core, {"all": Additive(core.hidden, types)}, reductions={"all": "sum"})
        self.predicates = case.predicates

    def loss(self, batch: Batch) -> Tensor:
        """Of all squares."""
        cells, offset = [], 0
        for name, at in batch.cells.items():
            example, kind, row, col = at.unbind(1)
            turned = (row > col) * self.predicates
            ends = torch.minimum(row, col), torch.maximum(row, col)
            cells.append(torch.stack([example, offset + kind + turned, *ends], 1))
            offset += 2 if name == "entity" else 2 * self.predicates
        return self.model.loss(Batch(batch.tokens, batch.attention, batch.legal, {"all": torch.cat(cells)}))


SYSTEMS: dict[str, Callable[[Case], nn.Module]] = {
    "GPLinker, efficient": lambda case: linker(case, EfficientGlobalPointer),
    "GPLinker, per type": lambda case: linker(case, GlobalPointer),
    "CasRel": lambda case: CasRel(encoder(case), grids(case.predicates)),
    "CasRel, norm": lambda case: CasRel(encoder(case), grids(case.predicates), condition="norm"),
    "TPLinker": lambda case: TPLinker(encoder(case), grids(case.predicates)),
    "TPLinker-plus": lambda case: linker(case, Additive),
    "TPLinker-plus, one square": OneSquare,
}


def triples(found: Sequence[ScoredCells]) -> Triples:
    """What the found cells of each example say: (subject, predicate, object)."""
    return [
        list(join(*(_spans(cells["entity"], end) for end in range(2)), cells["relation.head"], cells["relation.tail"]))
        for cells in found
    ]


def _spans(entities: Iterable[Cell], kind: int) -> list[Pair]:
    return [(cell.row, cell.col) for cell in entities if cell.type == kind]


def decode(model: Extractor, batch: Batch, threshold: dict[str, float], limit: int | None = None) -> Triples:
    """From tokens to triples."""
    return triples(model.find(batch, threshold=threshold, limit=limit))


def one_by_one(batch: Batch) -> list[Batch]:
    """Each example a batch of its own."""
    examples = range(len(batch.tokens))
    return [Batch(*(each[at : at + 1] for each in (batch.tokens, batch.attention, batch.legal)), {}) for at in examples]


@torch.no_grad()
def decode_as_published(model: CasRel, batches: Sequence[Batch], threshold: dict[str, float]) -> None:
    """Sentence by sentence, as the authors of CasRel do: each goes through the encoder again once a subject."""
    for one in batches:
        found = model.find(one, threshold=threshold)
        triples(found)
        subjects = sum(cell.type == 0 for cell in found[0]["entity"])
        if subjects:
            model.encoder(one.tokens.repeat(subjects, 1), one.attention.repeat(subjects, 1))


def sparse(model: Extractor, batch: Batch, steps: int = 10) -> dict[str, float]:
    """Thresholds at which an untrained model finds about as many cells of each grid as are gold: halved and halved.

    Harder for a search that leaves out what cannot reach the threshold than a trained model, whose cells stand apart.
    """
    low, high = dict.fromkeys(batch.cells, -12.0), dict.fromkeys(batch.cells, 12.0)
    for _ in range(steps):
        middle = {name: (low[name] + high[name]) / 2 for name in low}
        # At a low threshold there are millions, and it is enough to see that there are many
        found = model.find(batch, threshold=middle, limit=MANY)
        for name, at in middle.items():
            enough = sum(len(cells[name]) for cells in found) >= len(batch.cells[name])
            (low if enough else high)[name] = at
    return low
