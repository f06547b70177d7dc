"""Sentences by punctuation: together they are the text, and numbers and abbreviations inside do not end one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globalpointer.text.sentences import sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("Ann sings. Bob plays!", ["Ann sings. ", "Bob plays!"]),
        ("It is 3.5 m long, e.g. this.", ["It is 3.5 m long, e.g. this."]),
        ('"Why?" She left.', ['"Why?" ', "She left."]),
        ("他说：“好！”然后走了；再见", ["他说：“好！”", "然后走了；", "再见"]),
        ("one\n\ntwo", ["one\n\n", "two"]),
        ("。", ["。"]),
    ],
)
def test_where_sentences_end(text, parts):
    assert [text[each.start : each.end] for each in sentences(text)] == parts


@given(st.text("Ab1 .!?。”\n", max_size=20))
def test_together_they_are_the_text(text):
    assert "".join(text[each.start : each.end] for each in sentences(text)) == text
