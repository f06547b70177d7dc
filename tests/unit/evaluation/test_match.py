from globalpointer.evaluation.counts import Matches
from globalpointer.evaluation.match import errors, relaxed
from globalpointer.text.spans import Entity, Span


def made(*triples):
    return frozenset(Entity(label, Span(start, end), "") for label, start, end in triples)


def test_each_kind_of_error_is_named() -> None:
    gold = made(("A", 0, 3), ("A", 5, 9), ("A", 12, 15), ("A", 20, 22))
    found = made(("B", 0, 3), ("A", 5, 8), ("B", 14, 16), ("C", 30, 31))
    kinds = [
        (error.kind, error.gold and error.gold.start, error.found and error.found.start)
        for error in errors(gold, found)
    ]
    assert kinds == [
        ("wrong label", 0, 0),
        ("wrong border", 5, 5),
        ("wrong label and border", 12, 14),
        ("missed", 20, None),
        ("spurious", None, 30),
    ]


def test_a_wrong_border_goes_to_the_nearest_gold_entity() -> None:
    (near, far) = errors(made(("A", 0, 10), ("A", 4, 6)), made(("A", 4, 7)))
    assert (near.kind, near.gold.start) == ("missed", 0)
    assert (far.kind, far.gold.start) == ("wrong border", 4)


def test_an_overlap_does_not_use_up_what_another_answer_hits() -> None:
    # nested: listed first, the outer answer would take the inner gold entity that the second answer hits
    matches = relaxed(made(("A", 2, 4)), made(("A", 0, 6), ("A", 2, 4)))
    assert matches["strict"] == Matches(correct=1, spurious=1)


def test_less_than_a_hundredth_of_the_gold_entity_is_no_overlap() -> None:
    gold = made(("A", 0, 101))
    assert relaxed(gold, made(("A", 100, 120)))["partial"] == Matches(missed=1, spurious=1)
    assert relaxed(gold, made(("A", 99, 120)))["partial"] == Matches(partial=1)


def test_a_book_full_of_errors_is_quick() -> None:
    gold = made(*(("A", 10 * index, 10 * index + 3) for index in range(20_000)))
    found = made(*(("A", 10 * index, 10 * index + 4) for index in range(20_000)))
    assert relaxed(gold, found)["partial"] == Matches(partial=20_000)
    assert {error.kind for error in errors(gold, found)} == {"wrong border"}
