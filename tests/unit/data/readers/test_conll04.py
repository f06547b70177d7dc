"""CoNLL04: tokens with BILOU tags, and relations between their entities in reading order."""

import json

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import ConfigError, DataError


@pytest.fixture
def one(tmp_path):
    def make(record, notes=None, joiner=" ", **options):
        path = tmp_path / "a.json"
        path.write_text(json.dumps([record], ensure_ascii=False), encoding="utf-8")
        (document,) = read(path, "conll04", notes=notes, joiner=joiner, **options)
        return document

    return make


RECORD = {
    "tokens": ["Ann", "Berg", "of", "Oslo", "met", "Bob"],
    "tags": ["B-Peop", "L-Peop", "O", "U-Loc", "O", "U-Peop"],
    "relations": [{"head": 0, "tail": 1, "type": "Live_In"}, {"head": 2, "tail": 0, "type": "Met"}],
    "orig_id": 7,
}


def found(document):
    return [(each.subject.text, each.label, each.object.text) for each in document.relations]


def test_relations_count_the_entities_in_reading_order(one):
    document = one(RECORD)
    assert document.text == "Ann Berg of Oslo met Bob"
    assert [(each.label, each.text, each.start) for each in document.entities] == [
        ("Peop", "Ann Berg", 0), ("Loc", "Oslo", 12), ("Peop", "Bob", 21),
    ]  # fmt: skip
    assert found(document) == [("Ann Berg", "Live_In", "Oslo"), ("Bob", "Met", "Ann Berg")]
    assert (document.id, document.meta) == ("7", {})


def test_tags_that_break_the_scheme_are_repaired_and_noted(one):
    notes = Notes()
    document = one({**RECORD, "tags": ["B-Peop", "I-Peop", "O", "U-Loc", "O", "L-Peop"]}, notes)
    assert found(document) == [("Ann Berg", "Live_In", "Oslo"), ("Bob", "Met", "Ann Berg")]
    assert [note.kind for note in notes] == ["repaired", "repaired"]
    assert "[0]: token 1: " in str(next(iter(notes)))


def test_a_relation_to_a_missing_entity_is_left_out(one):
    notes = Notes()
    document = one({**RECORD, "relations": [{"head": 0, "tail": 3, "type": "Met"}]}, notes)
    assert document.relations == ()
    assert notes.counts() == {"dropped": 1}


@pytest.mark.parametrize("tags", [None, ["O"], "O", [*RECORD["tags"][:-1], "E-Peop"], [*RECORD["tags"][:-1], 3]])
def test_wrong_tags(one, tags):
    if tags is None:
        document = one({**RECORD, "tags": None, "relations": None})
        assert (document.entities, document.relations) == (None, None)
    else:
        with pytest.raises(DataError, match=r"a\.json\[0\]: expected"):
            one({**RECORD, "tags": tags})


def test_without_relations_only_entities_are_annotated(one):
    document = one({key: RECORD[key] for key in ("tokens", "tags")})
    assert (len(document.entities), document.relations) == (3, None)


def test_the_joiner_must_be_said(one):
    with pytest.raises(ConfigError, match="a conll04 file has tokens"):
        one(RECORD, joiner=None)
