"""The moving average and the adversarial step leave the model as they found it."""

import pytest
import torch
from torch import nn

from globalpointer.training.regularize import MovingAverage, adversarial_step


@pytest.fixture
def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 2))


def weights(model):
    return [each.detach().clone() for each in model.parameters()]


def test_the_average_follows_the_formula(model):
    average = MovingAverage(model, 0.9)
    expected = weights(model)
    for step in range(1, 30):
        with torch.no_grad():
            for each in model.parameters():
                each.add_(torch.randn_like(each))
        average.update(step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = [decay * old + (1 - decay) * new for old, new in zip(expected, weights(model), strict=True)]
    own = weights(model)
    with average.applied():
        for seen, wanted in zip(weights(model), expected, strict=True):
            torch.testing.assert_close(seen, wanted)
    assert all(torch.equal(before, after) for before, after in zip(own, weights(model), strict=True))


def test_the_weights_come_back_after_an_error(model):
    average = MovingAverage(model, 0.5)
    with torch.no_grad():
        model[1].weight.add_(1)
    own = weights(model)
    with pytest.raises(RuntimeError), average.applied():
        raise RuntimeError
    assert all(torch.equal(before, after) for before, after in zip(own, weights(model), strict=True))


def test_the_average_is_saved_to_the_bit(model, tmp_path):
    first, second = MovingAverage(model, 0.5), MovingAverage(model, 0.5)
    with torch.no_grad():
        model[1].weight.add_(torch.randn_like(model[1].weight))
    first.update(1)
    first.save(tmp_path / "average.safetensors")
    second.load(tmp_path / "average.safetensors")
    with first.applied():
        wanted = weights(model)
    with second.applied():
        assert all(torch.equal(seen, want) for seen, want in zip(weights(model), wanted, strict=True))


def test_the_adversarial_step_has_its_length_and_goes_up(model):
    tokens = torch.tensor([1, 3])
    model(tokens).square().sum().backward()
    own, before = weights(model), model(tokens).square().sum().item()
    with adversarial_step(model, 0.01):
        moved = model[0].weight.detach() - own[0]
        assert moved.norm().item() == pytest.approx(0.01, rel=1e-4)
        assert model(tokens).square().sum().item() > before
    assert all(torch.equal(old, new) for old, new in zip(own, weights(model), strict=True))
