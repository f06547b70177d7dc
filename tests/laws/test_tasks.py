"""The law of a task: what it encodes, it decodes; what it cannot encode, it says."""

from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import LABELS, documents, token_maps

from globalpointer.tasks.base import Task
from globalpointer.tasks.mrc import MrcTask
from globalpointer.tasks.ner import GRID, NerTask
from globalpointer.tasks.thresholds import sigmoid
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Answer, Document, reading_order


@given(st.data(), st.none() | st.integers(1, 6), st.sampled_from((0.05, 1.0, 7.5)))
def test_entities_come_back_or_are_named_as_lost(data, max_width, slope) -> None:
    document = data.draw(documents())
    tokens = data.draw(token_maps(document.text))
    task = NerTask(Schema(LABELS), max_width, {"entity": slope})
    assert isinstance(task, Task)
    encoded = task.encode(document, tokens)
    assert all(task.grids[0].holds(cell.row, cell.col) for cell in encoded.cells[GRID])

    logits = {GRID: {cell: 0.25 * cell.row - cell.type for cell in encoded.cells[GRID]}}
    decoded = task.decode(logits, document.text, tokens)
    kept = set(document.entities) - set(encoded.lost)
    assert list(decoded.entities) == sorted(kept, key=reading_order)
    assert all(entity.text == document.text[entity.start : entity.end] for entity in decoded.entities)
    for entity in encoded.lost:
        pair = tokens.pair(entity.span)
        assert pair is None or (max_width is not None and pair.col - pair.row >= max_width)
    for entity in decoded.entities:
        pair = tokens.pair(entity.span)
        assert entity.score == sigmoid(slope * (0.25 * pair.row - LABELS.index(entity.label)))


@given(st.data(), st.none() | st.integers(1, 6))
def test_answers_come_back_best_first_or_are_named_as_lost(data, max_width) -> None:
    document = data.draw(documents())
    answers = dict.fromkeys(Answer(each.span, each.text) for each in document.entities)
    document = Document(document.text, question="?", answers=tuple(answers))
    tokens = data.draw(token_maps(document.text))
    task = MrcTask(max_width=max_width, best=max(1, len(answers)))
    assert isinstance(task, Task)
    encoded = task.encode(document, tokens)
    logits = {cell: float(rank) for rank, cell in enumerate(sorted(encoded.cells["answer"]))}
    decoded = task.decode({"answer": logits}, document.text, tokens)
    assert set(decoded.answers) == set(document.answers) - set(encoded.lost)
    scores = [answer.score for answer in decoded.answers]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1 + 1e-9
