"""Where the two sides meet: documents to examples, examples to batches of tensors, and batches of like length."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from globalpointer.data.framed import Framed, frame_texts
from globalpointer.data.tokenizing import TextTokenizer
from globalpointer.errors import ConfigError
from globalpointer.grid import Cell, Cells, Grid, ScoredCells
from globalpointer.nn.contracts import Batch
from globalpointer.tasks.base import Encoding, Place, Task
from globalpointer.tasks.windowed import cut_cells, unreachable
from globalpointer.text.spans import Annotation, Answer, Document
from globalpointer.text.tokens import TokenMap
from globalpointer.text.windows import Window

# How far lengths are shaken before they are sorted, as a part of each: enough that batches differ between epochs,
# little enough that about a twentieth of a batch is padding.
_NOISE = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """One window of a text as the model sees it.

    `tokens`: ids, special tokens included. `legal`: which of them may stand in a cell: those of the text that stand for
    characters. `first`: the position of the window's first token. `cells` and `ignore` count positions in `tokens`.
    `targets`: the soft label, in (0, 1], of each of the cells; None: all 1. `sentences`: the index of the sentence that
    each of `tokens` stands in, 0 for what is no text; only of a text that a question is asked of. `doubtful`: it holds
    an answer that no cell can express, and no other, so that "no answer" would be a wrong thing to learn.
    """

    tokens: tuple[int, ...]
    legal: tuple[bool, ...]
    first: int
    cells: Cells = field(default_factory=dict)
    ignore: Cells = field(default_factory=dict)
    targets: ScoredCells | None = None
    sentences: tuple[int, ...] | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Encoded:
    """A document as examples, one a window. `lost` are the annotations that are in none of them, and why: as
    `tasks.base.Encoding` says, or "window" (no window holds it wholly).
    """

    examples: tuple[Example, ...]
    windows: tuple[Window, ...]
    tokens: TokenMap
    lost: Mapping[Annotation, str] = field(default_factory=dict)


def encode_document(document: Document, task: Task, tokenizer: TextTokenizer) -> Encoded:
    """The examples of an annotated document, for training."""
    return encode_documents([document], task, tokenizer)[0]


def encode_documents(
    documents: Iterable[Document], task: Task, tokenizer: TextTokenizer, *, soft: bool = False
) -> list[Encoded]:
    """The examples of annotated documents, tokenized together, which is faster than one by one.

    `soft`: the score of an annotation, in (0, 1], is the soft label of its cells.
    """
    listed = list(documents)
    framed = frame_texts(listed, tokenizer, asks=task.asks)
    return [_with_gold(document, task, each, soft=soft) for document, each in zip(listed, framed, strict=True)]


def encode_texts(documents: Sequence[Document], tokenizer: TextTokenizer, *, asks: bool = False) -> list[Encoded]:
    """The examples of texts without gold, for prediction. `asks`: with the questions of the documents."""
    return [_without_gold(each) for each in frame_texts(documents, tokenizer, asks=asks)]


def collate(examples: Sequence[Example], *, grids: Sequence[Grid], pad: int) -> Batch:
    """Examples padded to the longest of them. Cells come in the order of example, type, row, col, without doubles."""
    if not examples:
        raise ConfigError("a batch needs at least one example")
    shape = len(examples), max(len(example.tokens) for example in examples)
    tokens = np.full(shape, pad, dtype=np.int64)
    attention = np.zeros(shape, dtype=bool)
    legal = np.zeros(shape, dtype=bool)
    for row, example in enumerate(examples):
        length = len(example.tokens)
        tokens[row, :length] = example.tokens
        attention[row, :length] = True
        legal[row, :length] = example.legal
    ignored = any(example.ignore.get(grid.name) for example in examples for grid in grids)
    soft = any(example.targets is not None for example in examples)
    return Batch(
        tokens=torch.from_numpy(tokens),
        attention=torch.from_numpy(attention),
        legal=torch.from_numpy(legal),
        cells={grid.name: _rows([example.cells for example in examples], grid.name) for grid in grids},
        targets={grid.name: _targets(examples, grid.name) for grid in grids} if soft else None,
        ignore={grid.name: _rows([example.ignore for example in examples], grid.name) for grid in grids}
        if ignored
        else None,
        sentences=_padded([example.sentences for example in examples], shape),
    )


def buckets(
    lengths: Sequence[int], *, tokens_per_batch: int, max_batch: int | None = None, seed: int | None = None
) -> list[list[int]]:
    """Batches of indices into `lengths`, like lengths together, at most `tokens_per_batch` tokens with their padding.

    An example that is longer than the budget makes a batch of its own. `seed` None: longest first, always the same.
    With a seed: shuffled, and other neighbours for each seed (give `seed + epoch`).
    """
    if tokens_per_batch < 1 or (max_batch is not None and max_batch < 1):
        raise ConfigError(f"tokens_per_batch and max_batch must be at least 1, not {tokens_per_batch} and {max_batch}")
    sizes = np.asarray(lengths, dtype=np.int64)
    if seed is None:
        return _fill(sizes, np.argsort(-sizes, kind="stable"), tokens_per_batch, max_batch)
    chance = np.random.default_rng(seed)
    shaken = sizes * (1 + _NOISE * chance.random(len(sizes))) + chance.random(len(sizes))
    batches = _fill(sizes, np.argsort(-shaken, kind="stable"), tokens_per_batch, max_batch)
    return [batches[index] for index in chance.permutation(len(batches))]


def _fill(sizes: np.ndarray, order: np.ndarray, tokens: int, most: int | None) -> list[list[int]]:
    """Batches in this order, each as full as the budget allows."""
    batches: list[list[int]] = []
    longest = 0
    for index in order.tolist():
        widest = max(longest, int(sizes[index]))
        count = len(batches[-1]) + 1 if batches else 1
        if not batches or widest * count > tokens or (most is not None and count > most):
            batches.append([index])
            longest = int(sizes[index])
        else:
            batches[-1].append(index)
            longest = widest
    return batches


def _with_gold(document: Document, task: Task, framed: Framed, *, soft: bool = False) -> Encoded:
    tokens, windows = framed.tokenized.tokens, framed.windows
    encoding = task.encode(document, tokens)
    lost = {**_cut(encoding, windows), **encoding.lost}
    links = {grid.name for grid in task.grids if grid.links}
    examples = []
    for window in windows:
        whole = len(window) == len(framed.tokenized)
        cells, ignore = (encoding.cells, {}) if whole else cut_cells(encoding.cells, window, links=links)
        example = _example(framed, window, cells, ignore)
        if task.asks and not any(cells.values()) and _touched(window, tokens, lost):
            example = replace(example, doubtful=True)
        examples.append(_softened(example, window, encoding) if soft else example)
    return Encoded(tuple(examples), windows, tokens, lost)


def _without_gold(framed: Framed) -> Encoded:
    examples = tuple(_example(framed, window, {}, {}) for window in framed.windows)
    return Encoded(examples, framed.windows, framed.tokenized.tokens)


def _cut(encoding: Encoding, windows: Sequence[Window]) -> dict[Annotation, str]:
    """The annotations of which no window holds some cell."""
    gone = {name: cells for name, cells in unreachable(encoding.cells, windows).items() if cells}
    if not gone:
        return {}
    return {
        annotation: "window"
        for annotation, places in encoding.parts.items()
        if any(cell in gone.get(name, ()) for name, cell in places)
    }


def _touched(window: Window, tokens: TokenMap, lost: Iterable[Annotation]) -> bool:
    """Whether some lost answer lies, perhaps in part, within a window or in the blanks around it."""
    spans = [answer.span for answer in lost if isinstance(answer, Answer)]
    known = [span for span in tokens.offsets[window.start : window.end] if span is not None] if spans else []
    if not known:
        return False
    first = 0 if window.start == 0 else known[0].start
    last = math.inf if window.end == len(tokens) else known[-1].end
    return any(span.start < last and first < span.end for span in spans)


def _example(framed: Framed, window: Window, cells: Cells, ignore: Cells) -> Example:
    inside = slice(window.start, window.end)
    before, after = len(framed.frame.before), len(framed.frame.after)
    legal = [span is not None for span in framed.tokenized.tokens.offsets[inside]]
    return Example(
        tokens=framed.frame.surround(framed.tokenized.ids[inside]),
        legal=(*(False,) * before, *legal, *(False,) * after),
        first=before,
        cells=_moved(cells, before),
        ignore=_moved(ignore, before),
        sentences=None if framed.sentences is None else _within(framed.sentences[inside], before, after),
    )


def _within(counted: Sequence[int], before: int, after: int) -> tuple[int, ...]:
    """The sentences of a window counted from 0, with the tokens that stand around it."""
    return (*(0,) * before, *(each - counted[0] for each in counted), *(0,) * after)


def _softened(example: Example, window: Window, encoding: Encoding) -> Example:
    """The example with the scores of annotations as targets: 1 for one without, of several on a cell the highest."""
    scores: dict[Place, float] = {}
    for annotation, places in encoding.parts.items():
        for place in places:
            scores[place] = max(scores.get(place, 0.0), 1.0 if annotation.score is None else annotation.score)
    by = window.start - example.first
    targets = {
        name: {cell: scores[name, Cell(cell.type, cell.row + by, cell.col + by)] for cell in cells}
        for name, cells in example.cells.items()
    }
    return replace(example, targets=targets)


def _moved(cells: Cells, first: int) -> Cells:
    if not first:
        return cells
    return {
        name: frozenset(Cell(cell.type, cell.row + first, cell.col + first) for cell in grid)
        for name, grid in cells.items()
    }


def _padded(rows: Sequence[tuple[int, ...] | None], shape: tuple[int, int]) -> Tensor | None:
    """Numbers beside tokens, 0 for the padding; None where no example has any."""
    if all(row is None for row in rows):
        return None
    table = np.zeros(shape, dtype=np.int64)
    for index, row in enumerate(rows):
        table[index, : len(row or ())] = row or ()
    return torch.from_numpy(table)


def _rows(cells: Sequence[Cells], grid: str) -> Tensor:
    rows = [(index, *cell) for index, each in enumerate(cells) for cell in sorted(each.get(grid, ()))]
    return torch.tensor(rows, dtype=torch.int64).reshape(-1, 4)


def _targets(examples: Sequence[Example], grid: str) -> Tensor:
    """The soft labels beside `_rows`."""
    known = [{} if example.targets is None else example.targets.get(grid, {}) for example in examples]
    targets = [
        soft.get(cell, 1.0)
        for example, soft in zip(examples, known, strict=True)
        for cell in sorted(example.cells.get(grid, ()))
    ]
    return torch.tensor(targets, dtype=torch.float32)
