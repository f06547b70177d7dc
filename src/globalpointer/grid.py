"""The idea of the whole library: every task is a set of cells in squares over token pairs.

Lay the tokens of a text along both sides of a square; each type (a label's index) owns one square.

```
                col  ▸  Ann  works  at  Acme  Corp
          row
           ▾   Ann       ■                            Cell(type=PER, row=0, col=0)
             works
                at
              Acme                           ■        Cell(type=ORG, row=3, col=4)
              Corp
```

Cell (type, row, col) asks: do tokens `row` and `col` stand in this type? The language side (`text`, `tasks`,
`evaluation`) writes and reads cells; the tensor side (`nn`) scores them; nothing else passes between the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from globalpointer.errors import SchemaError


class Cell(NamedTuple):
    """One coordinate of a grid. Rows and columns are token positions, so both ends are inclusive."""

    type: int
    row: int
    col: int


Cells = Mapping[str, frozenset[Cell]]
"""Gold cells, by the name of their grid."""

ScoredCells = Mapping[str, Mapping[Cell, float]]
"""Found cells with their logits, by the name of their grid."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A stack of squares, one for each label.

    `ordered`: only cells with row <= col exist (a span, or an undirected link); otherwise any two tokens.
    `max_width`: a band; only cells with col - row < max_width exist, and every kernel knows it.
    """

    name: str
    labels: tuple[str, ...]
    ordered: bool = True
    max_width: int | None = None

    def __post_init__(self) -> None:
        if not self.labels:
            raise SchemaError(f"grid {self.name!r} has no labels; at least one is needed")
        doubled = sorted({label for label in self.labels if self.labels.count(label) > 1})
        if doubled:
            raise SchemaError(f"grid {self.name!r} names these labels more than once: {', '.join(doubled)}")
        if self.max_width is not None and self.max_width < 1:
            raise SchemaError(f"max_width of grid {self.name!r} must be at least 1, not {self.max_width}")

    def holds(self, row: int, col: int) -> bool:
        """Whether the pair (row, col) is a cell of this grid."""
        if self.ordered and row > col:
            return False
        return self.max_width is None or col - row < self.max_width
