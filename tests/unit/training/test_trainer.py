"""Batches of an epoch: every example once, under the budget, always the same number."""

import pytest

from globalpointer.training.trainer import BucketSampler

LENGTHS = [1 + (number * 37) % 90 for number in range(501)]


@pytest.mark.parametrize("multiple", [1, 2, 4])
def test_every_epoch_has_every_example_once_in_as_many_batches(multiple):
    sampler = BucketSampler(LENGTHS, tokens=400, examples=16, seed=3, multiple=multiple)
    seen = set()
    for epoch in range(20):
        sampler.set_epoch(epoch)
        batches = list(sampler)
        assert len(batches) == len(sampler)
        assert len(batches) % multiple == 0
        assert sorted(index for batch in batches for index in batch) == list(range(len(LENGTHS)))
        assert all(batches)
        seen.add(str(batches))
    assert len(seen) == 20


def test_the_budget_is_kept_but_for_a_few_percent():
    sampler = BucketSampler(LENGTHS, tokens=400, examples=16, seed=3)
    for epoch in range(20):
        sampler.set_epoch(epoch)
        assert max(len(batch) * max(LENGTHS[index] for index in batch) for batch in sampler) <= 440


def test_an_epoch_is_always_the_same():
    first, second = (BucketSampler(LENGTHS, tokens=400, examples=16, seed=3) for _ in range(2))
    first.set_epoch(5)
    list(second)
    second.set_epoch(5)
    assert list(first) == list(second)


def test_fewer_examples_than_devices():
    assert len(list(BucketSampler([5, 5], tokens=10**6, examples=99, seed=0, multiple=4))) == 2
