import math

import pytest

from globalpointer.errors import DataError
from globalpointer.grid import Cell, Grid
from globalpointer.tasks.mrc import GRID, MrcTask
from globalpointer.tasks.thresholds import Thresholds
from globalpointer.text.spans import Answer, Document, Span
from globalpointer.text.tokens import TokenMap

TEXT = "Ann of Acme"
TOKENS = TokenMap((None, Span(0, 3), Span(4, 6), Span(7, 11), None))
TASK = MrcTask()


def asked(*spans):
    answers = tuple(Answer(Span(*span), TEXT[slice(*span)]) for span in spans)
    return Document(TEXT, question="Who?", answers=answers, id="q1")


def test_every_accepted_answer_is_a_cell_and_no_answer_is_none() -> None:
    encoded = TASK.encode(asked((0, 3), (7, 11), (0, 2)), TOKENS)
    assert encoded.cells == {GRID: {Cell(0, 1, 1), Cell(0, 3, 3)}}
    assert list(encoded.lost.values()) == ["alignment"]
    assert TASK.encode(asked(), TOKENS).cells == {GRID: frozenset()}
    assert TASK.grids == (Grid("answer", ("answer",)),)
    assert MrcTask(max_width=2).encode(asked((0, 11)), TOKENS).lost == {asked((0, 11)).answers[0]: "width"}
    with pytest.raises(DataError, match="document 'q1' has no annotation"):
        TASK.encode(Document(TEXT, question="Who?", id="q1"), TOKENS)


def test_answers_share_the_probability_with_each_other_and_with_no_answer() -> None:
    logits = {Cell(0, 1, 1): 2.0, Cell(0, 3, 3): 1.0, Cell(0, 1, 3): -1.0}
    answers = TASK.decode({GRID: logits}, TEXT, TOKENS).answers
    whole = 1 + sum(map(math.exp, logits.values()))
    assert [answer.text for answer in answers] == ["Ann", "Acme", "Ann of Acme"]
    assert [answer.score for answer in answers] == pytest.approx([math.exp(each) / whole for each in (2, 1, -1)])
    assert [answer.text for answer in MrcTask(best=1).decode({GRID: logits}, TEXT, TOKENS).answers] == ["Ann"]
    assert TASK.decode({}, TEXT, TOKENS).answers == ()


def test_whether_to_answer_is_asked_of_the_best_cell_alone() -> None:
    close = {Cell(0, row, col): 3.9 for row, col in ((1, 1), (1, 2), (1, 3), (2, 2), (2, 3))}
    sure, single = (
        TASK.decode({GRID: each}, TEXT, TOKENS) for each in ({**close, Cell(0, 3, 3): 4.0}, {Cell(0, 1, 1): 0.5})
    )
    assert sure.answers[0].score < 0.25 < 0.5 < single.answers[0].score
    assert sure.answerable == pytest.approx(1 / (1 + math.exp(-4.0)))
    assert single.answerable == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert TASK.decode({}, TEXT, TOKENS).answerable == 0


def test_scores_are_probabilities_however_large_the_logits_are() -> None:
    sure, other = TASK.decode({GRID: {Cell(0, 1, 1): 800.0, Cell(0, 3, 3): -800.0}}, TEXT, TOKENS).answers
    assert 0.999 < sure.score <= 1.0
    assert 0.0 <= other.score < 1e-9


def test_cells_over_the_same_characters_are_one_answer() -> None:
    tokens = TokenMap((Span(0, 1), Span(0, 1)))
    found = TASK.decode({GRID: {Cell(0, 0, 1): 1.0, Cell(0, 1, 1): 3.0}}, "é", tokens)
    (answer,) = found.answers
    odds = math.exp(1.0) + math.exp(3.0)
    assert [answer.score, found.answerable] == pytest.approx([odds / (1 + odds)] * 2)


def test_no_cell_is_left_out_by_its_logit_alone() -> None:
    assert TASK.limits(Thresholds(0.9)) == {GRID: (-math.inf,)}
