"""SciERC's form: sentences of a document, offsets through it, ends inclusive."""

import json

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import ConfigError, DataError


@pytest.fixture
def one(tmp_path):
    def make(record, notes=None, joiner=" ", **options):
        path = tmp_path / "a.json"
        path.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
        (document,) = read(path, "dygie", notes=notes, joiner=joiner, **options)
        return document

    return make


RECORD = {
    "clusters": [[[0, 1], [3, 3]]],
    "sentences": [["Ann", "Berg", "sings"], ["She", "likes", "Oslo"]],
    "ner": [[[0, 1, "PER"]], [[3, 3, "PER"], [5, 5, "LOC"]]],
    "relations": [[], [[3, 3, 5, 5, "likes"], [0, 1, 3, 3, "is"]]],
    "doc_key": "x",
}


def found(document):
    return [(each.subject.text, each.subject.start, each.label, each.object.text, each.object.start)
            for each in document.relations]  # fmt: skip


def test_offsets_count_through_the_document(one):
    document = one(RECORD)
    assert document.text == "Ann Berg sings She likes Oslo"
    assert [(each.label, each.text, each.start) for each in document.entities] == [
        ("PER", "Ann Berg", 0), ("PER", "She", 15), ("LOC", "Oslo", 25),
    ]  # fmt: skip
    assert found(document) == [("She", 15, "likes", "Oslo", 25), ("Ann Berg", 0, "is", "She", 15)]
    assert (document.id, document.meta) == ("x", {"clusters": [[[0, 1], [3, 3]]]})


def test_without_relations_or_entities(one):
    without = one({key: RECORD[key] for key in ("sentences", "ner")})
    assert (len(without.entities), without.relations, without.id) == (3, None, "a.json:1")
    bare = one({"sentences": [["Oslo"]]})
    assert (bare.entities, bare.relations) == (None, None)
    assert one(RECORD, labelled=False).entities is None


def test_a_span_of_several_labels_is_ambiguous(one):
    notes = Notes()
    document = one({**RECORD, "ner": [[[0, 1, "PER"], [0, 1, "ORG"]], RECORD["ner"][1]]}, notes)
    assert [each.subject.label for each in document.relations] == ["PER", "PER"]
    (note,) = notes
    assert note.kind == "ambiguous"
    assert "relation 1: 'Ann Berg' is an entity of several labels: PER, ORG; the first counts" in note.message


def test_what_is_given_twice_is_kept_once(one):
    notes = Notes()
    record = {**RECORD, "ner": [[[0, 1, "PER"], [0, 1, "PER"]], RECORD["ner"][1]],
              "relations": [[[0, 1, 3, 3, "is"]], RECORD["relations"][1]]}  # fmt: skip
    document = one(record, notes)
    assert (len(document.entities), len(document.relations)) == (3, 2)
    assert notes.counts() == {"duplicate": 2}


@pytest.mark.parametrize(
    ("relation", "said"),
    [
        ([0, 1, 4, 4, "is"], "its object, tokens 4 to 4, is none of the entities"),
        ([0, 0, 5, 5, "is"], "its subject, tokens 0 to 0, is none"),
        ([0, 1, 5, 5], "expected"),
        ([0, 1, 5, "5", "is"], "expected"),
        ([False, 1, 5, 5, "is"], "expected"),
        ([0, 1, 5, 5, ""], "a label must be"),
        ("is", "expected"),
    ],
)
def test_a_wrong_relation_is_left_out(one, relation, said):
    notes = Notes()
    document = one({**RECORD, "relations": [[relation], [[0, 1, 3, 3, "is"]]]}, notes)
    assert found(document) == [("Ann Berg", 0, "is", "She", 15)]
    (note,) = notes
    assert (note.kind, note.line, note.message.startswith("relation 0: " + said)) == ("dropped", 1, True)


@pytest.mark.parametrize(
    "entity", [[5, 6, "LOC"], [5, 4, "LOC"], [-1, 0, "LOC"], [5, "5", "LOC"], [0, True, "LOC"], [5, 5], [5, 5, " "], "LOC"]
)  # fmt: skip
def test_a_wrong_entity_is_left_out(one, entity):
    notes = Notes()
    document = one({**RECORD, "ner": [[[0, 1, "PER"]], [[3, 3, "PER"], entity]]}, notes)
    assert found(document) == [("Ann Berg", 0, "is", "She", 15)]
    assert [note.message[:10] for note in notes] == ["entity 2: ", "relation 0"]


@pytest.mark.parametrize(
    "change", [{"sentences": None}, {"sentences": ["a b"]}, {"sentences": [["a", ""]]}, {"ner": [{}]}, {"ner": 3}, {"relations": [3]}]
)  # fmt: skip
def test_a_wrong_record(one, change):
    with pytest.raises(DataError, match=r"a\.json:1: expected"):
        one({**RECORD, **change})


def test_the_joiner_must_be_said(one):
    with pytest.raises(ConfigError, match="a dygie file has tokens"):
        one(RECORD, joiner=None)
