"""pytorch-crf, for scale: what a sequence labeller pays for its loss and its decoding."""

import torch

from benchmarks.formulations import Case, legal
from benchmarks.measure import Run, gradients


def from_emissions(case: Case) -> tuple[Run, Run]:
    """The loss, from emissions to their gradients and those of the transitions; and the best path.

    Tags: B and I of each type, and O.
    """
    from torchcrf import CRF

    generator = torch.Generator().manual_seed(0)
    tags = 2 * case.types + 1
    shape = case.batch, case.tokens
    emissions = torch.randn(*shape, tags, generator=generator, requires_grad=True)
    target = torch.randint(tags, shape, generator=generator)
    crf, mask = CRF(tags, batch_first=True), legal(case)
    loss = gradients(lambda: -crf(emissions, target, mask=mask), [emissions, *crf.parameters()])

    @torch.no_grad()
    def decode() -> object:
        return crf.decode(emissions, mask=mask)

    return loss, decode
