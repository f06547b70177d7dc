"""Gold documents against found ones: every number that is reported about events."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from globalpointer.evaluation.arguments import (
    ERRORS,
    ArgumentSlices,
    EventArgument,
    errors,
    everything,
    without_triggers,
)
from globalpointer.evaluation.compare import exact, split
from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.ledger import Ledger
from globalpointer.evaluation.outcome import Outcome
from globalpointer.evaluation.overlap import Overlap, overlap
from globalpointer.evaluation.pairs import ANNOTATION, pairs
from globalpointer.text.spans import TRIGGER, Document

MATCHES = ("argument", "trigger", "trigger identification", "event exact")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReport(Outcome):
    """The scores of found events; sets throughout, see `globalpointer.evaluation.arguments`.

    `matches` has the counts of each score. "argument": event label, role and span, triggers left out, as the author of
    GPLinker scores them; this is the headline. "trigger": event label and span of the trigger. "trigger
    identification": its span alone. "event exact": the label and all arguments with their spans, triggers included.

    `labels`: "argument" by event label. `roles`: by event label and role, as `role_name` puts them together, triggers
    included. `overlap`: arguments by the characters they share. `errors` are about arguments and triggers alike.
    """

    task: ClassVar[str] = "event"

    matches: Mapping[str, Counts]
    roles: Mapping[str, Counts]
    overlap: Overlap

    @property
    def measure(self) -> str:
        """Of the scores of events, the one that is the headline."""
        return "argument F1"

    def _own(self) -> dict[str, Any]:
        return {
            "matches": {name: counts.to_dict() for name, counts in self.matches.items()},
            "roles": {name: counts.to_dict() for name, counts in self.roles.items()},
            "overlap": self.overlap.to_dict(),
        }

    @classmethod
    def _read(cls, plain: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "matches": {name: Counts.from_dict(each) for name, each in plain["matches"].items()},
            "roles": {name: Counts.from_dict(each) for name, each in plain["roles"].items()},
            "overlap": Overlap(*(plain["overlap"][key] for key in ("gold", "found", "score"))),
        }


def evaluate_events(
    gold: Sequence[Document], found: Sequence[Document], *, unit: str = "character", seen: Collection[str] | None = None
) -> EventReport:
    """Compare found documents with gold ones, pair by pair in order.

    `unit` is noted in the report; nothing about events is measured in it. `seen`: the surfaces of the arguments in the
    training set (`mentions`). DataError where the two lists do not fit, or a document has no events annotated.
    """
    slices, total = ArgumentSlices(seen), Overlap()
    ledger: Ledger[EventArgument] = Ledger(lambda each: each.event, lambda each: each.name, ERRORS)
    matches = dict.fromkeys(MATCHES, Counts())
    roles: defaultdict[str, Counts] = defaultdict(Counts)
    for one, other in pairs(gold, found, *ANNOTATION["event"]):
        golds, founds = everything(one), everything(other)
        for name, counts in split(golds, founds, lambda each: each.name).items():
            roles[name] += counts
        for name, counts in _matches(one, other).items():
            matches[name] += counts
        golds, founds = without_triggers(golds), without_triggers(founds)
        complete = frozenset(one.events or ()) == frozenset(other.events or ())
        ledger.add(golds, founds, errors(one, other), complete=complete)
        ledger.score(golds, _best_scores(other))
        slices.add(one, golds, founds)
        total += overlap(one, other)
    return EventReport(
        **ledger.outcome(),
        unit=unit,
        slices=slices.totals.slices(),
        matches=matches,
        roles=dict(sorted(roles.items())),
        overlap=total,
    )


def event_counts(gold: Sequence[Document], found: Sequence[Document]) -> list[Counts]:
    """The counts behind `EventReport.f1`, document by document."""
    return [
        exact(without_triggers(everything(one)), without_triggers(everything(other)))
        for one, other in pairs(gold, found, *ANNOTATION["event"])
    ]


def _matches(one: Document, other: Document) -> dict[str, Counts]:
    golds, founds = everything(one), everything(other)
    triggers = [frozenset(each for each in side if each.role == TRIGGER) for side in (golds, founds)]
    places = [frozenset(each.span for each in side) for side in triggers]
    return {
        "argument": exact(without_triggers(golds), without_triggers(founds)),
        "trigger": exact(*triggers),
        "trigger identification": exact(*places),
        "event exact": exact(frozenset(one.events or ()), frozenset(other.events or ())),
    }


def _best_scores(document: Document) -> dict[EventArgument, float]:
    """The score of each argument: the best one it has in the events it belongs to."""
    best: dict[EventArgument, float] = {}
    for event in document.events or ():
        for each in event.ordered():
            if each.score is not None and each.role != TRIGGER:
                key = EventArgument(event.label, each.role, each.span)
                best[key] = max(each.score, best.get(key, 0.0))
    return best
