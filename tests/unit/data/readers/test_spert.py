"""SpERT's form: tokens, entities over them, relations by index; and what is wrong with such files."""

import json

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import ConfigError, DataError


@pytest.fixture
def one(tmp_path):
    def make(record, notes=None, joiner=" ", **options):
        path = tmp_path / "a.json"
        path.write_text(json.dumps([record]), encoding="utf-8")
        (document,) = read(path, "spert", notes=notes, joiner=joiner, **options)
        return document

    return make


RECORD = {
    "tokens": ["Old", "Port", "lies", "near", "Oslo"],
    "entities": [{"type": "Loc", "start": 4, "end": 5}, {"type": "Loc", "start": 0, "end": 2}],
    "relations": [{"type": "Near", "head": 1, "tail": 0}],
    "orig_id": 7,
    "source": "x",
}


def found(document):
    return [(each.subject.text, each.subject.start, each.label, each.object.text, each.object.start)
            for each in document.relations]  # fmt: skip


def test_everything_a_sentence_has(one):
    document = one(RECORD)
    assert document.text == "Old Port lies near Oslo"
    assert [(each.label, each.text, each.start, each.end) for each in document.entities] == [
        ("Loc", "Old Port", 0, 8), ("Loc", "Oslo", 19, 23),
    ]  # fmt: skip
    assert found(document) == [("Old Port", 0, "Near", "Oslo", 19)]
    assert (document.id, document.meta, document.triples) == ("7", {"source": "x"}, None)


def test_the_joiner_makes_the_text_and_must_be_said(one):
    document = one({"tokens": list("北京在"), "entities": [{"type": "Loc", "start": 0, "end": 2}]}, joiner="")
    assert [(each.text, each.start) for each in document.entities] == [("北京", 0)]
    assert document.id == "a.json[0]"
    with pytest.raises(ConfigError, match=r'a\.json: a spert file has tokens, not text.*joiner = ""'):
        one(RECORD, joiner=None)


def test_without_relations_or_entities(one):
    without = one({key: RECORD[key] for key in ("tokens", "entities")})
    assert (len(without.entities), without.relations) == (2, None)
    bare = one({"tokens": ["Oslo"]})
    assert (bare.entities, bare.relations) == (None, None)
    empty = one({"tokens": [], "entities": [], "relations": []})
    assert (empty.text, empty.entities, empty.relations) == ("", (), ())
    aside = one(RECORD, labelled=False)
    assert (aside.entities, aside.relations) == (None, None)


def test_nested_entities_and_several_labels_on_a_span(one):
    nested = [{"type": "Org", "start": 0, "end": 5}, {"type": "Org", "start": 0, "end": 2}]
    document = one({**RECORD, "entities": RECORD["entities"] + nested})
    assert len(document.entities) == 4


def test_what_is_given_twice_is_kept_once(one):
    notes = Notes()
    record = {**RECORD, "entities": RECORD["entities"] * 2,
              "relations": [*RECORD["relations"] * 2, {"type": "Near", "head": 3, "tail": 2}]}  # fmt: skip
    document = one(record, notes)
    assert (len(document.entities), len(document.relations)) == (2, 1)
    assert notes.counts() == {"duplicate": 4}


def test_symmetric_and_self_relations_are_as_they_are_given(one):
    both = [{"type": "Near", "head": 0, "tail": 1}, {"type": "Near", "head": 1, "tail": 0}]
    assert len(one({**RECORD, "relations": both}).relations) == 2
    notes = Notes()
    (itself,) = one({**RECORD, "relations": [{"type": "Near", "head": 0, "tail": 0}]}, notes).relations
    assert itself.subject == itself.object
    assert not notes


@pytest.mark.parametrize(
    ("relation", "said"),
    [
        ({"type": "Near", "head": 2, "tail": 0}, "its head is entity 2 of 2, counted from 0"),
        ({"type": "Near", "head": -1, "tail": 0}, "its head is entity -1"),
        ({"type": "Near", "head": 0, "tail": True}, "its tail must be the index of an entity, found True"),
        ({"type": "Near", "head": 0, "tail": 1.0}, "its tail must be the index"),
        ({"type": "", "head": 0, "tail": 1}, "a label must be"),
        ({"head": 0, "tail": 1}, "expected"),
        ([0, 1, "Near"], "expected"),
    ],
)
def test_a_wrong_relation_is_left_out(one, relation, said):
    notes = Notes()
    document = one({**RECORD, "relations": [relation, *RECORD["relations"]]}, notes)
    assert found(document) == [("Old Port", 0, "Near", "Oslo", 19)]
    (note,) = notes
    assert (note.kind, said in note.message, note.message[:12]) == ("dropped", True, "relation 0: ")
    with pytest.raises(DataError, match=r"a\.json\[0\]: relation 0: "):
        one({**RECORD, "relations": [relation]}, on_error="raise")


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "Loc", "start": 4, "end": 6},
        {"type": "Loc", "start": 2, "end": 2},
        {"type": "Loc", "start": -1, "end": 2},
        {"type": "Loc", "start": "4", "end": 5},
        {"type": "Loc", "start": False, "end": 1},
        {"type": None, "start": 4, "end": 5},
        {"start": 4, "end": 5},
        [4, 5, "Loc"],
    ],
)
def test_a_wrong_entity_is_left_out_with_its_relations_and_shifts_no_other(one, entity):
    notes = Notes()
    here = {"type": "In", "head": 2, "tail": 1}
    record = {**RECORD, "entities": [entity, *reversed(RECORD["entities"])], "relations": [here, *RECORD["relations"]]}
    document = one(record, notes)
    assert found(document) == [("Oslo", 19, "In", "Old Port", 0)]
    assert [note.message for note in notes][1:] == ["relation 1: its tail, entity 0, was left out"]
    assert notes.counts() == {"dropped": 2}


@pytest.mark.parametrize(
    "change",
    [{"tokens": None}, {"tokens": "Oslo"}, {"tokens": ["a", ""]}, {"tokens": ["a", 3]}, {"entities": {}}, {"relations": {}},
     {"tokens": ["a", "\ud83d"]}],
)  # fmt: skip
def test_a_wrong_record(one, change):
    with pytest.raises(DataError, match=r"a\.json\[0\]: (expected|the text holds)"):
        one({**RECORD, **change})
