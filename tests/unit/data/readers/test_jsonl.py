"""Our own form: exact, and clear about what is wrong."""

import json

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import DataError


@pytest.fixture
def one(tmp_path):
    def make(record, **options):
        path = tmp_path / "a.jsonl"
        path.write_text(json.dumps(record), encoding="utf-8")
        (document,) = read(path, "jsonl", **options)
        return document

    return make


def test_everything_a_document_has(one):
    record = {
        "text": "Ann sings 🎵 here",
        "entities": [
            {"start": 10, "end": 11, "label": "NOTE"},
            {"start": 0, "end": 3, "label": "PER", "text": "Ann", "score": 0.5},
        ],
        "id": 7,
        "meta": {"source": "x"},
        "extra": [1],
    }
    document = one(record)
    assert [(each.label, each.text, each.score) for each in document.entities] == [
        ("PER", "Ann", 0.5),
        ("NOTE", "🎵", None),
    ]
    assert document.id == "7"
    assert document.meta == {"source": "x", "extra": [1]}


def test_annotated_or_not(one):
    assert one({"text": "a"}).entities is None
    assert one({"text": "a", "entities": []}).entities == ()
    assert one({"text": ""}).text == ""


WRONG = [
    ({"start": 2, "end": 1, "label": "A"}, "0 <= start < end, found start=2, end=1"),
    ({"start": 1, "end": 1, "label": "A"}, "0 <= start < end"),
    ({"start": -1, "end": 1, "label": "A"}, "0 <= start < end"),
    ({"start": 0, "end": 99, "label": "A"}, "the text has 5 characters; offsets count code points"),
    ({"start": 0.0, "end": 1, "label": "A"}, "must be an integer, found 0.0"),
    ({"start": "0", "end": 1, "label": "A"}, "must be an integer, found '0'"),
    ({"start": True, "end": 2, "label": "A"}, "must be an integer, found True"),
    ({"start": 0, "end": 1, "label": ""}, "a label must be a string that is not blank"),
    ({"start": 0, "end": 1, "label": "A\ud83d"}, "a label must not hold half of a surrogate pair"),
    ({"start": 0, "end": 1, "label": 3}, "a label must be a string that is not blank, found 3"),
    ({"start": 0, "end": 1}, "'label' missing"),
    ({"start": 0, "end": 2, "label": "A", "text": "xy"}, "the mention is 'xy', but the text has 'ab' at 0:2"),
    ({"start": 0, "end": 2, "label": "A", "score": "high"}, "a score must be a number"),
    ([0, 2, "A"], "found \\[0, 2, 'A'\\]"),
]


@pytest.mark.parametrize(("entity", "said"), WRONG)
def test_a_wrong_entity_is_an_error_with_its_line(one, entity, said):
    with pytest.raises(DataError, match=r"a\.jsonl:1: entity 1: .*" + said):
        one({"text": "abcde", "entities": [{"start": 0, "end": 1, "label": "A"}, entity]})


@pytest.mark.parametrize(("entity", "said"), WRONG)
def test_a_wrong_entity_can_be_left_out(one, entity, said):
    notes = Notes()
    record = {"text": "abcde", "entities": [{"start": 3, "end": 4, "label": "B"}, entity]}
    document = one(record, on_error="skip", notes=notes)
    assert [each.label for each in document.entities] == ["B"]
    assert notes.counts() == {"dropped": 1}


def test_a_second_one_of_the_same_is_noted(one):
    notes = Notes()
    same = {"start": 0, "end": 2, "label": "A"}
    document = one({"text": "abc", "entities": [same, {**same, "label": "B"}, same]}, notes=notes)
    assert [each.label for each in document.entities] == ["A", "B"]
    assert notes.counts() == {"duplicate": 1}


@pytest.mark.parametrize(
    "record", [{"words": "a"}, {"text": 3}, {"text": None}, {"text": "a", "entities": {}}, {"text": "a", "meta": []}]
)
def test_a_wrong_record(one, record):
    with pytest.raises(DataError, match=r"a\.jsonl:1: expected"):
        one(record)


def test_a_long_text_without_a_blank(one):
    assert len(one({"text": "x" * 1_000_000}).text) == 1_000_000
