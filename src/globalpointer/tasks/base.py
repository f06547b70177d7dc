"""What a task is: it writes annotations as cells, and reads cells as annotations."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from globalpointer.grid import Cells, Grid, ScoredCells
from globalpointer.text.spans import Document, Entity
from globalpointer.text.tokens import TokenMap


@dataclass(frozen=True, slots=True)
class Encoding:
    """The gold cells of one document, and the annotations that no cell can express."""

    cells: Cells
    lost: tuple[Entity, ...]


@runtime_checkable
class Task(Protocol):
    """Annotations to cells, and cells to annotations. Knows no model, and no tensor."""

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The grids that this task fills, each of which a head scores."""
        ...

    def encode(self, document: Document, tokens: TokenMap) -> Encoding:
        """The gold cells of an annotated document; DataError where nobody annotated it."""
        ...

    def decode(self, cells: ScoredCells, text: str, tokens: TokenMap) -> Document:
        """The annotations that found cells stand for, each with its score."""
        ...
