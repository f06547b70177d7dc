"""Random factors and cells for the tests of the tensor side."""

import torch

from globalpointer.nn import FactoredScores


def factors(batch=2, types=3, tokens=7, dim=4, *, shared=True, scale=1.0, seed=0, dtype=torch.float64, **options):
    """(query, key, row_bias, col_bias), with scores of about `scale`."""
    random = torch.Generator().manual_seed(seed)
    planes = 1 if shared else types
    query, key = (torch.randn(batch, planes, tokens, dim, generator=random, dtype=dtype) for _ in range(2))
    query = query * scale / dim**0.5
    biases = [torch.randn(batch, types, tokens, generator=random, dtype=dtype) * scale for _ in range(2)]
    return [query, key, *(biases if shared else (None, None))]


def scores(*args, mask=None, ordered=True, max_width=None, **options):
    """FactoredScores of random factors; every token legal unless a mask is given."""
    parts = factors(*args, **options)
    if mask is None:
        mask = torch.ones(parts[0].shape[0], parts[0].shape[2], dtype=torch.bool)
    return FactoredScores(*parts, mask, ordered, max_width)


def rows(*cells):
    """Cells as an int64 tensor, also where there are none."""
    return torch.tensor(cells, dtype=torch.long).reshape(-1, 4)


def value_and_gradients(split, source, cells):
    """Both results of a split, and the gradients of the factors for some weights of both."""
    results = split(source, cells)
    leaves = [each for each in source[:4] if each is not None]
    weights = [
        torch.linspace(-1.0, 2.0, each.numel(), dtype=each.dtype, device=each.device).view_as(each) / 4
        for each in results
    ]
    return [each.detach() for each in results], torch.autograd.grad(results, leaves, weights)


class Largest(torch.utils._python_dispatch.TorchDispatchMode):
    """How many numbers the largest tensor has that any operation inside the block gives."""

    numel = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        for each in result if isinstance(result, tuple | list) else [result]:
            if isinstance(each, torch.Tensor):
                self.numel = max(self.numel, each.numel())
        return result
