"""torch.compile takes what stands around the kernels, and gives the same loss, gradients and cells.

In a process of its own: the type checks that the other tests run under are nothing that Dynamo can look through.
"""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
import torch
from globalpointer import nn

class Bag(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.mix = torch.nn.Embedding(50, 32), torch.nn.Linear(32, 32)

    def forward(self, tokens, attention):
        return self.mix(self.embed(tokens)).tanh() * attention[:, :, None]

torch.manual_seed(0)
model = nn.TokenPairModel(Bag(), {"entity": getattr(nn, sys.argv[1])(32, 5, dim=16)})
legal = torch.ones(3, 20, dtype=torch.bool)
gold = torch.tensor([[0, 1, 2, 3], [1, 2, 5, 9]])
batch = nn.Batch(torch.randint(0, 50, (3, 20)), legal, legal, {"entity": gold})

def step(loss):
    model.zero_grad()
    value = loss(batch)
    value.backward()
    return [value.detach(), *(each.grad.clone() for each in model.parameters())]

compiled = torch.compile(model.loss, backend="aot_eager")
step(compiled)
torch.testing.assert_close(step(compiled), step(model.loss))
breaks = torch._dynamo.utils.counters["graph_break"]
assert sum(breaks.values()) == 1, breaks

cells = [{*each["entity"]} for each in model.find(batch)]
model.scores = torch.compile(model.scores, backend="aot_eager")
assert [{*each["entity"]} for each in model.find(batch)] == cells
assert any(cells)
"""


@pytest.mark.parametrize("head", ["EfficientGlobalPointer", "GlobalPointer"])
def test_a_compiled_model_breaks_once_and_is_the_same(head):
    done = subprocess.run([sys.executable, "-c", SCRIPT, head], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
