"""DuIE 1 and 2 and CMeIE: triples of strings, objects of several slots."""

import json

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import ConfigError, DataError
from globalpointer.text.spans import Triple


@pytest.fixture
def one(tmp_path):
    def make(record, notes=None, **options):
        path = tmp_path / "a.json"
        path.write_text(json.dumps(record), encoding="utf-8")
        (document,) = read(path, "duie", notes=notes, **options)
        return document

    return make


TEXT = "林晓在《蓝湖往事》中为小青配音，小青是蓝湖人"
DUBBED = {"predicate": "配音", "subject": "林晓", "subject_type": "娱乐人物",
          "object": {"@value": "小青", "inWork": "蓝湖往事"}, "object_type": {"@value": "人物", "inWork": "影视作品"}}  # fmt: skip


def found(document):
    return [(each.subject.text, each.label, each.object.text) for each in document.relations]


def test_duie_1_has_its_object_as_a_string(one):
    wrote = {
        "predicate": "配音",
        "object_type": "人物",
        "subject_type": "娱乐人物",
        "object": "小青",
        "subject": "林晓",
    }
    document = one({"postag": [{"word": "林晓", "pos": "nr"}], "text": TEXT, "spo_list": [wrote]})
    assert found(document) == [("林晓", "配音", "小青")]
    assert [(each.label, each.text, each.start) for each in document.entities] == [
        ("娱乐人物", "林晓", 0), ("人物", "小青", 11),
    ]  # fmt: skip
    assert document.triples == (Triple("林晓", "配音", "小青"),)
    assert document.id == "a.json:1"
    assert document.meta == {"postag": [{"word": "林晓", "pos": "nr"}]}


def test_every_slot_of_an_object_is_a_triple(one):
    document = one({"text": TEXT, "id": 5, "spo_list": [DUBBED]})
    assert found(document) == [("林晓", "配音", "小青"), ("林晓", "配音.inWork", "蓝湖往事")]
    assert {each.label for each in document.entities} == {"娱乐人物", "人物", "影视作品"}
    assert document.id == "5"


def test_a_blank_slot_is_none(one):
    claim = {**DUBBED, "object": {"@value": "", "inWork": "蓝湖往事", "period": " "}}
    assert found(one({"text": TEXT, "spo_list": [claim]})) == [("林晓", "配音.inWork", "蓝湖往事")]


def test_cmeie_says_combined_which_is_left_aside(one):
    claim = {"Combined": True, "predicate": "病因", "subject": "胸膜炎", "subject_type": "疾病",
             "object": {"@value": "感染"}, "object_type": {"@value": "社会学"}}  # fmt: skip
    notes = Notes()
    document = one({"text": "胸膜炎@多由感染引起", "spo_list": [claim, {**claim, "Combined": False}]}, notes)
    assert found(document) == [("胸膜炎", "病因", "感染")]
    assert notes.counts() == {"duplicate": 1}


def test_the_policy_is_an_option(one):
    record = {"text": TEXT, "spo_list": [{**DUBBED, "subject": "小青", "object": {"@value": "蓝湖"}}]}
    assert [(each.subject.start, each.object.start) for each in one(record).relations] == [(16, 19)]
    assert len(one(record, mentions="all").relations) == 4
    assert [(each.subject.start, each.object.start) for each in one(record, mentions="first").relations] == [(11, 4)]
    with pytest.raises(ConfigError, match="mentions must be one of all, nearest, first, got 'last'"):
        one(record, mentions="last")


def test_what_is_not_in_the_text_stays_a_triple(one):
    notes = Notes()
    document = one({"text": TEXT, "spo_list": [{**DUBBED, "subject": "王五"}]}, notes)
    assert (document.entities, document.relations) == ((), ())
    assert document.triples == (Triple("王五", "配音", "小青"), Triple("王五", "配音.inWork", "蓝湖往事"))
    assert notes.counts()["dropped"] == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"predicate": None}, "a label must be a string"),
        ({"subject_type": " "}, "a label must be a string that is not blank"),
        ({"subject": " "}, "a subject must be a string that is not blank"),
        ({"subject": 3}, "a subject must be a string"),
        ({"object": {"@value": " ", "inWork": ""}}, "its object is blank"),
        ({"object": {}}, "its object is blank"),
        ({"object": {"@value": None}}, "an object must be a string"),
        ({"object": {"@value": "\ud83d"}}, "an object must not hold half of a surrogate pair"),
        ({"object": ["小青"]}, "strings, or slots of strings"),
        ({"object": {"@value": "小青", "when": "蓝湖"}}, "no type for the slot 'when'"),
        ({"object_type": "人物"}, "no type for the slot 'inWork'"),
        ({"object_type": {"@value": "人物", "inWork": ""}}, "a label must be"),
    ],
)
def test_a_wrong_triple_is_left_out(one, change, said):
    notes = Notes()
    document = one({"text": TEXT, "spo_list": [{**DUBBED, **change}, DUBBED]}, notes)
    assert len(document.triples) == 2
    assert notes.counts()["dropped"] == 1
    with pytest.raises(DataError, match=rf"a\.json:1: triple 0: .*{said}"):
        one({"text": TEXT, "spo_list": [{**DUBBED, **change}]}, on_error="raise")


@pytest.mark.parametrize("claim", [[], "x", {"subject": "林晓"}])
def test_what_is_no_triple_is_left_out(one, claim):
    notes = Notes()
    assert one({"text": TEXT, "spo_list": [claim]}, notes).triples == ()
    assert notes.counts() == {"dropped": 1}


def test_annotated_or_not(one):
    bare = one({"text": TEXT})
    assert (bare.entities, bare.relations, bare.triples) == (None, None, None)
    empty = one({"text": TEXT, "spo_list": []})
    assert (empty.entities, empty.relations, empty.triples) == ((), (), ())
    aside = one({"text": TEXT, "spo_list": [DUBBED]}, labelled=False)
    assert (aside.entities, aside.relations, aside.triples) == (None, None, None)
    with pytest.raises(DataError, match="not annotated"):
        one({"text": TEXT}, labelled=True)


@pytest.mark.parametrize("record", [{"text": TEXT, "spo_list": {}}, {"spo_list": []}, {"text": 3}])
def test_a_wrong_record(one, record):
    with pytest.raises(DataError, match=r"a\.json:1: expected"):
        one(record)
