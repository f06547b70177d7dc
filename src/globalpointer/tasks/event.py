"""Events by three grids: arguments with their roles, and links between any two of one event (GPLinker-event).

```
 hire{trigger: hired, who: Acme, whom: Ann}     argument      (hire/trigger, ..) (hire/who, ..) (hire/whom, ..)
                                                event.head    a link between the first tokens of every two
                                                event.tail    a link between their last tokens
```

An event is then a maximal clique: arguments of one label, every two of them linked.
"""

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, combinations_with_replacement, islice

from globalpointer.errors import LimitWarning
from globalpointer.grid import Cell, Grid, Pair, ScoredCells
from globalpointer.tasks.base import Encoding, Place, annotated, place
from globalpointer.tasks.cliques import maximal_cliques
from globalpointer.tasks.thresholds import Limits, Thresholds, check_slopes, sigmoid
from globalpointer.text.schema import Schema, index_of
from globalpointer.text.spans import TRIGGER, Annotation, Argument, Document, Event, Span
from globalpointer.text.tokens import TokenMap

ARGUMENT, HEAD, TAIL = "argument", "event.head", "event.tail"
LINK = ("link",)

MOST = 1000
"""Cliques of one label in one text that are looked at; only an untrained model has more."""


@dataclass(frozen=True)
class EventTask:
    """Events as cells of "argument", "event.head" and "event.tail"; the trigger is an argument like any other.

    `trigger`: a found group without a trigger is no event, for the labels that have one. `slopes`: {"event": a}; the
    score of an argument is sigmoid(a * logit), that of an event the one of its weakest argument or link.

    Links are of no label, undirected, and stored once, the smaller token first. Several events on one trigger, shared
    arguments and several arguments of one role come back from `decode(encode(document))`; so does all but what is in
    `lost`, whenever no event of a label is part of another, and no arguments of one label that belong to different
    events are all linked with each other: {a, b}, {b, c} and {a, c} come back as {a, b, c}. Links are by token, so two
    arguments that start at one token share their head links, and two that end at one their tail links.

    Source: Su, kexue.fm/archives/8926.
    """

    schema: Schema
    max_width: int | None = None
    trigger: bool = True
    slopes: Mapping[str, float] = field(default_factory=dict)
    overlap_policy: str = "allow"
    grids: tuple[Grid, ...] = field(init=False, repr=False, compare=False)
    _roles: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_slopes(self.slopes, ("event",))
        roles = tuple((label, role) for label, names in self.schema.events.items() for role in names)
        labels = tuple(f"{label}/{role}" for label, role in roles)
        links = (Grid(name, LINK, ordered=True, links=True) for name in (HEAD, TAIL))
        object.__setattr__(self, "_roles", roles)
        object.__setattr__(self, "grids", (Grid(ARGUMENT, labels, True, self.max_width), *links))

    def encode(self, document: Document, tokens: TokenMap) -> Encoding:
        """The cells of a document's events. DataError: not annotated; SchemaError: an unknown label or role.

        Of an event that has an argument without cells the others are kept: it is in `parts` and in `lost`.
        """
        annotated("events", document.events, document)
        parts: dict[Annotation, tuple[Place, ...]] = {}
        lost: dict[Annotation, str] = {}
        for event in document.events or ():
            pairs = {each: place(each.span, self.grids[0], tokens) for each in event.ordered()}
            faults = [pair for pair in pairs.values() if isinstance(pair, str)]
            if faults:
                lost[event] = faults[0]
            kept = {each: pair for each, pair in pairs.items() if not isinstance(pair, str)}
            parts[event] = tuple(self._places(event, kept))
        return Encoding.of(self.grids, parts, lost)

    def decode(self, cells: ScoredCells, text: str, tokens: TokenMap) -> Document:
        """The events that found cells stand for, each with its score, sorted by label and place."""
        slope = self.slopes.get("event", 1.0)
        heads, tails = cells.get(HEAD, {}), cells.get(TAIL, {})
        best: dict[Event, float] = {}
        for label, nodes in self._by_label(cells.get(ARGUMENT, {})).items():
            links = _links(nodes, heads, tails)
            for clique in self._cliques(nodes, links):
                names = {self._roles[nodes[index][0].type][1] for index in clique}
                if self.trigger and TRIGGER in self.schema.events[label] and TRIGGER not in names:
                    continue
                terms = [nodes[index][1] for index in clique]
                terms += [links[pair] for pair in combinations(sorted(clique), 2)]
                arguments = (self._argument(*nodes[index], slope, text, tokens) for index in clique)
                event = Event(label, _distinct(arguments), sigmoid(slope * min(terms)))
                best[event] = max(min(terms), best.get(event, -math.inf))
        return Document(text, events=tuple(sorted(best, key=_event_order)))

    def limits(self, thresholds: Thresholds) -> Limits:
        """The least logits; links have no label, so theirs is that of the most lenient event label."""
        slope = self.slopes.get("event", 1.0)
        of_label = dict(zip(self.schema.events, thresholds.logits("event", self.schema.events, slope), strict=True))
        links = (min(of_label.values()),)
        return {ARGUMENT: tuple(of_label[label] for label, _ in self._roles), HEAD: links, TAIL: links}

    def _places(self, event: Event, pairs: Mapping[Argument, Pair]) -> Iterator[Place]:
        for argument, pair in pairs.items():
            index_of(event.label, self.schema.events, "event")  # raises, and names the nearest label
            index_of(argument.role, self.schema.events[event.label], f"role of {event.label!r}")
            yield ARGUMENT, Cell(self._roles.index((event.label, argument.role)), *pair)
        for one, other in combinations(pairs.values(), 2):
            yield HEAD, _link(one[0], other[0])
            yield TAIL, _link(one[1], other[1])

    def _by_label(self, cells: Mapping[Cell, float]) -> dict[str, list[tuple[Cell, float]]]:
        nodes: dict[str, list[tuple[Cell, float]]] = {}
        for cell, logit in sorted(cells.items()):
            nodes.setdefault(self._roles[cell.type][0], []).append((cell, logit))
        return nodes

    def _cliques(
        self, nodes: Sequence[tuple[Cell, float]], links: Mapping[tuple[int, int], float]
    ) -> list[frozenset[int]]:
        neighbours: dict[int, set[int]] = {index: set() for index in range(len(nodes))}
        for one, other in links:
            neighbours[one].add(other)
            neighbours[other].add(one)
        cliques = list(islice(maximal_cliques(neighbours), MOST + 1))
        if len(cliques) > MOST:
            warnings.warn(
                f"{len(nodes)} arguments of one event label form more than {MOST} groups; the first were looked at. "
                "An untrained model does this; otherwise raise the threshold.",
                LimitWarning,
                stacklevel=3,
            )
        return cliques[:MOST]

    def _argument(self, cell: Cell, logit: float, slope: float, text: str, tokens: TokenMap) -> Argument:
        span = tokens.span(cell.row, cell.col)
        role = self._roles[cell.type][1]
        return Argument(role, span, text[span.start : span.end], sigmoid(slope * logit))


def _link(one: int, other: int) -> Cell:
    return Cell(0, min(one, other), max(one, other))


def _links(
    nodes: Sequence[tuple[Cell, float]], heads: Mapping[Cell, float], tails: Mapping[Cell, float]
) -> dict[tuple[int, int], float]:
    """Of every two linked nodes the weaker of their two links. Goes by pairs of places, which are fewer than nodes."""
    at: dict[Pair, list[int]] = {}
    for index, (cell, _) in enumerate(nodes):
        at.setdefault((cell.row, cell.col), []).append(index)
    links: dict[tuple[int, int], float] = {}
    for one, other in combinations_with_replacement(at, 2):
        head, tail = heads.get(_link(one[0], other[0])), tails.get(_link(one[1], other[1]))
        if head is None or tail is None:
            continue
        pairs = combinations(at[one], 2) if one == other else ((a, b) for a in at[one] for b in at[other])
        links |= {(min(pair), max(pair)): min(head, tail) for pair in pairs}
    return links


def _distinct(arguments: Iterator[Argument]) -> frozenset[Argument]:
    """Each argument once, with its best score: several tokens may share their characters."""
    best: dict[Argument, Argument] = {}
    for argument in arguments:
        if argument not in best or (argument.score or 0.0) > (best[argument].score or 0.0):
            best[argument] = argument
    return frozenset(best.values())


def _event_order(event: Event) -> tuple[str, list[tuple[Span, str]]]:
    return event.label, [(each.span, each.role) for each in event.ordered()]
