"""The partial score of event arguments by the characters they share, as the DuEE tasks score them."""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from globalpointer.evaluation.counts import ratio
from globalpointer.evaluation.surfaces import surface
from globalpointer.text.spans import TRIGGER, Document


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many different argument strings are gold and found, and what the found ones score together.

    A found argument scores only against gold ones of the same event label and role: the F1 of their characters, with
    P = shared / found characters and R = shared / gold ones, case folded. Each gold string answers for one found string
    at most, the best pairs first. precision = score / found, recall = score / gold.

    As the task says, the best of the expressions that gold has is taken, and events of one label count as one. It does
    not say what happens where two found strings fit one gold string; here the second scores 0, so that recall stays
    within 1.

    Source: the task descriptions of LIC 2020 and Qianyan for DuEE 1.0 (Li et al., 2020).
    """

    gold: int = 0
    found: int = 0
    score: float = 0.0

    def __add__(self, other: "Overlap") -> "Overlap":
        return Overlap(self.gold + other.gold, self.found + other.found, self.score + other.score)

    @property
    def precision(self) -> float:
        """The mean score of a found argument."""
        return ratio(self.score, self.found)

    @property
    def recall(self) -> float:
        """The mean score of a gold argument."""
        return ratio(self.score, self.gold)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return ratio(2 * self.score, self.gold + self.found)

    def to_dict(self) -> dict[str, float]:
        """As JSON: the rates, then what they are made of."""
        rates = {"f1": self.f1, "precision": self.precision, "recall": self.recall}
        return {**rates, "gold": self.gold, "found": self.found, "score": self.score}


def overlap(gold: Document, found: Document) -> Overlap:
    """The score of one document. Triggers are no arguments."""
    golds, founds = _strings(gold), _strings(found)
    scores = [_best(golds[each], founds[each]) for each in sorted(golds.keys() & founds.keys())]
    return Overlap(sum(map(len, golds.values())), sum(map(len, founds.values())), math.fsum(scores))


def shared(one: str, other: str) -> float:
    """The F1 of the characters of two strings, each as often as it occurs; 1 for two empty ones."""
    return 1.0 if one == other else 2 * (Counter(one) & Counter(other)).total() / (len(one) + len(other))


def _strings(document: Document) -> Mapping[tuple[str, str], set[str]]:
    made: dict[tuple[str, str], set[str]] = {}
    for event in document.events or ():
        for each in event.arguments:
            if each.role != TRIGGER:
                text = surface(document.text[each.start : each.end])
                made.setdefault((event.label, each.role), set()).add(text)
    return made


def _best(golds: Collection[str], founds: Collection[str]) -> float:
    """The scores of the best pairs, each string in one; of equal pairs the same ones whichever side is called gold."""
    pairs = [(-shared(one, other), sorted((one, other)), one, other) for one in golds for other in founds]
    free_golds, free_founds, scores = set(golds), set(founds), []
    for score, _, one, other in sorted(pairs):
        if one in free_golds and other in free_founds:
            free_golds.remove(one)
            free_founds.remove(other)
            scores.append(-score)
    return math.fsum(scores)
