"""Regularisers: a moving average of the weights, and an adversarial step on the embeddings; R-Drop is in model.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn


class MovingAverage:
    """An exponential moving average of all trainable weights.

    The decay begins low and grows to its value, min(decay, (1 + step) / (10 + step)), so that short runs are not
    dominated by their first weights.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self._weights = {name: each for name, each in model.named_parameters() if each.requires_grad}
        self._average = {name: each.detach().clone() for name, each in self._weights.items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after optimizer step number `step`, counted from 1."""
        decay = min(self.decay, (1 + step) / (10 + step))
        averages = list(self._average.values())
        torch._foreach_lerp_(averages, [each.detach() for each in self._weights.values()], 1 - decay)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Within this block the model has the averaged weights."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def save(self, path: Path) -> None:
        """Write the averages as safetensors."""
        save_file({name: each.contiguous() for name, each in self._average.items()}, path)

    def load(self, path: Path) -> None:
        """Read the averages back, bit by bit."""
        for name, each in load_file(path).items():
            self._average[name].copy_(each)

    @torch.no_grad()
    def _swap(self) -> None:
        for name, weight in self._weights.items():
            kept = weight.detach().clone()
            weight.copy_(self._average[name])
            self._average[name].copy_(kept)


@contextmanager
def adversarial_step(model: nn.Module, length: float) -> Iterator[None]:
    """Within this block the embeddings stand one step of this length up their gradient; then they are put back.

    Source: fast gradient method, Miyato et al., 2017.
    """
    moved: list[tuple[Tensor, Tensor]] = []
    with torch.no_grad():
        for module in model.modules():
            if not isinstance(module, nn.Embedding | nn.EmbeddingBag) or module.weight.grad is None:
                continue
            norm = module.weight.grad.norm()
            if norm > 0 and norm.isfinite():
                moved.append((module.weight, module.weight.detach().clone()))
                module.weight.add_(module.weight.grad * (length / norm))
    try:
        yield
    finally:
        with torch.no_grad():
            for weight, kept in moved:
                weight.copy_(kept)
