"""Named entities, flat or nested: one cell each, from the first token of the entity to its last."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from globalpointer.errors import ConfigError, DataError
from globalpointer.grid import Cell, Grid, ScoredCells
from globalpointer.tasks.base import Encoding
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document, Entity, Span, reading_order
from globalpointer.text.tokens import TokenMap

GRID = "entity"


@dataclass(frozen=True)
class NerTask:
    """Entities as cells of the one grid "entity".

    `decode(encode(document))` gives back every entity of the document but those in `lost`: where a border falls within
    a token, or the entity is wider than `max_width` tokens. Entities that overlap, nest or share a span all come back;
    the same label twice on one span comes back once. `slope`: an entity's score is sigmoid(slope * logit).
    """

    schema: Schema
    max_width: int | None = None
    slope: float = 1.0
    grids: tuple[Grid, ...] = field(init=False, repr=False, compare=False)
    _types: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.slope > 0:
            raise ConfigError(f"the slope of a score must be above 0, not {self.slope}")
        object.__setattr__(self, "grids", (Grid(GRID, self.schema.entities, True, self.max_width),))
        object.__setattr__(self, "_types", {label: index for index, label in enumerate(self.schema.entities)})

    def encode(self, document: Document, tokens: TokenMap) -> Encoding:
        """The cells of a document's entities. DataError: not annotated; SchemaError: a label unknown to the schema."""
        if document.entities is None:
            name = "this document" if document.id is None else f"document {document.id!r}"
            raise DataError(
                f"{name} has no annotation (entities is None), so it has no gold cells; annotate it or leave it out"
            )
        cells, lost = set(), []
        for entity in document.entities:
            label_type = self._types.get(entity.label)
            if label_type is None:
                label_type = self.schema.type_of(entity.label)  # raises, and names the nearest label
            pair = tokens.pair(entity.span)
            if pair is None or not self.grids[0].holds(*pair):
                lost.append(entity)
            else:
                cells.add(Cell(label_type, *pair))
        return Encoding({GRID: frozenset(cells)}, tuple(lost))

    def decode(self, cells: ScoredCells, text: str, tokens: TokenMap) -> Document:
        """The entities of found cells, in reading order. Cells that cover the same characters become one entity."""
        best: dict[tuple[int, Span], float] = {}
        for cell, logit in cells.get(GRID, {}).items():
            key = cell.type, tokens.span(cell.row, cell.col)
            best[key] = max(logit, best.get(key, -math.inf))
        labels = self.schema.entities
        entities = (
            Entity(labels[label_type], span, text[span.start : span.end], sigmoid(self.slope * logit))
            for (label_type, span), logit in best.items()
        )
        return Document(text, tuple(sorted(entities, key=reading_order)))


def sigmoid(logit: float) -> float:
    """1 / (1 + exp(-logit)), without overflow."""
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-logit))
    grown = math.exp(logit)
    return grown / (1.0 + grown)
