import pytest

from globalpointer.errors import ConfigError
from globalpointer.tasks.settle import settle
from globalpointer.tasks.thresholds import Thresholds, logit, sigmoid
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Answer, Argument, Document, Entity, Event, Relation, Span

SCHEMA = Schema(("A",), {"of": (("A", "A"),)}, {"go": ("who",)})
LONG, CROSSING, LAST = (
    Entity("A", Span(0, 2), "ab", 0.9),
    Entity("A", Span(1, 3), "bc", 0.6),
    Entity("A", Span(3, 4), "d", 0.8),
)


def test_a_relation_goes_with_an_end_that_overlaps_and_when_it_is_not_probable_enough() -> None:
    relations = (Relation("of", LONG, LAST, 0.7), Relation("of", CROSSING, LAST, 0.6), Relation("of", LAST, LONG, 0.55))
    found = Document("abcd", (LONG, CROSSING, LAST), relations=relations)
    assert settle(found, Thresholds(), "allow") == found
    kept = settle(found, Thresholds(), "nested")
    assert (kept.entities, kept.relations) == ((LONG, LAST), (relations[0], relations[2]))
    assert settle(found, Thresholds.of({"of": 0.65}, SCHEMA), "allow").relations == relations[:1]
    assert settle(found, Thresholds.of({"relation": 0.6}, SCHEMA), "allow").relations == relations[:2]


def test_an_entity_below_its_threshold_stays_only_as_an_end() -> None:
    weak = Entity("A", Span(0, 1), "a", 0.3)
    found = Document("abcd", (weak, LONG, LAST), relations=(Relation("of", weak, LAST, 0.25),))
    kept = settle(found, Thresholds.of(None, SCHEMA, {"relation": 0.2}), "allow")
    assert kept == found
    kept = settle(found, Thresholds.of(None, SCHEMA, {"relation": 0.26}), "allow")
    assert (kept.entities, kept.relations) == ((LONG, LAST), ())


def test_events_below_their_threshold_go_and_what_is_not_there_stays_so() -> None:
    events = tuple(
        Event("go", frozenset({Argument("who", Span(at, at + 1), "")}), score) for at, score in enumerate((0.4, 0.9))
    )
    kept = settle(Document("abcd", events=events), Thresholds(), "nested")
    assert (kept.entities, kept.relations, kept.events) == (None, None, events[1:])


def test_the_narrowest_threshold_counts_and_unknown_names_are_refused() -> None:
    with pytest.raises(ConfigError, match="unknown label, 'event'"):
        Thresholds.of({"event": 0.5}, Schema(("A",)))
    given = Thresholds.of({"entity": 0.7, "A": 0.9}, SCHEMA)
    assert [given.score("entity", label) for label in ("A", "B")] == [0.9, 0.7]
    assert given.score("relation", "of") == 0.5
    assert Thresholds.of(0.3, SCHEMA).score("event", "go") == 0.3
    with pytest.raises(ConfigError, match=r"unknown label, 'relations' .nearest: 'relation'"):
        Thresholds.of({"relations": 0.5}, SCHEMA)
    for wrong in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(ConfigError, match="between 0 and 1"):
            Thresholds.of(wrong, SCHEMA)


def test_logit_and_sigmoid_are_inverse_and_do_not_overflow() -> None:
    assert [sigmoid(value) for value in (-1e9, 0.0, 1e9)] == [0.0, 0.5, 1.0]
    for value in (-30.0, -1.0, 0.25, 8.0):
        assert logit(sigmoid(value)) == pytest.approx(value)


def test_answers_are_given_all_or_none() -> None:
    answers = (Answer(Span(0, 2), "ab", 0.3), Answer(Span(3, 4), "d", 0.1))
    found = Document("abcd", question="?", answers=answers, answerable=0.8)
    own = {"answer": 0.7}
    assert settle(found, Thresholds.of(None, SCHEMA, own), "allow") == found
    assert settle(found, Thresholds.of(0.8, SCHEMA, own), "allow").answers == answers
    silent = settle(found, Thresholds.of(0.81, SCHEMA, own), "allow")
    assert (silent.answers, silent.answerable) == ((), 0.8)
    gold = Document("abcd", question="?", answers=answers)
    assert settle(gold, Thresholds.of(0.99, SCHEMA, own), "allow") == gold
