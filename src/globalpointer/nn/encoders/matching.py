"""What of a question stands in the text, and the other way round: seen in the ids, before anything is learned."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


def in_question(
    tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"], separator: int
) -> Bool[Tensor, "batch tokens"]:
    """The tokens before the first separator; none where there is no separator. The separator is on neither side."""
    border = (tokens == separator) & attention
    return (border.cumsum(1) == 0) & border.any(1, keepdim=True) & attention


class Matching(nn.Module):
    """A vector for each token by what of it is also on the other side of the separator: it, and the bigrams it is in.

    Eight cases: whether the token stands there, whether (left, it) does, whether (it, right) does. Without a separator,
    and for padding, none does. Names that training never saw are found in the text by this alone.

    Source: the exact match feature of Chen et al., 2017, Reading Wikipedia to Answer Open-Domain Questions, section
    3.2; with bigrams, since single Chinese characters match too often.
    """

    def __init__(self, dim: int, separator: int) -> None:
        super().__init__()
        self.separator = separator
        self.cases = nn.Embedding(8, dim)

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens dim"]:
        """The vectors of the cases."""
        cases: Tensor = self.cases(self.case(tokens, attention))
        return cases

    @torch.no_grad()
    def case(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Int[Tensor, "batch tokens"]:
        """1 for the token itself, and 2 and 4 for the bigrams to its left and right, added up."""
        question = in_question(tokens, attention, self.separator)
        text = attention & ~question & (tokens != self.separator) & question.any(1, keepdim=True)
        across = (question[:, :, None] & text[:, None, :]) | (text[:, :, None] & question[:, None, :])
        same = (tokens[:, :, None] == tokens[:, None, :]) & across
        bigrams = (same[:, 1:, 1:] & same[:, :-1, :-1]).any(2)
        left = nn.functional.pad(bigrams, (1, 0))
        right = nn.functional.pad(bigrams, (0, 1))
        return same.any(2).long() + 2 * left.long() + 4 * right.long()
