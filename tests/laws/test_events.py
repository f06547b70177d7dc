"""The law of the event task: what it encodes it decodes, on its conditions; and the counterexamples to them."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import event_documents, token_maps

from globalpointer.tasks.base import Task
from globalpointer.tasks.event import EventTask
from globalpointer.text.schema import Schema
from globalpointer.text.spans import TRIGGER, Argument, Document, Event, Span
from globalpointer.text.tokens import TokenMap

SCHEMA = Schema(events=dict.fromkeys(("hire", "move"), (TRIGGER, "where", "who")))
TEXT = "abcdefgh"
TOKENS = TokenMap(tuple(Span(index, index + 1) for index in range(len(TEXT))))


def decoded(task, encoding, text, tokens):
    return task.decode({name: dict.fromkeys(cells, 1.0) for name, cells in encoding.cells.items()}, text, tokens)


def linked(one, other, tokens, events):
    """Whether some events link the first tokens of two spans, and some their last ones."""
    pairs = [tuple(tokens.pair(each.span)) for each in (one, other)]
    links = [
        {
            frozenset((tokens.pair(a.span)[end], tokens.pair(b.span)[end]))
            for e in events
            for a, b in combinations(e.arguments, 2)
        }
        for end in (0, 1)
    ]
    return all(frozenset((pairs[0][end], pairs[1][end])) in links[end] for end in (0, 1))


@given(st.data())
def test_events_come_back_whenever_their_arguments_are_linked_with_no_others(data) -> None:
    document = data.draw(event_documents())
    tokens = data.draw(token_maps(document.text))
    task = EventTask(SCHEMA, trigger=False)
    assert isinstance(task, Task)
    encoding = task.encode(document, tokens)
    assert all(
        task.grids[index].holds(c.row, c.col) for index, g in enumerate(task.grids) for c in encoding.cells[g.name]
    )
    found = set(decoded(task, encoding, document.text, tokens).events)
    kept = [each for each in document.events if each not in encoding.lost]
    # Every event is one clique or a part of one, so it comes back whole, if perhaps not alone
    for event in kept:
        assert any(each.label == event.label and each.arguments >= event.arguments for each in found)
    if len(kept) == len(document.events):
        expected = set()
        for label in {event.label for event in kept}:
            nodes = sorted({a for e in kept if e.label == label for a in e.arguments}, key=lambda a: (a.span, a.role))
            groups = [
                frozenset(group)
                for size in range(1, len(nodes) + 1)
                for group in combinations(nodes, size)
                if all(linked(one, other, tokens, kept) for one, other in combinations(group, 2))
            ]
            expected |= {Event(label, each) for each in groups if not any(each < other for other in groups)}
        assert found == expected


def event(label, **roles):
    arguments = frozenset(
        Argument(role.rstrip("_"), Span(at, at + 1), TEXT[at]) for role, ats in roles.items() for at in ats
    )
    return Event(label, arguments)


def back(*events, trigger=True):
    document = Document(TEXT, events=events)
    task = EventTask(Schema.of([document]), trigger=trigger)
    return set(decoded(task, task.encode(document, TOKENS), TEXT, TOKENS).events)


def test_one_trigger_two_events_shared_arguments_and_several_of_one_role() -> None:
    events = {event("hire", trigger=[0], who=[1], whom=[2, 3]), event("hire", trigger=[0], who=[4], whom=[5])}
    assert back(*events) == events
    events = {event("hire", trigger=[0], who=[1], whom=[2]), event("hire", trigger=[3], who=[1], whom=[4])}
    assert back(*events) == events
    events = {event("hire", trigger=[0], who=[1]), event("move", trigger=[0], who=[1], to=[2])}
    assert back(*events) == events
    events = {event("hire", trigger=[0], who=[1], whom=[1])}  # two roles on one span
    assert back(*events) == events
    assert back(event("rain", trigger=[3])) == {event("rain", trigger=[3])}


def test_three_pairs_come_back_as_one_triple() -> None:
    pairs = [event("e", r=[0, 1]), event("e", r=[1, 2]), event("e", r=[0, 2])]
    assert back(*pairs) == {event("e", r=[0, 1, 2])}


def test_an_event_within_another_is_lost_in_it() -> None:
    assert back(event("e", r=[0, 1]), event("e", r=[0, 1, 2])) == {event("e", r=[0, 1, 2])}


def test_a_group_without_a_trigger_is_no_event_where_its_label_has_one() -> None:
    plain, named = event("e", r=[0, 1]), event("e", trigger=[2], r=[3])
    assert back(plain, named) == {named}
    assert back(plain, named, trigger=False) == {plain, named}
    assert back(plain) == {plain}  # this label has no trigger in the schema
    assert named.triggers[0].role == TRIGGER
