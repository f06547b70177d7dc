from hypothesis import given
from hypothesis import strategies as st

from globalpointer.text.schema import Schema, role_name, told
from globalpointer.text.spans import TRIGGER, Argument, Document, Entity, Event, Relation, Span

ANN, ACME = Entity("PER", Span(0, 3), "Ann"), Entity("ORG", Span(4, 8), "Acme")
HIRE = Event("hire", frozenset({Argument("who", Span(4, 8), "Acme"), Argument(TRIGGER, Span(0, 3), "Ann")}))
GOLD = Document(
    "Ann Acme", (ANN, ACME), relations=(Relation("at", ANN, ACME), Relation("at", ACME, ACME)), events=(HIRE,)
)


def test_a_schema_is_what_the_annotation_uses() -> None:
    more = Document("Ann Acme", (ANN, ACME), relations=(Relation("at", ANN, ACME),))
    schema = Schema.of([GOLD, more])
    assert schema.entities == ("ORG", "PER")
    assert schema.relations == {"at": (("PER", "ORG"), ("ORG", "ORG"))}  # the most frequent first
    assert schema.events == {"hire": (TRIGGER, "who")}
    assert Schema.from_dict(schema.to_dict()) == schema
    assert Schema(("A",)).to_dict() == {"entities": ["A"]}


def test_labels_that_it_lacks_are_counted_of_the_kinds_that_it_has() -> None:
    known = Schema(("ORG",), {"in": (("ORG", "ORG"),)})
    assert known.unknown([GOLD, GOLD]) == {"at": 4, "PER": 2}
    assert Schema(("ORG", "PER")).unknown([GOLD]) == {}
    assert (
        told(known.unknown([GOLD, GOLD]), "dev")
        == "6 annotations of dev have labels that the model does not know: 'at' (4), 'PER' (2)"
    )
    assert told(Schema.of([GOLD]).unknown([GOLD]), "dev") == ""


def test_roles_that_it_lacks_are_counted_for_events_that_it_has() -> None:
    assert Schema((), {}, {"hire": (TRIGGER,)}).unknown([GOLD, GOLD]) == {"hire/who": 2}
    assert Schema((), {}, {"fire": (TRIGGER,)}).unknown([GOLD]) == {"hire": 1}


@given(*[st.text(alphabet="/\\a", min_size=1, max_size=4)] * 4)
def test_no_two_roles_have_one_name(event, role, other_event, other_role) -> None:
    assert role_name("hire", "who") == "hire/who"
    same = (event, role) == (other_event, other_role)
    assert (role_name(event, role) == role_name(other_event, other_role)) == same
