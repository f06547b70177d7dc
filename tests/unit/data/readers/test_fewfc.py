"""FewFC: mentions with spans, the trigger among them."""

import json

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import DataError

TEXT = "Blue Lake bought 90 shares"


@pytest.fixture
def one(tmp_path):
    def make(*events, notes=None, **options):
        path = tmp_path / "a.json"
        path.write_text(json.dumps({"content": TEXT, "id": "7", "events": list(events)}) + "\r\n", encoding="utf-8")
        (document,) = read(path, "fewfc", notes=notes, **options)
        return document

    return make


def event(*mentions, label="deal"):
    return {"type": label, "mentions": [{"word": word, "span": span, "role": role} for word, span, role in mentions]}


BOUGHT = ("bought", [10, 16], "trigger")


def found(document):
    return [(each.label, [(one.role, one.text) for one in each.ordered()]) for each in document.events]


def test_events(one):
    document = one(event(("90", [17, 19], "number"), BOUGHT, ("Blue Lake", [0, 9], "sub")), event(BOUGHT, label="buy"))
    assert found(document) == [
        ("deal", [("sub", "Blue Lake"), ("trigger", "bought"), ("number", "90")]),
        ("buy", [("trigger", "bought")]),
    ]
    assert (document.id, document.text, document.entities) == ("7", TEXT, None)
    assert one(event(BOUGHT), labelled=False).events is None
    assert one().events == ()


def test_what_does_not_stand_where_it_should(one):
    notes = Notes()
    wrong = [("90", [17, 20], "number"), ("90", [17], "number"), ("90", None, "number"), ("90", [17, 19], None)]
    document = one(event(*wrong, BOUGHT), event(("90", [17, 19], "number"), ("sold", [10, 16], "trigger")), notes=notes)
    assert found(document) == [("deal", [("trigger", "bought")])]
    said = [note.message for note in notes]
    assert said[0] == "event deal: number '90': the mention is '90', but the text has '90 ' at 17:20"
    assert said[4].startswith("event deal, left out whole: trigger 'sold'")
    assert notes.counts() == {"dropped": 5}
    with pytest.raises(DataError, match=r"a\.json:1: event deal"):
        one(event(*wrong), on_error="raise")


def test_the_same_twice(one):
    notes = Notes()
    assert len(one(event(BOUGHT, BOUGHT), event(BOUGHT), notes=notes).events) == 1
    assert notes.counts() == {"duplicate": 2}
