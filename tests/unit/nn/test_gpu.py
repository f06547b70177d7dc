"""On a CUDA device: the same losses, gradients and cells as on the CPU."""

import copy

import pytest
import torch

from globalpointer.nn import EfficientGlobalPointer, GlobalPointer, find, multilabel_crossentropy
from globalpointer.nn.losses.divergence import divergence

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.fixture(params=[EfficientGlobalPointer, GlobalPointer])
def both(request):
    """A head, hidden states, legal tokens and gold on both devices."""
    torch.manual_seed(0)
    head = request.param(32, 5, dim=16)
    hidden = torch.randn(3, 40, 32)
    legal = torch.ones(3, 40, dtype=torch.bool)
    legal[1, 25:] = False
    cells = torch.tensor([[0, 1, 2, 5], [0, 4, 2, 5], [1, 0, 0, 0], [2, 3, 10, 39]])
    whole = (head, hidden, legal, cells)
    return {device: tuple(copy.deepcopy(each).to(device) for each in whole) for device in ("cuda", "cpu")}


def test_loss_and_gradient(both):
    results = {}
    for device, (head, hidden, legal, cells) in both.items():
        head.zero_grad()
        loss = multilabel_crossentropy(head(hidden, legal), cells)
        loss.sum().backward()
        results[device] = [loss.detach().cpu(), *(each.grad.cpu() for each in head.parameters())]
    for ours, theirs in zip(results["cuda"], results["cpu"], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_search_and_divergence(both):
    found = {}
    for device, (head, hidden, legal, _) in both.items():
        cells, logits = find(head(hidden, legal), threshold=0.5)
        found[device] = {
            tuple(cell) for cell, logit in zip(cells.tolist(), logits.tolist(), strict=True) if logit > 0.51
        }
        apart = divergence(head(hidden, legal), head(hidden * 1.1, legal)).detach().cpu()
        found[f"apart on {device}"] = apart
    assert found["cuda"] == found["cpu"]
    torch.testing.assert_close(found["apart on cuda"], found["apart on cpu"], rtol=1e-3, atol=1e-3)
