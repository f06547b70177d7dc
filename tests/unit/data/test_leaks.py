"""Leaks: the fast search finds what the slow one finds."""

import time

from hypothesis import given
from hypothesis import strategies as st

from globalpointer.data.leaks import parts, without
from globalpointer.text.spans import Document

few = st.text(alphabet="ab ", max_size=45)


def test_equal_and_contained_texts_are_removed_and_say_of_what():
    others = [Document("one two three"), Document("four")]
    kept, removed = without([Document(text) for text in ("two", "four", "five", "", "one two three four")], others)
    assert [document.text for document in kept] == ["five", "", "one two three four"]
    assert [(document.text, other.text) for document, other in removed] == [("two", "one two three"), ("four", "four")]


def test_an_equal_text_goes_before_one_that_contains():
    assert parts(["ab"], ["xaby", "ab"]) == [1]


@given(st.lists(few, max_size=6), st.lists(few, max_size=6))
def test_the_search_by_grams_is_the_search_by_hand(needles, hays):
    found = parts(needles, hays)
    for needle, index in zip(needles, found, strict=True):
        expected = bool(needle.strip()) and any(needle in hay for hay in hays)
        assert (index is not None) == expected
        assert index is None or needle in hays[index]


@given(st.text(alphabet="ab", min_size=40, max_size=60), st.integers(0, 20), st.integers(1, 40))
def test_long_needles_are_found_wherever_they_stand(hay, start, length):
    assert parts([hay[start : start + length]], ["other", hay]) == [1]


def test_fifty_thousand_texts_take_seconds():
    texts = [
        f"{i * 7919 % 50_000:05d} stands here and is a sentence of usual length, number {i}" for i in range(50_000)
    ]
    begun = time.perf_counter()
    found = parts([text[3:40] for text in texts[:25_000]], texts[25_000:])
    assert time.perf_counter() - begun < 20  # about 1 s; by hand it would be half an hour
    assert any(found)
