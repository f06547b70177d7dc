"""From the probabilities that a user sees to the logits that cells carry, and back."""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real

from globalpointer.errors import ConfigError
from globalpointer.text.schema import Schema

Limits = Mapping[str, tuple[float, ...]]
"""The least logit of a cell, by the name of its grid and by type."""

KINDS = ("entity", "relation", "event", "answer")

EVERY = "*"
"""Whatever is not named, in thresholds by name."""

UNDECIDED = 0.5
"""The probability of logit 0, which is where training draws the line."""

CERTAIN = 1.0 - 2.0**-53
"""The largest probability below 1: so much a score says that rounds to 1, so that every score has a logit."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least score of what is given out: one for all, by kind ("relation"), or by label, the narrowest counts."""

    general: float = UNDECIDED
    named: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls, given: float | Mapping[str, float] | None, schema: Schema, own: Mapping[str, float] | None = None
    ) -> "Thresholds":
        """What a user gave: a probability, or probabilities by kind or label, that of all others under EVERY.

        `own`: by kind, the thresholds of what the user did not name. ConfigError names what is unknown. Of answers the
        best one may always be given: a threshold of 0.
        """
        if given is None:
            return cls(named=own or {})
        least = 0.0 if "answer" in (own or {}) else None
        if not isinstance(given, Mapping):
            return cls(_checked(given, least))
        labels = {"entity": schema.entities, "relation": schema.relations, "event": schema.events, "answer": ()}
        kinds = [kind for kind in KINDS if labels[kind] or kind in (own or {})]
        known = [*kinds, *(name for names in labels.values() for name in names)]
        for name in given:
            if name not in (*known, EVERY):
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"nearest: {near[0]!r}" if near else f"known: {', '.join(known)}"
                raise ConfigError(f"threshold names an unknown label, {name!r} ({hint})")
        checked = {name: _checked(each, least) for name, each in given.items()}
        if EVERY in checked:
            return cls(checked.pop(EVERY), checked)
        return cls(named={**(own or {}), **checked})

    def score(self, kind: str, label: str) -> float:
        """The least score of an annotation."""
        return self.named.get(label, self.named.get(kind, self.general))

    def logits(self, kind: str, labels: Iterable[str], slope: float) -> tuple[float, ...]:
        """The least logit for each label, where the score is sigmoid(slope * logit)."""
        return tuple(logit(self.score(kind, label)) / slope for label in labels)


def sigmoid(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    grown = math.exp(value)
    return grown / (1.0 + grown)


def logit(probability: float) -> float:
    """The inverse of `sigmoid`; that of 1 is the largest it has."""
    probability = min(probability, CERTAIN)
    return math.log(probability) - math.log1p(-probability)


def check_slopes(slopes: Mapping[str, float], kinds: Sequence[str]) -> None:
    """Raise ConfigError for a slope that turns scores round, or of a kind that the task does not have."""
    for kind, slope in slopes.items():
        if kind not in kinds:
            raise ConfigError(f"a slope is given for {kind!r}; this task has: {', '.join(kinds)}")
        if not slope > 0:
            raise ConfigError(f"the slope of a score must be above 0, not {slope}")


def _checked(probability: float, least: float | None) -> float:
    """A threshold as it was given. `least`: the one that is taken though it is not above 0."""
    number = isinstance(probability, Real) and not isinstance(probability, bool)
    if not (number and (0 < probability < 1 or probability == least)):
        bounds = "both excluded" if least is None else "from 0, where every question is answered, to below 1"
        raise ConfigError(f"a threshold is a probability between 0 and 1, {bounds}, got {probability!r}")
    return probability
