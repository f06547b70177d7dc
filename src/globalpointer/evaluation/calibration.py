"""Whether a score of 0.8 is right in eight cases of ten: the error of that, and the slope that mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from globalpointer.errors import ConfigError, DataError

SLOPES = (0.05, 20.0)
"""The least and the largest slope that is ever fitted: a few perfect answers must not make every score 1."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers with `low < score <= high`: how many, their mean score, and the share that is right."""

    low: float
    high: float
    count: int
    score: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far scores and frequencies are apart. `error` is the expected calibration error over `count` answers."""

    error: float
    count: int
    bins: tuple[Bin, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON; empty bins are left out already."""
        bins = [{name: getattr(each, name) for name in Bin.__slots__} for each in self.bins]
        return {"error": self.error, "count": self.count, "bins": bins}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Calibration":
        """The inverse of `to_dict`."""
        return cls(plain["error"], plain["count"], tuple(Bin(**each) for each in plain["bins"]))


def calibrate(scores: Sequence[float], right: Sequence[bool], bins: int = 10) -> Calibration:
    """Compare scores with frequencies in bins of equal width. Scores are probabilities; empty bins are left out.

    Source: Guo et al., 2017, On Calibration of Modern Neural Networks, eq. 3.
    """
    if bins < 1:
        raise ConfigError(f"calibration needs at least 1 bin, not {bins}")
    values, hits = _paired(scores, right, "scores")
    if len(values) and not (values.min() >= 0 and values.max() <= 1):
        raise DataError(f"scores must be probabilities in [0, 1], found {values.min():g} to {values.max():g}")
    slots = np.clip(np.ceil(values * bins).astype(int) - 1, 0, bins - 1)
    made, error = [], 0.0
    for slot in np.unique(slots):
        chosen = slots == slot
        score, share = float(values[chosen].mean()), float(hits[chosen].mean())
        made.append(Bin(slot / bins, (slot + 1) / bins, int(chosen.sum()), score, share))
        error += abs(score - share) * float(chosen.mean())
    return Calibration(error, len(values), tuple(made))


def calibration_error(scores: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """The expected calibration error, in [0, 1]; 0 where there is no answer."""
    return calibrate(scores, right, bins).error


def fit_slope(logits: Sequence[float], right: Sequence[bool]) -> float:
    """The slope a, within `SLOPES`, for which sigmoid(a * logit) is the likeliest account of what was right.

    Only the slope is fitted, so logit 0 stays probability 0.5. Without answers, or where all logits are 0, it is 1. The
    likelihood is concave in a, so Newton's method within a shrinking bracket cannot miss.

    Source: Platt, 1999, with the intercept at 0; temperature scaling of Guo et al., 2017, for two classes.
    """
    values, hits = _paired(logits, right, "logits")
    values = np.clip(values, -1e6, 1e6)  # certain at any slope; beyond, squares would overflow
    if _gradient(values, hits, 1.0)[0] == 0:
        return 1.0
    low, high = SLOPES
    if _gradient(values, hits, low)[0] >= 0:
        return low
    if _gradient(values, hits, high)[0] <= 0:
        return high
    slope = 1.0
    for _ in range(100):
        gradient, curvature = _gradient(values, hits, slope)
        low, high = (low, slope) if gradient > 0 else (slope, high)
        step = slope - gradient / curvature if curvature > 0 else low
        moved = step if low < step < high else (low + high) / 2
        if abs(moved - slope) <= 1e-10 * slope:
            return float(moved)
        slope = moved
    return float(slope)


def _gradient(values: np.ndarray, hits: np.ndarray, slope: float) -> tuple[float, float]:
    """First and second derivative of the negative log-likelihood by the slope."""
    probability = 0.5 * (1.0 + np.tanh(0.5 * slope * values))
    return float(values @ (probability - hits)), float((values * values) @ (probability * (1 - probability)))


def _paired(values: Sequence[float], right: Sequence[bool], name: str) -> tuple[np.ndarray, np.ndarray]:
    numbers, hits = np.asarray(values, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if numbers.shape != hits.shape or numbers.ndim != 1:
        raise DataError(
            f"{name} and right must be two lists of one length, got shapes {numbers.shape} and {hits.shape}"
        )
    if not np.isfinite(numbers).all():
        raise DataError(
            f"{name} must be finite numbers; {int((~np.isfinite(numbers)).sum())} of {len(numbers)} are not"
        )
    return numbers, hits
