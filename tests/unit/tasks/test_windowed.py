import pytest

from globalpointer.grid import Cell
from globalpointer.tasks.windowed import cut_cells, merge_cells, unreachable
from globalpointer.text.windows import Window, cut

GOLD = {"entity": frozenset({Cell(0, 0, 1), Cell(1, 2, 5), Cell(0, 6, 6)})}


def test_gold_inside_is_shifted_and_cut_gold_is_ignored() -> None:
    inside, rest = cut_cells(GOLD, Window(4, 8))
    assert inside == {"entity": {Cell(0, 2, 2)}}
    assert rest == {"entity": {Cell(1, 0, 1)}}


def test_a_rest_that_is_itself_gold_stays_gold() -> None:
    inside, rest = cut_cells({"entity": frozenset({Cell(0, 1, 3), Cell(0, 2, 3)})}, Window(2, 5))
    assert inside == {"entity": {Cell(0, 0, 1)}}
    assert rest == {"entity": frozenset()}


def test_a_link_that_is_cut_leaves_no_rest() -> None:
    links = {"link": frozenset({Cell(0, 5, 1), Cell(0, 3, 2), Cell(0, 2, 9)}), "entity": frozenset({Cell(0, 2, 9)})}
    inside, rest = cut_cells(links, Window(2, 4), links={"link"})
    assert inside == {"link": {Cell(0, 1, 0)}, "entity": frozenset()}
    assert rest == {"entity": {Cell(0, 0, 1)}}


def test_gold_wider_than_every_window_is_unreachable() -> None:
    assert unreachable(GOLD, cut(8, 3, 1)) == {"entity": {Cell(1, 2, 5)}}
    assert unreachable(GOLD, cut(8, 8, 1)) == {"entity": frozenset()}


def test_what_two_windows_found_comes_once_from_its_owner() -> None:
    windows = (Window(0, 4), Window(2, 6))
    merged = merge_cells(
        windows, [{"entity": {Cell(0, 2, 3): 1.0, Cell(0, 1, 1): 2.0}}, {"entity": {Cell(0, 0, 1): 9.0}}]
    )
    assert merged == {"entity": {Cell(0, 1, 1): 2.0, Cell(0, 2, 3): 1.0}}  # a tie: both borders cut at distance 0


def test_as_many_answers_as_windows_are_needed() -> None:
    with pytest.raises(ValueError, match="zip"):
        merge_cells((Window(0, 4),), [])
