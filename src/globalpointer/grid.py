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

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from globalpointer.errors import SchemaError

Pair = tuple[int, int]
"""The first and the last token of a span, both inclusive."""


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
    `max_width`: a band; only cells with col - row < max_width exist, and every kernel knows it. `links`: a cell joins
    two tokens that may stand far apart; otherwise it means the tokens from row to col. Links have no use for relative
    positions, and a window cannot cut one in two.
    """

    name: str
    labels: tuple[str, ...]
    ordered: bool = True
    max_width: int | None = None
    links: bool = False

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


def join(
    subjects: Iterable[Pair], objects: Iterable[Pair], heads: Iterable[Cell], tails: Iterable[Cell]
) -> Iterator[tuple[Pair, int, Pair]]:
    """Every (subject, type, object) whose first tokens are linked in `heads` and whose last tokens in `tails`.

    ```
      subject (sh, st)        object (oh, ot)        heads: (type, sh, oh)        tails: (type, st, ot)
    ```

    `objects` may be `subjects`. Each triple comes once, if the links do; in the order of `heads`. A link in `heads` is
    followed to the spans that begin at its ends, or to the links of its type in `tails`, whichever are fewer: the cost
    goes by what was found, never by subjects times objects, and a type of many links cannot explode.

    Source: Su, kexue.fm/archives/8888, GPLinker.
    """
    subjects, objects = frozenset(subjects), frozenset(objects)
    subject_starts, object_starts, tails_of = _by_start(subjects), _by_start(objects), _by_type(tails)
    for kind, subject_head, object_head in heads:
        links = tails_of.get(kind, {})
        starting = subject_starts.get(subject_head, ()), object_starts.get(object_head, ())
        if len(starting[0]) * len(starting[1]) <= len(links):
            ends = ((one[1], other[1]) for one in starting[0] for other in starting[1] if (one[1], other[1]) in links)
        else:
            ends = (
                (one, other)
                for one, other in links
                if (subject_head, one) in subjects and (object_head, other) in objects
            )
        for subject_tail, object_tail in ends:
            yield (subject_head, subject_tail), kind, (object_head, object_tail)


def _by_start(pairs: Collection[Pair]) -> Mapping[int, list[Pair]]:
    starting: dict[int, list[Pair]] = defaultdict(list)
    for pair in sorted(pairs):
        starting[pair[0]].append(pair)
    return starting


def _by_type(cells: Iterable[Cell]) -> Mapping[int, dict[Pair, None]]:
    of_type: dict[int, dict[Pair, None]] = defaultdict(dict)
    for kind, row, col in cells:
        of_type[kind][row, col] = None
    return of_type
