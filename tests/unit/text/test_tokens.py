import pytest

from globalpointer.text.spans import Span
from globalpointer.text.tokens import Pair, TokenMap

TOKENS = TokenMap((None, Span(0, 3), Span(4, 6), Span(6, 9), None))


def test_a_span_on_token_borders_has_its_pair_and_comes_back() -> None:
    assert TOKENS.pair(Span(0, 6)) == Pair(1, 2)
    assert TOKENS.span(1, 2) == Span(0, 6)
    assert len(TOKENS) == 5


@pytest.mark.parametrize("span", [Span(1, 3), Span(0, 5), Span(3, 4), Span(0, 10)])
def test_a_border_within_a_token_or_in_no_token_has_no_pair(span) -> None:
    assert TOKENS.pair(span) is None


def test_tokens_that_share_characters_begin_with_the_first_and_end_with_the_last() -> None:
    bytes_of_one_emoji = TokenMap((Span(0, 1), Span(0, 1), Span(0, 1), Span(1, 2)))
    assert bytes_of_one_emoji.pair(Span(0, 1)) == Pair(0, 2)


def test_a_token_without_characters_has_no_span() -> None:
    with pytest.raises(IndexError, match="token 4"):
        TOKENS.span(1, 4)
