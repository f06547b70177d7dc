import pytest

from globalpointer.errors import ConfigError
from globalpointer.tasks.overlap import OVERLAP_POLICIES, fitting, overlapping, resolve
from globalpointer.text.spans import Document, Entity, Span


def made(label, start, end, score=None):
    return Entity(label, Span(start, end), "", score)


OUTER, INNER, SAME, CROSSING = made("A", 0, 6, 0.7), made("B", 2, 4, 0.9), made("C", 0, 6, 0.6), made("D", 3, 8, 0.8)
ALL = [CROSSING, SAME, INNER, OUTER]


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ("allow", [OUTER, SAME, INNER, CROSSING]),
        ("nested", [OUTER, SAME, INNER]),  # the inner one goes first and drops the crossing one; the rest only nests
        ("flat", [INNER]),
        ("longest", [OUTER]),
    ],
)
def test_policies(policy, kept) -> None:
    assert list(resolve(ALL, policy)) == kept


def test_nested_is_the_default_and_the_lower_scored_of_two_that_cross_goes() -> None:
    assert resolve([OUTER, CROSSING]) == (CROSSING,)
    assert resolve([OUTER, made("D", 3, 8, 0.6)]) == (OUTER,)


def test_without_scores_all_are_certain_and_ties_go_to_the_longer_then_the_first() -> None:
    long, short = made("A", 0, 6), made("B", 4, 8)
    assert resolve([short, long], "flat") == (long,)
    assert resolve([made("B", 0, 4), made("A", 0, 4)], "flat") == (made("A", 0, 4),)
    assert resolve([made("A", 2, 6), made("A", 0, 4)], "flat") == (made("A", 0, 4),)


def test_an_unknown_policy_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="nested, flat, longest, allow, not 'strict'"):
        resolve([], "strict")
    assert OVERLAP_POLICIES == ("nested", "flat", "longest", "allow")


def test_a_long_text_full_of_entities_is_quick() -> None:
    many = [made("A", start, start + 3, 0.5 + start % 7 / 20) for start in range(0, 200_000, 4)]
    assert len(resolve(many)) == len(many)


def test_of_a_mention_whose_borders_are_in_doubt_one_reading_is_given() -> None:
    long, short = made("PER", 0, 5, 0.4), made("PER", 0, 3, 0.3)
    other, sure, inner = made("ORG", 0, 3, 0.3), made("LOC", 6, 9, 0.9), made("LOC", 6, 7, 0.5)
    assert resolve([long, short, other]) == (other, long)  # labels do not share a mention
    assert resolve([sure, inner]) == (inner, sure)  # what is as probable as not nests
    assert resolve([long, short], "allow") == (short, long)


def test_a_model_is_flat_where_next_to_nothing_in_its_training_overlaps() -> None:
    flat = [Document("ab cd ef", (made("A", 0, 2), made("B", 2, 4)))] * 999
    nested = Document("ab cd ef", (made("A", 0, 6), made("B", 2, 4)))
    assert overlapping([nested, *flat]) == (2, 2000)
    assert fitting([nested, *flat]) == "flat"
    assert fitting([nested, *flat[1:]]) == "nested"  # more than one in a thousand
    assert fitting([Document("")]) == "flat"
