"""Documents in the terminal: nothing that could move its cursor, and every annotation said."""

from hypothesis import given
from rich.console import Console
from tests.strategies import linked_documents

from globalpointer.text.spans import TRIGGER, Argument, Document, Entity, Event, Relation, Span
from globalpointer.view.console import console

TEXT = "Paris Opera sings"
PARIS, OPERA = Entity("LOC", Span(0, 5), "Paris"), Entity("ORG", Span(0, 11), "Paris Opera")


def printed(document: Document) -> str:
    screen = Console(width=80, record=True, quiet=False, file=None, force_terminal=False)
    with screen.capture() as caught:
        screen.print(console(document))
    return caught.get().rstrip("\n")


@given(linked_documents())
def test_no_control_character_comes_through_and_every_annotation_has_its_mark(document):
    shown = console(document).plain
    assert set("\x00\x1b\x9b").isdisjoint(shown)
    shown.encode()  # no half of a surrogate pair
    brackets = console(Document(document.text, document.entities)).plain
    assert shown.startswith(brackets)
    assert shown[len(brackets) :].count("\u2500") == len(document.relations)
    assert shown[len(brackets) :].count(": ") == len(document.events)


def test_nested_entities_are_brackets():
    assert printed(Document(TEXT, (PARIS, OPERA))) == "[[Paris]LOC Opera]ORG sings"


def test_relations_and_events_stand_in_lines_beneath():
    sings = Event("sing", frozenset({Argument(TRIGGER, Span(12, 17), "sings"), Argument("who", Span(0, 11), "")}))
    document = Document(TEXT, (PARIS, OPERA), relations=(Relation("in", OPERA, PARIS),), events=(sings,))
    assert printed(document).splitlines() == [
        "[[Paris]LOC Opera]ORG sings",
        "    Paris Opera \u2500in\u2192 Paris",
        "    sing:  who Paris Opera  trigger sings",
    ]


def test_what_was_not_annotated_is_said():
    assert "not annotated" in console(Document("x")).plain
    assert console(Document("x", None, events=())).plain == "x"
    assert console(Document("Ann", (Entity("PER", Span(0, 3), "Ann"),) * 2)).plain == "[Ann]PER"
