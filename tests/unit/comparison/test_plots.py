"""The axes of the pictures cut nothing off, and do not blow up differences of chance."""

import hypothesis.strategies as st
from hypothesis import given

from globalpointer.comparison.plots import LEAST, _range

PERCENT = st.floats(0, 100)


@given(PERCENT, PERCENT)
def test_all_values_are_inside_with_room_and_the_axis_is_never_narrow(one, other):
    low, high = sorted((one, other))
    start, end = _range(low, high)
    assert start < low <= high < end
    assert end - start >= LEAST
    room = 0.06 * max(high - low, LEAST) + 1e-9
    assert start >= -room
    assert end <= 100 + room


def test_what_reaches_beyond_one_hundred_is_not_cut():
    start, end = _range(98.8, 100.2)
    assert start < 98.8
    assert end > 100.2
