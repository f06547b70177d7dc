import torch
from tests.unit.nn.factories import rows

from globalpointer.nn import Batch, EfficientGlobalPointer, Extractor, Head, TokenPairModel


def test_a_batch_moves_with_everything_in_it():
    tokens = torch.zeros(1, 2, dtype=torch.long)
    legal = torch.ones(1, 2, dtype=torch.bool)
    batch = Batch(tokens, legal, legal, {"entity": rows((0, 0, 0, 1))}, {"entity": torch.ones(1)}, {"entity": rows()})
    moved = batch.to("meta")
    assert moved.tokens.is_meta
    assert moved.cells["entity"].is_meta
    assert moved.targets["entity"].is_meta
    assert moved.ignore["entity"].is_meta
    assert Batch(tokens, legal, legal, {}).to("cpu").targets is None


def test_heads_and_models_fit_their_contracts():
    assert isinstance(EfficientGlobalPointer(4, 2), Head)
    assert isinstance(TokenPairModel(torch.nn.Identity(), {}), Extractor)
