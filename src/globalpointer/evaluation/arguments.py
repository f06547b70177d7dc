"""When a found event, argument or trigger is right, how the others are wrong, and the slices of arguments.

Every comparison is one of sets: two events of a document with the same label and arguments are one event, and an
argument that two events of one label share counts once.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from globalpointer.evaluation.compare import Error, Rule, apart, differences, exact, split
from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.ledger import Totals
from globalpointer.evaluation.surfaces import surface
from globalpointer.text.schema import role_name
from globalpointer.text.spans import TRIGGER, Document, Event, Span

ERRORS = ("missed", "spurious", "wrong role", "wrong event label", "wrong border", "wrong grouping")
"""All but the last are about arguments and triggers. wrong role, wrong event label: the right span in another role of
the event label, or under another event label. wrong border: the right role, overlapping. wrong grouping: an event that
only one side has whole, although the other has each of its arguments and triggers, and nothing else explains it."""

SLICES: Mapping[str, tuple[str, ...]] = {
    "events": ("0", "1", "several"),
    "sharing": ("apart", "shared"),
    "arguments": ("0", "1", "2", "3", "4", ">=5"),
    "mention": ("seen", "unseen"),
}
"""Every group of slices; all gold and found arguments of a document count in the slices of its gold.

events: how many gold events the document has. sharing: whether two of them have a span in common, be it argument or
trigger. arguments: how many gold arguments it has. mention: whether the surface of the argument itself is among those
seen in training.
"""


@dataclass(frozen=True, slots=True)
class EventArgument:
    """An argument or a trigger under the label of its event."""

    event: str
    role: str
    span: Span

    @property
    def name(self) -> str:
        """Event label and role, as in "hire/who": see `role_name`."""
        return role_name(self.event, self.role)


def everything(document: Document) -> frozenset[EventArgument]:
    """The arguments and triggers of all events."""
    return frozenset(
        EventArgument(event.label, each.role, each.span) for event in document.events or () for each in event.arguments
    )


def without_triggers(arguments: AbstractSet[EventArgument]) -> frozenset[EventArgument]:
    """The arguments proper."""
    return frozenset(each for each in arguments if each.role != TRIGGER)


def order(argument: EventArgument) -> tuple[int, int, str, str]:
    """From left to right."""
    return argument.span.start, argument.span.end, argument.event, argument.role


def errors(gold: Document, found: Document) -> list[Error[EventArgument] | Error[Event]]:
    """What is wrong in one document, each gold and each found argument and trigger in at most one error."""
    golds, founds = everything(gold), everything(found)
    made = differences(sorted(golds - founds, key=order), sorted(founds - golds, key=order), _RULES)
    wrong = sorted(made, key=lambda each: order(each.gold or each.found))  # type: ignore[arg-type]
    missed, spurious = _only(gold, found), _only(found, gold)
    return [
        *wrong,
        *(Error("wrong grouping", event, None) for event in _regrouped(missed, spurious, golds, founds)),
        *(Error("wrong grouping", None, event) for event in _regrouped(spurious, missed, founds, golds)),
    ]


def _only(one: Document, other: Document) -> list[Event]:
    """The events that the first document has and the second has not."""
    there = frozenset(other.events or ())
    return [event for event in dict.fromkeys(one.events or ()) if event not in there]


def _regrouped(
    events: Sequence[Event],
    others: Sequence[Event],
    here: AbstractSet[EventArgument],
    there: AbstractSet[EventArgument],
) -> list[Event]:
    """The events of one side of which the other side has every part.

    Not those that lie within an event of the other side which has one part too many: that part is the error.
    """
    larger = [parts for parts in map(_parts, others) if not parts <= here]
    return [event for event in events if (own := _parts(event)) <= there and not any(own <= parts for parts in larger)]


_RULES: tuple[Rule[EventArgument], ...] = (
    Rule("wrong role", lambda each: (each.event, each.span), lambda each: (each.event, each.span)),
    Rule("wrong event label", lambda each: each.span, lambda each: each.span),
    Rule(
        "wrong border", lambda each: each.name, lambda each: each.name, lambda one, other: apart(one.span, other.span)
    ),
)


class ArgumentSlices:
    """Counts of arguments by slice, grown document by document."""

    def __init__(self, seen: Collection[str] | None) -> None:
        self.totals = Totals(
            {group: parts for group, parts in SLICES.items() if group != "mention" or seen is not None}, Counts()
        )
        self._seen = None if seen is None else frozenset(map(surface, seen))

    def add(self, gold: Document, golds: AbstractSet[EventArgument], founds: AbstractSet[EventArgument]) -> None:
        """Count the arguments of one document."""
        counts = exact(golds, founds)
        events = frozenset(gold.events or ())
        self.totals.add("events", {SLICES["events"][min(len(events), 2)]: counts})
        self.totals.add("sharing", {"shared" if _sharing(events) else "apart": counts})
        self.totals.add("arguments", {SLICES["arguments"][min(len(golds), 5)]: counts})
        if self._seen is not None:
            seen, text = self._seen, gold.text
            self.totals.add("mention", split(golds, founds, lambda each: _mention(text, each, seen)))


def _sharing(events: AbstractSet[Event]) -> bool:
    times = Counter(span for event in events for span in {each.span for each in event.arguments})
    return any(count > 1 for count in times.values())


def _mention(text: str, argument: EventArgument, seen: AbstractSet[str]) -> str:
    return "seen" if surface(text[argument.span.start : argument.span.end]) in seen else "unseen"


def _parts(event: Event) -> frozenset[EventArgument]:
    return frozenset(EventArgument(event.label, each.role, each.span) for each in event.arguments)
