"""Where the sentences of a context begin and end."""

from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from globalpointer.nn.contracts import Batch


class Borders(NamedTuple):
    """The sentence `of` each token, 0 where it is not legal; the `first` and the `last` legal token of each sentence.

    `last` is -1 where an example has no such sentence.
    """

    of: Int[Tensor, "batch tokens"]
    first: Int[Tensor, "batch sentences"]
    last: Int[Tensor, "batch sentences"]

    @property
    def longest(self) -> int:
        """The length of the longest sentence in tokens, at least 1."""
        return max(1, int((self.last - self.first + 1).max()))


def borders(batch: Batch) -> Borders:
    """Those of a batch; one sentence an example where it names none."""
    sentences = torch.zeros_like(batch.tokens) if batch.sentences is None else batch.sentences
    of = sentences.long().masked_fill(~batch.legal, 0)
    place = torch.arange(of.shape[1], device=of.device).expand_as(of)
    shape = len(of), int(of.max()) + 1
    first = of.new_full(shape, of.shape[1]).scatter_reduce(1, of, place.where(batch.legal, of.shape[1]), "amin")
    last = of.new_full(shape, -1).scatter_reduce(1, of, place.where(batch.legal, -1), "amax")
    return Borders(of, first, last)
