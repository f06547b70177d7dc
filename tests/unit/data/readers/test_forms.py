"""A file read as the wrong format is told by its keys, and one without any annotation is noted."""

import json

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.data.readers.forms import FORMS, check_form
from globalpointer.errors import DataError

RECORDS = {
    "jsonl": {"text": "Ann", "entities": [{"start": 0, "end": 3, "label": "PER"}]},
    "cluener": {"text": "Ann", "label": {"PER": {"Ann": [[0, 2]]}}},
    "runne": {"id": 1, "sentences": "Ann", "ners": [[0, 2, "PER"]]},
    "duie": {"text": "Ann", "spo_list": [{"predicate": "is", "subject": "Ann", "subject_type": "PER", "object": "Ann",
                                          "object_type": "PER"}]},
    "triples": {"text": "Ann", "triple_list": [["Ann", "is", "Ann"]]},
    "conll04": {"tokens": ["Ann"], "tags": ["U-PER"], "relations": []},
    "spert": {"tokens": ["Ann"], "entities": [{"type": "PER", "start": 0, "end": 1}], "relations": []},
    "dygie": {"sentences": [["Ann"]], "ner": [[[0, 0, "PER"]]], "relations": [[]]},
    "duee": {"text": "Ann", "event_list": [{"event_type": "be", "trigger": "Ann", "trigger_start_index": 0,
                                            "arguments": []}]},
    "fewfc": {"content": "Ann", "events": [{"type": "be", "mentions": [{"word": "Ann", "span": [0, 3],
                                                                        "role": "trigger"}]}]},
    "casie": {"content": "Ann", "cyberevent": {"hopper": [{"events": [{"subtype": "be", "argument": [], "nugget": {
        "startOffset": 0, "endOffset": 3, "text": "Ann"}}]}]}},
    "squad": {"context": "Ann", "question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}]},
}  # fmt: skip


@pytest.fixture
def documents(tmp_path):
    def make(record, name, notes=None, **options):
        path = tmp_path / "a.json"
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")
        place = tmp_path if name == "casie" else path
        joiner = " " if name in ("conll04", "spert", "dygie") else None
        return list(read(place, name, notes=notes, joiner=joiner, **options))

    return make


def annotation(document):
    return document.entities or document.relations or document.events or document.answers or ()


def test_there_is_a_record_of_each_form():
    assert list(RECORDS) == list(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_a_record_of_the_form_is_read(documents, name):
    (document,) = documents(RECORDS[name], name)
    assert annotation(document)


@pytest.mark.parametrize("name", ["cluener", "duie", "triples", "conll04", "spert", "dygie", "duee", "fewfc", "squad"])
def test_the_objects_may_stand_in_a_list(documents, name):
    listed = documents([RECORDS[name]], name)
    assert list(map(annotation, listed)) == list(map(annotation, documents(RECORDS[name], name)))


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("other", FORMS)
def test_a_record_of_another_form_is_refused_and_named(documents, name, other):
    if name == other:
        return
    with pytest.raises(DataError) as error:
        documents(RECORDS[other], name)
    said = str(error.value)
    assert "a.json:1: expected the keys " in said
    assert f"({name})" in said
    assert all(repr(key) in said for key in RECORDS[other])
    assert f"keys of the format {other!r}" in said


def test_the_message_in_full(documents):
    with pytest.raises(DataError) as error:
        documents(RECORDS["spert"], "conll04")
    assert str(error.value).endswith(
        "a.json:1: expected the keys \"tokens\" and \"tags\" (conll04), found the keys 'tokens', 'entities', "
        "'relations'; these are keys of the format 'spert'"
    )


@pytest.mark.parametrize("name", [name for name in FORMS if name != "squad"])
def test_a_whole_file_of_questions_is_named(documents, name):
    paragraph = {key: value for key, value in RECORDS["squad"].items() if key == "context"}
    file = {"version": "1", "data": [{"paragraphs": [{**paragraph, "qas": [RECORDS["squad"]]}]}]}
    assert documents(file, "squad")[0].answers
    with pytest.raises(DataError, match="found the keys 'version', 'data'; these are keys of the format 'squad'"):
        documents(file, name)


@pytest.mark.parametrize("name", FORMS)
def test_a_record_of_no_form_is_refused(documents, name):
    with pytest.raises(DataError, match=rf"a\.json:1: expected the keys .* \({name}\), found the keys 'title'$"):
        documents({"title": "Ann"}, name)
    with pytest.raises(DataError, match=r"found no key$"):
        documents({}, name)


def test_of_many_keys_the_first_are_named(documents):
    with pytest.raises(DataError, match=r"found the keys 'x0', .*, 'x9' \.\.\.$"):
        documents({f"x{number}": 1 for number in range(11)}, "jsonl")


@pytest.mark.parametrize("name", FORMS)
def test_a_text_without_annotation_is_no_fault_and_noted_once(documents, name):
    notes, form = Notes(), FORMS[name]
    bare = {key: RECORDS[name][key] for key in (form.text, "question") if key in RECORDS[name]}
    (document,) = documents(bare, name, notes)
    assert document.text == "Ann"
    assert not annotation(document)
    assert [note.kind for note in notes] == ["bare"]
    assert notes.summary() == [str(next(iter(notes)))]
    assert f"read as {name!r}, it has no annotation; documents: 1" in notes.summary()[0]
    assert not notes.grave()


@pytest.mark.parametrize("name", ["jsonl", "cluener", "duie"])
def test_annotation_of_another_form_does_not_matter_where_it_is_left_aside(documents, name):
    notes = Notes()
    (document,) = documents(RECORDS["duee"], name, notes, labelled=False)
    assert (document.text, annotation(document), list(notes)) == ("Ann", (), [])


def test_other_keys_of_ours_may_be_called_as_they_like(documents):
    """A record that has annotation of its own form, or under the key of another what that one could not hold."""
    (document,) = documents({**RECORDS["jsonl"], "event_list": []}, "jsonl")
    assert document.meta == {"event_list": []}
    (document,) = documents({"text": "Ann", "label": "positive"}, "jsonl", Notes())
    assert document.meta == {"label": "positive"}


@pytest.mark.parametrize("name", ["conll04", "spert", "dygie"])
def test_relations_without_entities_are_refused(documents, name):
    form, record = FORMS[name], RECORDS[name]
    loose = {form.text: record[form.text], "relations": record["relations"]}
    with pytest.raises(DataError, match=r'a\.json:1: expected "\w+" beside "relations", which join entities'):
        documents(loose, name)
    (document,) = documents(loose, name, labelled=False)
    assert document.text == "Ann"


def test_a_list_of_objects_is_no_text_of_cmeee(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([RECORDS["spert"]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.json:1: expected a text and its spans parted by \|\|\|, found JSON"):
        list(read(path, "cmeee"))


def test_a_text_that_is_only_to_be_read_needs_no_annotation():
    with pytest.raises(DataError, match=r'expected the key "text" \(jsonl\), found the keys \'tekst\''):
        check_form("jsonl", {"tekst": "a"}, labelled=False, path="x", line=1)
