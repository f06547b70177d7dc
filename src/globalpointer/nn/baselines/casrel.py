"""CasRel: find the subjects, then for each of them, and for every predicate, its objects."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.grid import Cell, Grid, ScoredCells, join
from globalpointer.nn.baselines.cells import best, gold, limits, strongest, within
from globalpointer.nn.baselines.spans import Spans, nearest_spans, rare
from globalpointer.nn.contracts import Batch
from globalpointer.nn.heads.global_pointer import at_least_float32, at_legal, lecun
from globalpointer.nn.token_pair import by_example

ENTITY, HEAD, TAIL = GRIDS = ("entity", "relation.head", "relation.tail")
ROLES = ("subject", "object")

TOGETHER = 256
"""Subjects whose objects are looked for at once."""

Threshold = Mapping[str, float | Tensor] | float


class CasRel(nn.Module):
    """Taggers of first and last tokens: one for subjects, and one a predicate for the objects of a given subject.

        subject:  σ(w·h_j + b)        object of s for p:  σ(w_p·c_s(h_j) + b_p)

    `condition`: what the subject does to a token. "sum", as the authors have it: c_s(h) = h + (h_first + h_last) / 2.
    "norm", as the author of GPLinker has it in the CasRel he compares with: a layer norm whose gain and shift are
    linear in [h_first; h_last].

    Learns from `join()` of the gold cells: in each pass one subject, at random, of every example that has one. The loss
    is the binary cross-entropy, summed over predicates, the mean over legal tokens, added over the four taggers; their
    biases begin as `spans.rare` says.
    Grids: "entity" with the labels ("subject", "object"), or with one label for both; "relation.head" and
    "relation.tail". `dropout` stands between encoder and taggers.

    Limits: under "sum", token and subject have one weight. So where p(a, b) and p(c, d) stand in one sentence, p(a, d)
    or p(c, b) is found, too, and where p(a, b) and b is a subject, p(a, a) or p(b, b) is (each a token), whatever the
    encoder does. A start goes with the nearest end at or behind it, so of two spans with one start one is lost.
    Entities without a relation are not learned; `batch.ignore` is not read.

    Source: Wei et al., 2020, A Novel Cascade Binary Tagging Framework for Relational Triple Extraction, eq. 2-5; loss
    and choice of the subject of the authors' repository; "norm" of bert4keras, examples/task_relation_extraction.py.
    """

    monotone: ClassVar[bool] = False

    def __init__(
        self,
        encoder: nn.Module,
        grids: Sequence[Grid],
        *,
        dropout: float = 0.0,
        condition: str = "sum",
    ) -> None:
        super().__init__()
        if condition not in ("sum", "norm"):
            raise ConfigError(f'condition must be "sum" or "norm", not {condition!r}')
        self.grids = _checked(grids)
        hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        self.predicates = len(self.grids[HEAD].labels)
        self.object_type = len(self.grids[ENTITY].labels) - 1
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.subject = rare(lecun(nn.Linear(hidden, 2)))
        # First the starts of all predicates, then the ends
        self.object = rare(lecun(nn.Linear(hidden, 2 * self.predicates)))
        # Gain and shift
        self.norm = nn.Linear(2 * hidden, 2 * hidden) if condition == "norm" else None
        if self.norm is not None:
            # A plain layer norm to begin with
            nn.init.zeros_(self.norm.weight)
            nn.init.zeros_(self.norm.bias)

    def forward(self, batch: Batch) -> Float[Tensor, ""]:
        """As loss."""
        return self.loss(batch)

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        """The sum of the four means; see above. Raises ValueError and AlignmentError as `cells.gold`."""
        triples = self._triples(batch)
        subjects = torch.unique(triples[:, :3], dim=0)
        # Any one of each example
        chosen = subjects[best(subjects[:, 0], torch.rand(len(subjects), device=subjects.device), 1)]
        hidden = self._hidden(batch)
        with torch.autocast(hidden.device.type, enabled=False):
            example, first, last = subjects.unbind(1)
            logits = self._subject_logits(hidden, batch.legal)
            loss = _surprise(logits, (example, torch.zeros_like(example), first, last), batch.legal)
            of, triple = (chosen[:, None] == triples[:, :3]).all(2).nonzero().unbind(1)
            logits = self._object_logits(hidden, batch.legal, chosen)
            return loss + _surprise(logits, (of, *triples[triple, 3:].unbind(1)), batch.legal[chosen[:, 0]])

    @torch.no_grad()
    def find(self, batch: Batch, *, threshold: Threshold = 0.0, limit: int | None = None) -> list[ScoredCells]:
        """The cells above the threshold (by grid, 0 where a grid is not named) of each example.

        The logit of an entity is that of its less sure end; of a link in "relation.head" that of the object's start, in
        "relation.tail" that of its end; where several subjects lead to a cell, the highest. `limit`: at most that many
        subjects, objects, and cells of a grid, an example: the best. The objects of all subjects of all examples are
        looked for together.
        """
        hidden = self._hidden(batch)
        over = {name: limits(threshold, grid, hidden.device) for name, grid in self.grids.items()}
        with torch.autocast(hidden.device.type, enabled=False):
            subjects = self._subjects(hidden, batch.legal, over, limit)
            objects = self._objects(hidden, batch.legal, over, subjects, limit)
        found: list[dict[str, Mapping[Cell, float]]] = [{} for _ in batch.tokens]
        for name, (cells, logits) in self._cells(subjects, objects, over[ENTITY]).items():
            for example, scored in zip(found, by_example(*strongest(cells, logits, limit), len(found)), strict=True):
                example[name] = scored
        return list(found)

    def _hidden(self, batch: Batch) -> Float[Tensor, "batch tokens hidden"]:
        """The vectors of the encoder, in the dtype of the weights."""
        hidden = self.dropout(self.encoder(batch.tokens, batch.attention))
        return at_legal(hidden, batch.legal, self.subject.weight.dtype)

    def _triples(self, batch: Batch) -> Int[Tensor, "triples 6"]:
        """Gold: rows (example, first and last token of the subject, predicate, first and last token of the object)."""
        cells = {name: [set[Cell]() for _ in batch.tokens] for name in GRIDS}
        for name, grid in self.grids.items():
            for example, *cell in gold(batch, grid).tolist():
                cells[name][example].add(Cell(*cell))
        triples = []
        for example, (entities, heads, tails) in enumerate(zip(*cells.values(), strict=True)):
            subjects, objects = ([each[1:] for each in entities if each.type == end] for end in (0, self.object_type))
            triples += [(example, *subject, p, *other) for subject, p, other in join(subjects, objects, heads, tails)]
        return torch.tensor(triples, dtype=torch.long, device=batch.tokens.device).reshape(-1, 6)

    def _subject_logits(
        self, hidden: Float[Tensor, "batch tokens hidden"], legal: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch 2 1 tokens"]:
        """That a subject starts, and that one ends at a token; -inf where none can."""
        logits = at_least_float32(self.subject(hidden)).mT
        return logits.masked_fill(~legal[:, None], float("-inf"))[:, :, None]

    def _object_logits(
        self,
        hidden: Float[Tensor, "batch tokens hidden"],
        legal: Bool[Tensor, "batch tokens"],
        subjects: Int[Tensor, "subjects 3"],
    ) -> Float[Tensor, "subjects 2 predicates tokens"]:
        """That an object of a subject starts, and that one ends at a token; -inf where none can."""
        example, first, last = subjects.unbind(1)
        ends = hidden[example, first], hidden[example, last]
        if self.norm is None:
            # Linear in token and subject: what the tokens give is computed once an example and not once a subject
            of_subjects = at_least_float32(nn.functional.linear((ends[0] + ends[1]) / 2, self.object.weight))
            logits = at_least_float32(self.object(hidden)).mT[example] + of_subjects[:, :, None]
        else:
            gain, shift = self.norm(torch.cat(ends, 1))[:, None].chunk(2, dim=2)
            normed = nn.functional.layer_norm(hidden, hidden.shape[-1:])[example]
            logits = at_least_float32(self.object(normed * (1 + gain) + shift)).mT
        logits = logits.masked_fill(~legal[example, None], float("-inf"))
        return logits.view(len(subjects), 2, self.predicates, hidden.shape[1])

    def _subjects(
        self,
        hidden: Float[Tensor, "batch tokens hidden"],
        legal: Bool[Tensor, "batch tokens"],
        over: Mapping[str, Tensor],
        limit: int | None,
    ) -> Spans:
        """Of all examples; the group is the example."""
        least = over[ENTITY][:1]
        found = nearest_spans(self._subject_logits(hidden, legal), least, least)
        found = found.at(within(self.grids[ENTITY], found.first, found.last))
        return found.at(best(found.group, found.logits, limit))

    def _objects(
        self,
        hidden: Float[Tensor, "batch tokens hidden"],
        legal: Bool[Tensor, "batch tokens"],
        over: Mapping[str, Tensor],
        subjects: Spans,
        limit: int | None,
    ) -> Spans:
        """Of all subjects; the group is the place of the subject, the plane the predicate."""
        places = torch.stack([subjects.group, subjects.first, subjects.last], 1)
        parts = []
        for start in range(0, max(len(places), 1), TOGETHER):
            logits = self._object_logits(hidden, legal, places[start : start + TOGETHER])
            part = nearest_spans(logits, over[HEAD], over[TAIL])
            parts.append(part._replace(group=part.group + start))
        found = Spans(*(torch.cat(each) for each in zip(*parts, strict=True)))
        found = found.at(within(self.grids[ENTITY], found.first, found.last))
        return found.at(best(subjects.group[found.group], found.logits, limit))

    def _cells(
        self, subjects: Spans, objects: Spans, over: Float[Tensor, " types"]
    ) -> dict[str, tuple[Int[Tensor, "found 4"], Float[Tensor, " found"]]]:
        """The cells of each grid with their logits. `over`: the thresholds of the entities."""
        subject = subjects.at(objects.group)
        example, predicate = subject.group, objects.plane
        entities = [
            _rows(subjects.group, torch.zeros_like(subjects.group), subjects.first, subjects.last),
            _rows(example, torch.full_like(example, self.object_type), objects.first, objects.last),
        ]
        cells, logits = torch.cat(entities), torch.cat([subjects.logits, objects.logits])
        above = logits > over[cells[:, 1]]
        return {
            ENTITY: (cells[above], logits[above]),
            HEAD: (_rows(example, predicate, subject.first, objects.first), objects.starts),
            TAIL: (_rows(example, predicate, subject.last, objects.last), objects.ends),
        }


def _checked(grids: Sequence[Grid]) -> dict[str, Grid]:
    """The grids of relations by their names, in the order of GRIDS; ConfigError where they are others."""
    named = {grid.name: grid for grid in grids}
    if set(named) != set(GRIDS):
        raise ConfigError(f"CasRel finds relations: it needs the grids {', '.join(GRIDS)}, not {', '.join(named)}")
    labels = named[ENTITY].labels
    if len(labels) > 1 and labels != ROLES:
        raise ConfigError(
            f"CasRel tells subjects from objects, but no entity labels; found {len(labels)}, {', '.join(labels[:3])}: "
            'set entities = "roles" in [task]'
        )
    return {name: named[name] for name in GRIDS}


def _rows(*columns: Tensor) -> Int[Tensor, "found 4"]:
    return torch.stack(columns, 1)


def _surprise(
    logits: Float[Tensor, "groups 2 planes tokens"],
    spans: tuple[Tensor, Tensor, Tensor, Tensor],
    legal: Bool[Tensor, "groups tokens"],
) -> Float[Tensor, ""]:
    """The binary cross-entropy of both ends, summed over planes, the mean over legal tokens.

    `spans`: group, plane, first and last token of what is gold. -log σ(x) = softplus(x) - x for gold, and without the
    -x for all others; 0 for a logit of -inf.
    """
    group, plane, first, last = spans
    marks = torch.zeros_like(logits, dtype=torch.bool)
    marks[group, 0, plane, first] = marks[group, 1, plane, last] = True
    return (nn.functional.softplus(logits).sum() - logits[marks].sum()) / legal.sum().clamp(min=1)
