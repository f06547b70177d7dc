"""An encoder with attention to the question on top, for texts that a question is asked of."""

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from globalpointer.errors import ConfigError
from globalpointer.nn.encoders.embedding import learn_bigrams
from globalpointer.nn.encoders.matching import in_question
from globalpointer.nn.encoders.recurrent import BidirectionalLayer, reversal


class QuestionOnTop(nn.Module):
    """Every token looks at the question, and a bidirectional LSTM reads what it saw; `hidden` is what comes out.

        a_i = Σ_j softmax_j(W h_i · W h_j / √hidden) h_j over the question        LSTM([h_i ; a_i ; h_i ∘ a_i])

    `separator`: the id that ends the question; without one in the tokens, a is 0. `dropout` stands before and behind
    the LSTM. All of it has random weights and is trained at the learning rate of the head.

    Source: the aligned question of Chen et al., 2017, Reading Wikipedia to Answer Open-Domain Questions, section 3.2,
    behind the encoder and not before it; the product: Seo et al., 2017, Bidirectional Attention Flow, section 2.
    """

    def __init__(self, encoder: nn.Module, *, separator: int, hidden: int = 256, dropout: float = 0.3) -> None:
        super().__init__()
        if hidden < 2 or hidden % 2:
            raise ConfigError(f"what reads the question on top needs an even hidden >= 2, not {hidden}")
        self.encoder = encoder
        self.hidden = hidden
        self.separator = separator
        self.max_tokens = getattr(encoder, "max_tokens", None)
        inner = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
        compare, read = nn.Linear(inner, hidden, bias=False), BidirectionalLayer(3 * inner, hidden // 2)
        self.on_top = nn.ModuleDict({"compare": compare, "read": read})
        self.dropout = nn.Dropout(dropout)

    def learn_bigrams(self, sequences: Iterable[Sequence[int]]) -> int:
        """As the encoder beneath; 0 where that one has no bigrams."""
        return learn_bigrams(self.encoder, sequences)

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
