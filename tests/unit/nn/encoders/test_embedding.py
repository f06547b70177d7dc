"""Bigrams are those of the tokens, known ones have their own row, and the rest share the unknown one."""

import pytest
import torch

from globalpointer.nn.encoders.embedding import TokenEmbedding


def learned(**options) -> TokenEmbedding:
    torch.manual_seed(0)
    embedding = TokenEmbedding(10, token_dim=4, bigram_dim=3, dropout=0.0, **{"bigrams": 8, **options})
    embedding.learn_bigrams([[1, 2, 3], [1, 2, 3], [1, 2], [7], []])
    return embedding.eval()


def vectors(embedding: TokenEmbedding, *tokens: int) -> torch.Tensor:
    row = torch.tensor([tokens])
    return embedding(row, torch.ones_like(row, dtype=torch.bool))[0]


def test_only_bigrams_seen_twice_are_learned() -> None:
    # 10 is beyond the ends. (10, 1) three times, (1, 2) three times, (2, 3) and (3, 10) twice; the others once.
    assert learned().keys[:4].tolist() == [1 * 11 + 2, 2 * 11 + 3, 3 * 11 + 10, 10 * 11 + 1]
    assert len(set(learned().keys[4:].tolist())) == 1


def test_a_full_table_keeps_the_most_frequent() -> None:
    assert learned(bigrams=2).keys.tolist() == [1 * 11 + 2, 10 * 11 + 1]
    assert TokenEmbedding(10, bigrams=5).learn_bigrams([[1, 2]] * 2) == 3


def test_many_sequences_are_counted_as_few_are() -> None:
    few, many = TokenEmbedding(10, bigrams=50), TokenEmbedding(10, bigrams=50)
    few.learn_bigrams([[index % 7, index % 3] for index in range(50)])
    many.learn_bigrams([index % 7, index % 3] for index in range(50))
    assert few.keys.equal(many.keys)


def test_each_token_has_the_bigram_on_its_left_and_on_its_right() -> None:
    embedding = learned()
    found = vectors(embedding, 1, 2, 9)
    rows = embedding.bigram.weight
    assert found[0, 4:].equal(torch.cat([rows[4], rows[1]]))  # (beyond, 1), (1, 2)
    assert found[1, 4:].equal(torch.cat([rows[1], rows[0]]))  # (1, 2), (2, 9) is unknown
    assert found[2, 4:].equal(torch.cat([rows[0], rows[0]]))
    assert found[:, :4].equal(embedding.token.weight[[1, 2, 9]])


def test_padding_stands_beyond_the_end() -> None:
    embedding = learned()
    tokens = torch.tensor([[1, 2, 3, 2, 1]])
    attention = torch.tensor([[True, True, True, False, False]])
    assert embedding(tokens, attention)[0, :3].equal(vectors(embedding, 1, 2, 3))


def test_without_bigrams_there_is_no_table() -> None:
    embedding = TokenEmbedding(10, token_dim=4, bigram_dim=0)
    assert embedding.dim == 4
    assert embedding.learn_bigrams([[1, 2]] * 3) == 0
    assert set(embedding.state_dict()) == {"token.weight"}
    with pytest.raises(ValueError, match="bigrams=0"):
        TokenEmbedding(10, bigrams=0)
    with pytest.raises(ValueError, match="unknown=10"):
        TokenEmbedding(10, unknown=10)


def test_the_table_of_bigrams_is_saved_with_the_weights() -> None:
    first = learned()
    second = TokenEmbedding(10, token_dim=4, bigram_dim=3, bigrams=8)
    second.load_state_dict(first.state_dict())
    assert vectors(second.eval(), 1, 2, 3).equal(vectors(first, 1, 2, 3))


def test_in_training_some_are_read_as_unknown() -> None:
    embedding = learned(token_unknown=0.3, bigram_unknown=0.3).train()
    found = vectors(embedding, *[1, 2, 3] * 500)
    unknown = found[:, :4].eq(embedding.token.weight[1]).all(dim=1).float().mean()
    assert 1 / 3 + 0.14 < unknown < 1 / 3 + 0.26  # 0.3 of the two thirds that are not token 1
    left = found[1::3, 4:7]
    assert 0.2 < left.eq(embedding.bigram.weight[0]).all(dim=1).float().mean() < 0.4
    assert vectors(embedding.eval(), 1, 2).equal(vectors(embedding, 1, 2))
