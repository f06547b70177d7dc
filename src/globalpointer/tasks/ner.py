"""Named entities, flat or nested: one cell each, from the first token of the entity to its last."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from globalpointer.grid import Cell, Grid, ScoredCells
from globalpointer.tasks.base import Encoding, Place, annotated, place
from globalpointer.tasks.thresholds import Limits, Thresholds, check_slopes, sigmoid
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Annotation, Document, Entity, Span, reading_order
from globalpointer.text.tokens import TokenMap

GRID = "entity"


@dataclass(frozen=True)
class NerTask:
    """Entities as cells of the one grid "entity".

    `decode(encode(document))` gives back every entity of the document but those in `lost`: where a border falls within
    a token, or the entity is wider than `max_width` tokens. Entities that overlap, nest or share a span all come back;
    the same label twice on one span comes back once. `slopes`: {"entity": a}; a score is sigmoid(a * logit).
    """

    asks: ClassVar[bool] = False
    ranks: ClassVar[int | None] = None

    schema: Schema
    max_width: int | None = None
    slopes: Mapping[str, float] = field(default_factory=dict)
    overlap_policy: str = "nested"
    kinds: tuple[str, ...] = field(default=("entity",), init=False, repr=False, compare=False)
    grids: tuple[Grid, ...] = field(init=False, repr=False, compare=False)
    _types: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_slopes(self.slopes, self.kinds)
        object.__setattr__(self, "grids", (Grid(GRID, self.schema.entities, True, self.max_width),))
        object.__setattr__(self, "_types", {label: index for index, label in enumerate(self.schema.entities)})

    def encode(self, document: Document, tokens: TokenMap) -> Encoding:
        """The cells of a document's entities. DataError: not annotated; SchemaError: a label unknown to the schema."""
        parts: dict[Annotation, tuple[Place, ...]] = {}
        lost: dict[Annotation, str] = {}
        annotated("entities", document.entities, document)
        for entity in document.entities or ():
            label_type = self._types.get(entity.label)
            if label_type is None:
                label_type = self.schema.type_of(entity.label)  # raises, and names the nearest label
            pair = place(entity.span, self.grids[0], tokens)
            if isinstance(pair, str):
                lost[entity] = pair
            else:
                parts[entity] = ((GRID, Cell(label_type, *pair)),)
        return Encoding.of(self.grids, parts, lost)

    def decode(self, cells: ScoredCells, text: str, tokens: TokenMap) -> Document:
        """The entities of found cells, in reading order. Cells that cover the same characters become one entity."""
        best: dict[tuple[int, Span], float] = {}
        for cell, logit in cells.get(GRID, {}).items():
            key = cell.type, tokens.span(cell.row, cell.col)
            best[key] = max(logit, best.get(key, -math.inf))
        labels, slope = self.schema.entities, self.slopes.get("entity", 1.0)
        entities = (
            Entity(labels[label_type], span, text[span.start : span.end], sigmoid(slope * logit))
            for (label_type, span), logit in best.items()
        )
        return Document(text, tuple(sorted(entities, key=reading_order)))

    def limits(self, thresholds: Thresholds) -> Limits:
        """The least logit of each label."""
        return {GRID: thresholds.logits("entity", self.schema.entities, self.slopes.get("entity", 1.0))}
