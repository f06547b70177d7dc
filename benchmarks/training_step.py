"""What head, loss and gradient take of a training step of a 12-layer, 768-wide encoder; and a step on a long document.

One pass through the encoder serves every head and loss: hidden vectors and factors are detached, so that a part's time
is its own, forward and backward together.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.formulations import DIM, HIDDEN, Case, Head, Loss, dense, gold, leaf, legal, named, ours, present
from benchmarks.measure import Run, milliseconds, spread
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder
from globalpointer.nn.encoders.recurrent import BiLstmEncoder
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.heads.global_pointer import GlobalPointer
from globalpointer.nn.scores import FactoredScores

CASE = Case("efficient", 16, 128, 50)
BERT = {
    "model_type": "bert",
    "vocab_size": 21128,
    "hidden_size": HIDDEN,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 4 * HIDDEN,
}
VOCABULARY = 5000
"""Different tokens that the encoder of a long document knows."""

LOSSES = {"ours": ours, "dense": dense}
ROUNDS = 3


class Clock:
    """Milliseconds spent on each part of a step."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def __call__(self, part: str, run: Callable[[], Any]) -> Any:
        """Run it, and add what it took."""
        results = []
        self.spent[part] += milliseconds(lambda: results.append(run()))
        return results[0]


def rows(case: Case = CASE, shape: Mapping[str, Any] = BERT, rounds: int = ROUNDS) -> Iterator[dict[str, Any]]:
    """A row for each head with each loss: milliseconds of the encoder, of the projection, and of loss and gradient."""
    torch.manual_seed(0)
    encoder = HuggingFaceEncoder.from_config(shape).train()
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=1e-5)
    heads: dict[Head, nn.Module] = {
        "efficient": EfficientGlobalPointer(encoder.hidden, case.types, dim=DIM),
        "per-type": GlobalPointer(encoder.hidden, case.types, dim=DIM),
    }
    _, *steps = [step(encoder, optimizer, heads, case) for _ in range(1 + rounds)]
    for head, loss in product(heads, LOSSES):
        parts = {"encoder": "encoder", "projection": f"{head} {loss} projection", "loss": f"{head} {loss} loss"}
        times = {name: spread([each[part] for each in steps]) for name, part in parts.items()}
        yield {**named(case._replace(head=head)), "loss": loss, "ms": times}


def step(
    encoder: HuggingFaceEncoder, optimizer: torch.optim.Optimizer, heads: Mapping[Head, nn.Module], case: Case
) -> dict[str, float]:
    """Milliseconds of each part of one step; the encoder's hold the optimizer's."""
    clock = Clock()
    attention = legal(case)
    tokens = torch.randint(1000, attention.shape)
    hidden = clock("encoder", lambda: encoder(tokens, attention))
    for (kind, head), (name, loss) in product(heads.items(), LOSSES.items()):
        top = hidden.detach().requires_grad_()
        promise = clock(f"{kind} {name} projection", partial(head, top, attention))
        below = clock(f"{kind} {name} loss", partial(to_factors, loss, promise, gold(case)))
        clock(f"{kind} {name} projection", partial(torch.autograd.backward, present(promise), below))
    clock("encoder", lambda: hidden.backward(top.grad))
    clock("encoder", optimizer.step)
    return clock.spent


def long_document(case: Case) -> Run:
    """A whole training step of the efficient head over a BiLSTM, the text in one piece, without windows."""
    torch.manual_seed(0)
    encoder = BiLstmEncoder(VOCABULARY)
    head = EfficientGlobalPointer(encoder.hidden, case.types, dim=DIM)
    optimizer = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], lr=1e-3)
    attention, cells = legal(case), gold(case)
    tokens = torch.randint(VOCABULARY, attention.shape)

    def run() -> None:
        optimizer.zero_grad()
        ours(head(encoder(tokens, attention), attention), cells).sum().backward()
        optimizer.step()

    return run


def to_factors(loss: Loss, promise: FactoredScores, cells: Tensor) -> tuple[Tensor, ...]:
    """The gradients of the mean loss in the factors."""
    scores = leaf(promise)
    return torch.autograd.grad(loss(scores, cells).mean(), present(scores))
