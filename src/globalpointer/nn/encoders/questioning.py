"""An encoder with attention to the question on top, for texts that a question is asked of."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.nn.encoders.matching import in_question
from globalpointer.nn.encoders.recurrent import BidirectionalLayer, reversal
from globalpointer.nn.encoders.stacked import OnTop


class QuestionOnTop(OnTop):
    """Every token looks at the question, and a bidirectional LSTM reads what it saw; `hidden` is what comes out.

        a_i = Σ_j softmax_j(W h_i · W h_j / √hidden) h_j over the question        LSTM([h_i ; a_i ; h_i ∘ a_i])

    `separator`: the id that ends the question; without one in the tokens, a is 0. `dropout` stands before and behind
    the LSTM.

    Source: the aligned question of Chen et al., 2017, Reading Wikipedia to Answer Open-Domain Questions, section 3.2,
    behind the encoder and not before it; the product: Seo et al., 2017, Bidirectional Attention Flow, section 2.
    """

    on_top: nn.ModuleDict

    def __init__(self, encoder: nn.Module, *, separator: int, hidden: int = 256, dropout: float = 0.3) -> None:
        super().__init__(encoder, hidden=hidden, dropout=dropout)
        self.separator = separator
        compare, read = nn.Linear(self.inner, hidden, bias=False), BidirectionalLayer(3 * self.inner, hidden // 2)
        self.on_top = nn.ModuleDict({"compare": compare, "read": read})

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """One vector a token; unspecified, but finite, for padding."""
        vectors: Tensor = self.dropout(self.encoder(tokens, attention))
        seen = self._look(vectors, in_question(tokens, attention, self.separator))
        joined = torch.cat([vectors, seen, vectors * seen], -1)
        read: Tensor = self.dropout(self.on_top["read"](joined, reversal(attention)))
        return read

    def _look(
        self, vectors: Float[Tensor, "batch tokens inner"], question: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens inner"]:
        """What each token sees of the question."""
        compared = self.on_top["compare"](vectors)
        asked = question.any(1)[:, None, None]
        hidden = (~question)[:, None, :] & asked
        weights = (compared @ compared.mT / self.hidden**0.5).masked_fill(hidden, float("-inf")).softmax(-1)
        seen: Tensor = (weights @ vectors).masked_fill(~asked, 0.0)
        return seen
