"""How many numbers each head learns, and how many more with one more type: counted on heads that are built."""

from collections.abc import Callable, Mapping

from torch import nn

from benchmarks.paper_rows import markdown
from benchmarks.systems import Given
from globalpointer.grid import Grid
from globalpointer.nn.baselines.crf import CrfTagger
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.heads.global_pointer import GlobalPointer

HIDDEN, DIM = 768, 64
"""D and d: those of BERT-base and of the published heads."""


def tags(types: int) -> nn.Module:
    """The CRF without an encoder: scores of 2 · types + 1 tags, and transitions between them."""
    grid = Grid("entity", tuple(map(str, range(types))))
    made = CrfTagger(Given(1, HIDDEN), [grid])
    return nn.ModuleList([made.tag, made.chain])


HEADS: Mapping[str, tuple[str, Callable[[int], nn.Module]]] = {
    "standard": ("2·D·d", lambda types: GlobalPointer(HIDDEN, types, dim=DIM)),
    "efficient, types from the hidden vector": (
        "2·D",
        lambda types: EfficientGlobalPointer(HIDDEN, types, dim=DIM, typing_input="hidden"),
    ),
    "efficient, types from [q; k]": ("4·d", lambda types: EfficientGlobalPointer(HIDDEN, types, dim=DIM)),
    "CRF": ("2·D, and transitions", tags),
}
"""The weights of an added type, and what makes the head for a number of types."""


def sizes() -> str:
    """A line for each head."""
    columns = ["head", "weights an added type", "which is", "with biases", "10 types", "100 types"]
    lines = [
        [name, told, *(f"{grown(make, weights_only=only):,}" for only in (True, False))]
        + [f"{count(make(types)):,}" for types in (10, 100)]
        for name, (told, make) in HEADS.items()
    ]
    return markdown(columns, lines, words=2)


def grown(make: Callable[[int], nn.Module], *, weights_only: bool, types: int = 10) -> int:
    """How many numbers one more type adds to so many."""
    after, before = (count(make(each), weights_only=weights_only) for each in (types + 1, types))
    return after - before


def count(head: nn.Module, *, weights_only: bool = False) -> int:
    """The numbers of a head, or those in matrices alone, which leaves out biases."""
    return sum(each.numel() for each in head.parameters() if each.dim() > 1 or not weights_only)
