"""Events by three grids: arguments with their roles, and links between any two of one event (GPLinker-event).

```
 hire{trigger: hired, who: Acme, whom: Ann}     argument      (hire/trigger, ..) (hire/who, ..) (hire/whom, ..)
                                                event.head    a link between the first tokens of every two
                                                event.tail    a link between their last tokens
```

An event is then a maximal clique: arguments of one label, every two of them linked.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import ClassVar

import numpy as np

from globalpointer.errors import LimitWarning
from globalpointer.grid import Cell, Grid, Pair, ScoredCells, join
from globalpointer.tasks.base import Encoding, Place, annotated, place
from globalpointer.tasks.cliques import maximal_cliques
from globalpointer.tasks.thresholds import Limits, Thresholds, check_slopes, sigmoid
from globalpointer.text.schema import Schema, index_of, role_name
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

    asks: ClassVar[bool] = False
    ranks: ClassVar[int | None] = None

    schema: Schema
    max_width: int | None = None
    trigger: bool = True
    slopes: Mapping[str, float] = field(default_factory=dict)
    overlap_policy: str = "allow"
    kinds: tuple[str, ...] = field(default=("event",), init=False, repr=False, compare=False)
    grids: tuple[Grid, ...] = field(init=False, repr=False, compare=False)
    _roles: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_slopes(self.slopes, self.kinds)
        roles = tuple((label, role) for label, names in self.schema.events.items() for role in names)
        labels = tuple(role_name(label, role) for label, role in roles)
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
        linked = _linked(cells)
        best: dict[Event, Event] = {}
        for label, nodes in self._by_label(cells.get(ARGUMENT, {})).items():
            strength = _strength(nodes, linked)
            for clique in _cliques(strength):
                names = {self._roles[nodes[index][0].type][1] for index in clique}
                if self.trigger and TRIGGER in self.schema.events[label] and TRIGGER not in names:
                    continue
                weakest = float(strength[np.ix_(clique, clique)].min())
                arguments = (self._argument(*nodes[index], slope, text, tokens) for index in clique)
                event = Event(label, _distinct(arguments), sigmoid(slope * weakest))
                best[event] = max(event, best.get(event, event), key=lambda each: each.score or 0.0)
        return Document(text, events=tuple(sorted(best.values(), key=_event_order)))

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

    def _argument(self, cell: Cell, logit: float, slope: float, text: str, tokens: TokenMap) -> Argument:
        span = tokens.span(cell.row, cell.col)
        role = self._roles[cell.type][1]
        return Argument(role, span, text[span.start : span.end], sigmoid(slope * logit))


def _link(one: int, other: int) -> Cell:
    return Cell(0, min(one, other), max(one, other))


def _linked(cells: ScoredCells) -> dict[Pair, dict[Pair, float]]:
    """Of each place of an argument the places it is linked with, and the weaker of both links."""
    places = {(cell.row, cell.col) for cell in cells.get(ARGUMENT, {})}
    heads, tails = (_both_ways(cells.get(name, {})) for name in (HEAD, TAIL))
    linked: dict[Pair, dict[Pair, float]] = {place: {} for place in places}
    for one, kind, other in join(places, places, heads, tails):
        weaker = min(heads[Cell(kind, one[0], other[0])], tails[Cell(kind, one[1], other[1])])
        linked[one][other] = weaker
    return linked


def _both_ways(links: Mapping[Cell, float]) -> dict[Cell, float]:
    return {Cell(cell.type, *ends): logit for cell, logit in links.items() for ends in (cell[1:], cell[:0:-1])}


def _strength(nodes: Sequence[tuple[Cell, float]], linked: Mapping[Pair, Mapping[Pair, float]]) -> np.ndarray:
    """The logits of the arguments of one label on the diagonal, those of their links beside it; -inf: no link."""
    at: dict[Pair, list[int]] = {}
    for index, (cell, _) in enumerate(nodes):
        at.setdefault((cell.row, cell.col), []).append(index)
    strength = np.full((len(nodes), len(nodes)), -np.inf)
    for one, here in at.items():
        for other in linked[one].keys() & at.keys():
            strength[np.ix_(here, at[other])] = linked[one][other]
    np.fill_diagonal(strength, [logit for _, logit in nodes])
    return strength


def _cliques(strength: np.ndarray) -> list[list[int]]:
    """The maximal cliques, nodes in order; of too many the first ones."""
    neighbours = {index: set(np.flatnonzero(row > -np.inf).tolist()) - {index} for index, row in enumerate(strength)}
    cliques = [sorted(clique) for clique in islice(maximal_cliques(neighbours), MOST + 1)]
    if len(cliques) > MOST:
        warnings.warn(
            f"{len(strength)} arguments of one event label form more than {MOST} groups; the first were looked at. "
            "An untrained model does this; otherwise raise the threshold.",
            LimitWarning,
            stacklevel=3,
        )
    return cliques[:MOST]


def _distinct(arguments: Iterator[Argument]) -> frozenset[Argument]:
    """Each argument once, with its best score: several tokens may share their characters."""
    best: dict[Argument, Argument] = {}
    for argument in arguments:
        if argument not in best or (argument.score or 0.0) > (best[argument].score or 0.0):
            best[argument] = argument
    return frozenset(best.values())


def _event_order(event: Event) -> tuple[str, list[tuple[Span, str]]]:
    return event.label, [(each.span, each.role) for each in event.ordered()]
