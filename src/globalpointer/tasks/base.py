"""What a task is: it writes annotations as cells, and reads cells as annotations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from globalpointer.errors import DataError
from globalpointer.grid import Cell, Cells, Grid, ScoredCells
from globalpointer.tasks.thresholds import Limits, Thresholds
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Annotation, Document, Span
from globalpointer.text.tokens import Pair, TokenMap

Place = tuple[str, Cell]
"""A cell and the name of its grid."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The gold cells of one document.

    `parts`: each annotation with the cells that stand for it. `lost`: the annotations that their cells cannot give
    back, and why: "alignment" (a border falls within a token), "width" (wider than the grid's band), "unlinked" (an
    entity in no relation, where only the ends of relations have cells).
    """

    cells: Cells
    parts: Mapping[Annotation, Sequence[Place]]
    lost: Mapping[Annotation, str]

    @classmethod
    def of(
        cls, grids: Iterable[Grid], parts: Mapping[Annotation, Sequence[Place]], lost: Mapping[Annotation, str]
    ) -> "Encoding":
        """An encoding whose cells are those of all the parts."""
        cells: dict[str, set[Cell]] = {grid.name: set() for grid in grids}
        for places in parts.values():
            for name, cell in places:
                cells[name].add(cell)
        return cls({name: frozenset(each) for name, each in cells.items()}, parts, lost)


@runtime_checkable
class Task(Protocol):
    """Annotations to cells, and cells to annotations. Knows no model, and no tensor.

    `slopes`: by kind of annotation ("entity", "relation", "event"), the a of score = sigmoid(a * logit); 1
    where a kind is not named. Answers have none.
    """

    asks: ClassVar[bool]
    """Whether a question is asked of each text."""

    ranks: ClassVar[int | None]
    """Every cell above its threshold is an answer (None), or so many of the best of a window compete to be one."""

    @property
    def schema(self) -> Schema:
        """What may be found, in output order."""
        ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of annotation that it gives ("entity", "relation", "event", "answer"), what it is for last."""
        ...

    @property
    def slopes(self) -> Mapping[str, float]:
        """The slopes that were fitted."""
        ...

    @property
    def overlap_policy(self) -> str:
        """What is done where found entities overlap, unless a call says otherwise: see `tasks.overlap`."""
        ...

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

    def limits(self, thresholds: Thresholds) -> Limits:
        """The least logit of a cell, by grid and type, without which no annotation reaches its threshold."""
        ...


def annotated(kind: str, annotations: Sequence[Annotation] | None, document: Document) -> Sequence[Annotation]:
    """The annotations of a document; DataError where nobody annotated it, for then it has no gold cells."""
    if annotations is None:
        name = "this document" if document.id is None else f"document {document.id!r}"
        raise DataError(
            f"{name} has no annotation ({kind} is None), so it has no gold cells; annotate it or leave it out"
        )
    return annotations


def place(span: Span, grid: Grid, tokens: TokenMap) -> Pair | str:
    """The tokens of a span in a grid, or why there are none."""
    pair = tokens.pair(span)
    if pair is None:
        return "alignment"
    return pair if grid.holds(*pair) else "width"
