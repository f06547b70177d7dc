import pytest

from globalpointer.errors import DataError
from globalpointer.evaluation.counts import Counts, Matches, ratio


def test_rates_and_their_zero_cases() -> None:
    counts = Counts(gold=8, found=4, right=3)
    assert (counts.precision, counts.recall, counts.f1) == (0.75, 0.375, 0.5)
    assert Counts().f1 == Counts().precision == Counts().recall == 0.0
    assert Counts(gold=3).f1 == 0.0
    assert ratio(0, 0) == 0.0


def test_counts_add_and_impossible_ones_are_refused() -> None:
    assert Counts(2, 1, 1) + Counts(1, 1, 0) == Counts(3, 2, 1)
    with pytest.raises(DataError, match="right must lie"):
        Counts(gold=1, found=5, right=2)


def test_a_partial_match_is_worth_a_half() -> None:
    matches = Matches(correct=1, partial=2, missed=1) + Matches(spurious=2, incorrect=1)
    assert matches == Matches(1, 1, 2, 1, 2)
    assert matches.precision == 2 / 6
    assert matches.recall == 2 / 5
    assert matches.to_dict()["PAR"] == 2
