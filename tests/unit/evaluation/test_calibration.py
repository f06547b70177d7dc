import math

import numpy as np
import pytest

from globalpointer.errors import ConfigError, DataError
from globalpointer.evaluation.calibration import SLOPES, Calibration, calibrate, calibration_error, fit_slope


def test_the_error_by_hand() -> None:
    # bin (0.5, 0.6]: mean 0.55, all right; bin (0.8, 0.9]: mean 0.9, half right
    assert calibration_error([0.5, 0.6, 0.9, 0.9], [True, True, True, False]) == pytest.approx(
        0.25 * 0.5 + 0.25 * 0.4 + 0.5 * 0.4
    )
    assert calibration_error([], []) == 0.0
    assert calibration_error([0.0, 1.0], [False, True]) == 0.0


def test_a_calibration_comes_back_from_json() -> None:
    made = calibrate([0.5, 0.93, 0.97], [True, False, True], bins=4)
    assert [(each.low, each.high, each.count) for each in made.bins] == [(0.25, 0.5, 1), (0.75, 1.0, 2)]
    assert Calibration.from_dict(made.to_dict()) == made


def test_the_slope_that_made_the_answers_is_found_again() -> None:
    generator = np.random.default_rng(3)
    logits = generator.normal(size=20_000) * 3
    for slope in (0.2, 1.0, 2.5):
        right = generator.random(20_000) < 1 / (1 + np.exp(-slope * logits))
        assert fit_slope(logits.tolist(), right.tolist()) == pytest.approx(slope, rel=0.08)


def test_the_slope_by_hand() -> None:
    # three right of four at logit 1: sigmoid(a) = 3/4
    assert fit_slope([1.0] * 4, [True, True, True, False]) == pytest.approx(math.log(3), rel=1e-9)


def test_the_slope_is_bounded_and_1_without_evidence() -> None:
    assert fit_slope([1.0, 2.0], [True, True]) == SLOPES[1]
    assert fit_slope([1.0, 2.0], [False, False]) == SLOPES[0]
    assert fit_slope([1e300], [False]) == SLOPES[0]
    assert fit_slope([], []) == fit_slope([0.0, 0.0], [True, False]) == 1.0
    assert fit_slope([1e300, -1e300], [True, False]) == 1.0  # certain and right already


def test_what_is_no_probability_or_no_number_is_refused() -> None:
    with pytest.raises(DataError, match="probabilities"):
        calibration_error([1.5], [True])
    with pytest.raises(DataError, match="1 of 2 are not"):
        fit_slope([1.0, math.nan], [True, False])
    with pytest.raises(DataError, match="one length"):
        fit_slope([1.0], [])
    with pytest.raises(ConfigError, match="at least 1 bin"):
        calibrate([0.5], [True], bins=0)
