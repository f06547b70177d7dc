"""DuEE: mentions as strings with their first character."""

import json

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import DataError

TEXT = "Blue Lake fired 90 people in May"


def event(trigger="fired", start=10, label="dismissal", arguments=()):
    given = [{"role": role, "argument": text, "argument_start_index": at, "alias": []} for role, text, at in arguments]
    return {"event_type": label, "trigger": trigger, "trigger_start_index": start, "arguments": given, "class": "x"}


@pytest.fixture
def one(tmp_path):
    def make(*events, notes=None, **options):
        path = tmp_path / "a.json"
        record = {"text": TEXT, "id": "7", "source": "s", **({"event_list": list(events)} if events else {})}
        path.write_text(json.dumps(record), encoding="utf-8")
        (document,) = read(path, "duee", notes=notes, **options)
        return document

    return make


def found(document):
    return [(each.label, [(one.role, one.text, one.start) for one in each.ordered()]) for each in document.events]


def test_events_with_their_triggers(one):
    who, when = ("who", "Blue Lake", 0), ("when", "May", 29)
    document = one(event(arguments=[when, who]), event("people", 19, "crowd"))
    assert found(document) == [
        ("dismissal", [("who", "Blue Lake", 0), ("trigger", "fired", 10), ("when", "May", 29)]),
        ("crowd", [("trigger", "people", 19)]),
    ]
    assert (document.id, document.meta, document.entities) == ("7", {"source": "s"}, None)


def test_a_file_without_events_is_not_annotated(one):
    assert one().events is None
    assert one(event(), labelled=False).events is None


def test_what_does_not_stand_where_it_should(one):
    notes = Notes()
    wrong = [("who", "Blue", 1), ("when", "May", None), ("many", 90, 16), ("", "May", 29), ("when", "May", 29)]
    document = one(event(arguments=wrong), event("hired"), event("fired", -1), event(label=""), notes=notes)
    assert found(document) == [("dismissal", [("trigger", "fired", 10), ("when", "May", 29)])]
    said = [note.message for note in notes]
    assert said[0] == "event dismissal: who 'Blue': the mention is 'Blue', but the text has 'lue ' at 1:5"
    assert said[1] == "event dismissal: when 'May': an offset must be an integer, found None"
    assert "an offset must be an integer, found None" in said[2]
    assert "a role must be a string that is not blank" in said[3]
    assert said[4].startswith("event dismissal, left out whole: trigger 'hired': the mention is 'hired'")
    assert said[5].startswith("event dismissal, left out whole: trigger 'fired': a span needs")
    assert said[6] == "an event: a label must be a string that is not blank, found ''"
    assert notes.counts() == {"dropped": 7}
    with pytest.raises(DataError, match=r"a\.json:1: event dismissal: who"):
        one(event(arguments=wrong), on_error="raise")


def test_the_same_twice(one):
    notes = Notes()
    document = one(event(arguments=[("when", "May", 29), ("when", "May", 29)]), event(), event(), notes=notes)
    assert len(document.events) == 2
    assert notes.counts() == {"duplicate": 2}


def test_an_event_without_a_trigger(one):
    bare = {"event_type": "x", "arguments": [{"role": "when", "argument": "May", "argument_start_index": 29}]}
    assert found(one(bare)) == [("x", [("when", "May", 29)])]
    notes = Notes()
    assert one({"event_type": "x"}, notes=notes).events == ()
    assert [note.message for note in notes] == ["event x has no arguments, not even a trigger"]


@pytest.mark.parametrize("events", ["[1]", '{"a": 1}', '[{"event_type": "x", "arguments": 3}]'])
def test_lists_that_are_none(tmp_path, events):
    (tmp_path / "a.json").write_text(f'{{"text": "a", "event_list": {events}}}')
    with pytest.raises(DataError, match=r"a\.json:1: expected a list of objects under"):
        list(read(tmp_path / "a.json", "duee"))
