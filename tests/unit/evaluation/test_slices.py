import pytest

from globalpointer.errors import ConfigError
from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.slices import Ruler, Tally
from globalpointer.text.spans import Entity, Span


def made(*triples):
    return frozenset(Entity(label, Span(start, end), "") for label, start, end in triples)


def tally(text, gold, found, unit="character", seen=None):
    grown = Tally(unit, seen)
    grown.add(text, made(*gold), made(*found))
    return grown.counts()


def test_length_bins_and_single_units_in_characters() -> None:
    gold = [("A", 0, 1), ("A", 2, 4), ("A", 5, 8), ("A", 10, 15), ("A", 20, 26)]
    counts = tally("x" * 100, gold, gold[:3] + [("A", 30, 36)])
    assert counts["length"] == {"L1": Counts(2, 2, 2), "L2": Counts(2, 1, 1), "L3": Counts(1, 1, 0)}
    assert counts["single"] == {"single": Counts(1, 1, 1), "longer": Counts(4, 3, 2)}


def test_length_in_words_counts_what_a_span_touches() -> None:
    text = "the  Franco-German border of old"
    counts = tally(text, [("A", 5, 11), ("B", 5, 26)], [], unit="word")
    assert counts["single"]["single"].gold == 1
    assert counts["length"] == {"L1": Counts(2, 0, 0), "L2": Counts(), "L3": Counts()}
    ruler = Ruler(text, "word")
    assert ruler.units == 5
    assert ruler.density(made(("A", 5, 11), ("A", 12, 18))) == 1 / 5  # two entities in one word


@pytest.mark.parametrize(("covered", "expected"), [(10, "D1"), (11, "D2"), (30, "D2"), (31, "D3")])
def test_density_is_that_of_gold_for_found_entities_too(covered, expected) -> None:
    density = tally("x" * 100, [("A", 0, covered)], [("A", 50, 100), ("B", 0, 90)])["density"]
    assert density[expected] == Counts(1, 2, 0)
    assert sum(density.values(), Counts()) == Counts(1, 2, 0)


def test_overlapping_gold_covers_a_unit_once_and_no_gold_is_thin() -> None:
    assert Ruler("x" * 10, "character").density(made(("A", 0, 4), ("B", 2, 5), ("C", 0, 4))) == 0.5
    assert Ruler("", "character").density(()) == 0.0
    assert tally("x" * 10, [], [("A", 0, 9)])["density"]["D1"] == Counts(0, 1, 0)


def test_a_right_answer_is_nested_with_its_gold_entity() -> None:
    gold = [("A", 0, 6), ("B", 0, 6), ("C", 8, 9)]
    counts = tally("x" * 20, gold, [("A", 0, 6), ("C", 8, 9), ("D", 10, 12), ("D", 11, 13)])
    assert counts["nesting"] == {"flat": Counts(1, 1, 1), "nested": Counts(2, 3, 1)}


def test_a_wrong_answer_is_nested_where_gold_nests_whether_or_not_it_has_company() -> None:
    gold = [("A", 0, 6), ("B", 2, 4), ("C", 8, 9)]
    counts = tally("x" * 20, gold, [("A", 1, 3), ("C", 8, 10), ("D", 6, 8)])
    assert counts["nesting"] == {"flat": Counts(1, 2, 0), "nested": Counts(2, 1, 0)}


def test_mentions_are_compared_by_surface_and_only_where_training_is_known() -> None:
    assert "mention" not in tally("Ann Bob", [("P", 0, 3)], [])
    counts = tally("Ann Bob", [("P", 0, 3), ("P", 4, 7)], [("P", 4, 7)], seen=["Ann"])
    assert counts["mention"] == {"seen": Counts(1, 0, 0), "unseen": Counts(1, 1, 1)}


def test_an_unknown_unit_is_refused() -> None:
    for make in (lambda: Tally("letter"), lambda: Ruler("x", "letter")):
        with pytest.raises(ConfigError, match="character, word, not 'letter'"):
            make()
