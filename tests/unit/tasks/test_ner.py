import math

import pytest

from globalpointer.errors import ConfigError, DataError, SchemaError
from globalpointer.grid import Cell, Grid
from globalpointer.tasks.ner import GRID, NerTask
from globalpointer.tasks.thresholds import sigmoid
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document, Span
from globalpointer.text.tokens import TokenMap

TEXT = "Ann of Acme"
TOKENS = TokenMap((None, Span(0, 3), Span(4, 6), Span(7, 11), None))
TASK = NerTask(Schema(("ORG", "PER")))


def document(*entities):
    plain = Document(TEXT)
    return Document(TEXT, tuple(plain.entity(*each) for each in entities))


def test_an_entity_is_one_cell_from_its_first_token_to_its_last() -> None:
    encoded = TASK.encode(document(("PER", 0, 3), ("ORG", 0, 11)), TOKENS)
    assert encoded.cells == {GRID: {Cell(1, 1, 1), Cell(0, 1, 3)}}
    assert not encoded.lost
    assert TASK.grids == (Grid("entity", ("ORG", "PER"), True, None),)


def test_a_border_within_a_token_is_lost_and_said() -> None:
    gold = document(("PER", 0, 2), ("PER", 0, 3))
    assert TASK.encode(gold, TOKENS).lost == {gold.entities[0]: "alignment"}


def test_what_is_wider_than_the_band_is_lost_and_said() -> None:
    gold = document(("ORG", 0, 11), ("ORG", 4, 11))
    encoded = NerTask(Schema(("ORG",)), max_width=2).encode(gold, TOKENS)
    assert encoded.lost == {gold.entities[0]: "width"}
    assert encoded.cells == {GRID: {Cell(0, 2, 3)}}


def test_unknown_labels_and_missing_annotation_are_errors() -> None:
    with pytest.raises(SchemaError, match="nearest: 'PER'"):
        TASK.encode(document(("PERS", 0, 3)), TOKENS)
    with pytest.raises(DataError, match="document 'x:7' has no annotation"):
        TASK.encode(Document(TEXT, id="x:7"), TOKENS)
    with pytest.raises(ConfigError, match="slope"):
        NerTask(Schema(("A",)), slopes={"entity": 0.0})


def test_found_cells_become_entities_in_reading_order_with_probabilities() -> None:
    task = NerTask(Schema(("ORG", "PER")), slopes={"entity": 2.0})
    found = task.decode({GRID: {Cell(0, 3, 3): 0.5, Cell(1, 1, 1): 0.0, Cell(0, 1, 1): 1e4}}, TEXT, TOKENS)
    assert [(e.label, e.text) for e in found.entities] == [("ORG", "Ann"), ("PER", "Ann"), ("ORG", "Acme")]
    assert [e.score for e in found.entities] == [1.0, 0.5, pytest.approx(1 / (1 + math.exp(-1)))]
    assert task.decode({}, TEXT, TOKENS).entities == ()


def test_cells_over_the_same_characters_become_one_entity_with_the_best_score() -> None:
    tokens = TokenMap((Span(0, 1), Span(0, 1)))
    found = TASK.decode({GRID: {Cell(0, 0, 0): 1.0, Cell(0, 0, 1): 3.0, Cell(0, 1, 1): 2.0}}, "\U0001f600", tokens)
    assert [entity.score for entity in found.entities] == [sigmoid(3.0)]
