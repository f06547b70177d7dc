import numpy as np
import pytest

from globalpointer.errors import ConfigError, DataError
from globalpointer.evaluation.report import entity_counts, evaluate
from globalpointer.evaluation.significance import bootstrap, paired_bootstrap
from globalpointer.text.spans import Document, Entity, Span

ENTITY = Entity("A", Span(0, 1), "x")


def answers(right):
    return [Document("xy", (ENTITY,) if hit else ()) for hit in right]


GOLD = answers([True] * 300)


def test_a_clear_difference_is_significant_and_a_chance_one_is_not() -> None:
    generator = np.random.default_rng(0)
    good, poor = answers(generator.random(300) < 0.9), answers(generator.random(300) < 0.7)
    result = paired_bootstrap(GOLD, good, poor)
    assert result.difference == pytest.approx(evaluate(GOLD, good).f1 - evaluate(GOLD, poor).f1)
    assert 0 < result.low < result.difference < result.high
    assert result.p_value < 0.01
    turned = paired_bootstrap(GOLD, poor, good)
    assert turned.difference == -result.difference
    assert (turned.low, turned.high, turned.p_value) == pytest.approx((-result.high, -result.low, result.p_value))
    close = paired_bootstrap(GOLD, answers([i % 2 for i in range(300)]), answers([(i + 1) % 2 for i in range(300)]))
    assert close.p_value > 0.5


def test_equal_models_do_not_differ() -> None:
    result = paired_bootstrap(GOLD, GOLD, GOLD, samples=50)
    assert (result.difference, result.low, result.high, result.p_value) == (0, 0, 0, 1)


def test_the_interval_has_the_width_that_theory_gives() -> None:
    # with one gold and one found entity in every document, F1 is the share that is right: a binomial
    shifted = Entity("A", Span(1, 2), "y")
    first = [Document("xy", (ENTITY if i % 2 else shifted,)) for i in range(400)]
    second = [Document("xy", (shifted,)) for _ in range(400)]
    result = paired_bootstrap(answers([True] * 400), first, second, samples=4000)
    assert result.high - result.low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 400), rel=0.1)


def test_the_seed_decides_and_blocks_do_not_matter() -> None:
    first, second = answers([i % 3 > 0 for i in range(300)]), answers([i % 4 > 0 for i in range(300)])
    one = paired_bootstrap(GOLD, first, second, samples=300, seed=5)
    assert one == paired_bootstrap(GOLD, first, second, samples=300, seed=5)
    assert one != paired_bootstrap(GOLD, first, second, samples=300, seed=6)
    assert set(one.to_dict()) == {"difference", "low", "high", "p_value", "samples"}


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1 sample"):
        paired_bootstrap(GOLD, GOLD, GOLD, samples=0)
    with pytest.raises(DataError, match="at least one document"):
        paired_bootstrap([], [], [])
    with pytest.raises(DataError, match="300 gold documents but 299"):
        paired_bootstrap(GOLD, GOLD, GOLD[:-1])


def test_counts_of_several_models_are_resampled_together() -> None:
    generator = np.random.default_rng(1)
    models = [[answers(generator.random(300) < rate) for _ in range(3)] for rate in (0.9, 0.7)]
    counted = [[entity_counts(GOLD, found) for found in model] for model in models]
    first, second = counted
    together, alone = bootstrap(first, second), paired_bootstrap(GOLD, models[0][0], models[1][0])
    means = [np.mean([evaluate(GOLD, found).f1 for found in model]) for model in models]
    assert together.difference == pytest.approx(means[0] - means[1], abs=1e-12)
    # three models tell more of each document than one does
    assert together.high - together.low < alone.high - alone.low
    # the same model three times tells nothing more: the documents are no more than they were
    same = bootstrap(*([model[0]] * 3 for model in counted))
    assert [same.difference, same.low, same.high] == pytest.approx([alone.difference, alone.low, alone.high])
    with pytest.raises(DataError, match=r"\[2\] and \[1\] given"):
        bootstrap([first[0][:2]], [second[0][:1]])
    with pytest.raises(DataError, match=r"\[\] and"):
        bootstrap([], second)


def test_runs_of_unlike_number_are_compared_by_their_means() -> None:
    good, poor, worse = (entity_counts(GOLD, answers([i % 10 < k for i in range(300)])) for k in (9, 6, 3))
    f1 = [2 * k / (k + 10) for k in (9, 6, 3)]
    found = bootstrap([good], [poor, worse], samples=50)
    assert found.difference == pytest.approx(f1[0] - (f1[1] + f1[2]) / 2)
