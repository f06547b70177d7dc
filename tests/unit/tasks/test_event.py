import pytest

from globalpointer.errors import AlignmentError, DataError, LimitWarning, SchemaError
from globalpointer.grid import Cell, Grid
from globalpointer.tasks import event as module
from globalpointer.tasks.event import EventTask
from globalpointer.tasks.thresholds import Thresholds, sigmoid
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Argument, Document, Event, Span
from globalpointer.text.tokens import TokenMap

TEXT = "Acme hired Ann"
TOKENS = TokenMap((None, Span(0, 4), Span(5, 10), Span(11, 14), None))
SCHEMA = Schema(events={"hire": ("trigger", "who", "whom"), "quit": ("trigger", "who")})
HIRE = Event(
    "hire",
    frozenset(
        Argument(role, Span(*span), TEXT[slice(*span)])
        for role, span in (("trigger", (5, 10)), ("who", (0, 4)), ("whom", (11, 14)))
    ),
)
LINKS = {Cell(0, 1, 2), Cell(0, 1, 3), Cell(0, 2, 3)}


def test_an_event_is_its_arguments_and_a_link_between_every_two() -> None:
    task = EventTask(SCHEMA)
    encoding = task.encode(Document(TEXT, events=(HIRE,)), TOKENS)
    arguments = {Cell(0, 2, 2), Cell(1, 1, 1), Cell(2, 3, 3)}
    assert encoding.cells == {"argument": arguments, "event.head": LINKS, "event.tail": LINKS}
    labels = ("hire/trigger", "hire/who", "hire/whom", "quit/trigger", "quit/who")
    links = [Grid(name, ("link",), True, None, True) for name in ("event.head", "event.tail")]
    assert task.grids == (Grid("argument", labels), *links)


def test_the_score_of_an_event_is_that_of_its_weakest_part() -> None:
    task = EventTask(SCHEMA, slopes={"event": 2.0})
    links = dict.fromkeys(LINKS, 3.0)
    cells = {
        "argument": {Cell(0, 2, 2): 4.0, Cell(1, 1, 1): 1.0, Cell(2, 3, 3): 2.0},
        "event.head": {**links, Cell(0, 1, 3): 0.5},
        "event.tail": links,
    }
    (found,) = task.decode(cells, TEXT, TOKENS).events
    assert found == HIRE
    assert found.score == sigmoid(1.0)
    assert [each.score for each in found.ordered()] == [sigmoid(2.0), sigmoid(8.0), sigmoid(4.0)]
    assert found.triggers[0].text == "hired"


def test_of_an_event_with_an_argument_that_has_no_cell_the_rest_is_learned_and_the_event_lost() -> None:
    broken = Event("hire", frozenset({*HIRE.arguments, Argument("who", Span(0, 2), "Ac")}))
    encoding = EventTask(SCHEMA).encode(Document(TEXT, events=(broken,)), TOKENS)
    assert encoding.lost == {broken: "alignment"}
    assert encoding.cells["event.head"] == LINKS


def test_unknown_labels_and_roles_empty_events_and_missing_annotation_are_errors() -> None:
    task = EventTask(SCHEMA)
    with pytest.raises(DataError, match="events is None"):
        task.encode(Document(TEXT), TOKENS)
    for label, role, said in (
        ("hires", "who", "event 'hires'.*nearest: 'hire'"),
        ("hire", "when", "role of 'hire' 'when'"),
    ):
        wrong = Document(TEXT, events=(Event(label, frozenset({Argument(role, Span(0, 4), "Acme")})),))
        with pytest.raises(SchemaError, match=said):
            task.encode(wrong, TOKENS)
    with pytest.raises(AlignmentError, match="no arguments"):
        Event("hire", frozenset())
    with pytest.raises(AlignmentError, match="ends at 99"):
        Document(TEXT, events=(Event("hire", frozenset({Argument("who", Span(0, 99), "")})),))


def test_thresholds_are_those_of_the_event_label_and_links_take_the_most_lenient() -> None:
    given = Thresholds.of({"hire": sigmoid(2.0), "quit": sigmoid(1.0)}, SCHEMA)
    limits = EventTask(SCHEMA, slopes={"event": 0.5}).limits(given)
    assert limits["argument"] == pytest.approx((4.0, 4.0, 4.0, 2.0, 2.0))
    assert limits["event.head"] == limits["event.tail"] == pytest.approx((2.0,))


def test_too_many_groups_are_cut_and_it_is_said(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    cells = {"argument": {Cell(0, index, index): 1.0 for index in range(1, 4)}}
    with pytest.warns(LimitWarning, match="3 arguments of one event label form more than 2 groups"):
        found = EventTask(SCHEMA).decode(cells, TEXT, TOKENS)
    assert len(found.events) == 2
