"""What stands on both sides of a separator, against plain loops."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from globalpointer.nn.encoders.embedding import TokenEmbedding
from globalpointer.nn.encoders.matching import Matching, in_question

SEPARATOR = 3
TOKENS = st.lists(st.integers(1, 6), min_size=1, max_size=9)


def naive(tokens):
    """The case of each token, by looking at every token and bigram of the other side."""
    if SEPARATOR not in tokens:
        return [0] * len(tokens)
    border = tokens.index(SEPARATOR)
    sides = [range(border), [at for at in range(border + 1, len(tokens)) if tokens[at] != SEPARATOR]]
    cases = [0] * len(tokens)
    for side, other in (sides, sides[::-1]):
        alone = {tokens[at] for at in other}
        pairs = {(tokens[at], tokens[at + 1]) for at in other if at + 1 in other}
        for at in side:
            cases[at] += tokens[at] in alone
            cases[at] += 2 * (at - 1 in side and (tokens[at - 1], tokens[at]) in pairs)
            cases[at] += 4 * (at + 1 in side and (tokens[at], tokens[at + 1]) in pairs)
    return cases


@given(st.lists(TOKENS, min_size=1, max_size=4))
def test_cases_are_those_of_plain_loops_whatever_the_padding(texts):
    longest = max(map(len, texts))
    tokens = torch.tensor([text + [SEPARATOR] * (longest - len(text)) for text in texts])
    attention = torch.tensor([[at < len(text) for at in range(longest)] for text in texts])
    cases = Matching(4, SEPARATOR).case(tokens, attention).tolist()
    for text, found in zip(texts, cases, strict=True):
        assert found == naive(text) + [0] * (longest - len(text))


def test_the_question_is_what_stands_before_the_first_separator():
    tokens = torch.tensor([[5, 6, 3, 5, 3], [5, 6, 5, 6, 5]])
    question = in_question(tokens, torch.ones_like(tokens, dtype=torch.bool), SEPARATOR)
    assert question.tolist() == [[True, True, False, False, False], [False] * 5]


def test_the_embedding_says_what_matches_and_only_where_it_is_asked_to():
    torch.manual_seed(0)
    embedding = TokenEmbedding(9, token_dim=4, bigram_dim=0, dropout=0.0, separator=SEPARATOR, matching=2).eval()
    assert embedding.dim == 6
    ones = torch.ones(1, 4, dtype=torch.bool)
    known = embedding(torch.tensor([[5, 3, 6, 5]]), ones)[0]
    other = embedding(torch.tensor([[7, 3, 6, 5]]), ones)[0]
    assert not torch.equal(known[3], other[3])
    assert torch.equal(known[2], other[2])
    assert TokenEmbedding(9, token_dim=4, bigram_dim=0).dim == 4
    assert TokenEmbedding(9, token_dim=4, bigram_dim=0, separator=SEPARATOR, matching=0).dim == 4
