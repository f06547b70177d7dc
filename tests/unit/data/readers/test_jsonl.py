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
    "record",
    [
        {"words": "a"},
        {"text": 3},
        {"text": None},
        {"text": "a", "entities": {}},
        {"text": "a", "meta": []},
        {"text": "a", "id": {"a": 1}},
        {"text": "a", "id": True},
    ],
)
def test_a_wrong_record(one, record):
    with pytest.raises(DataError, match=r"a\.jsonl:1: expected"):
        one(record)


def test_a_long_text_without_a_blank(one):
    assert len(one({"text": "x" * 1_000_000}).text) == 1_000_000


ANN = {"start": 0, "end": 3, "label": "PER"}
TEA = {"start": 10, "end": 13, "label": "DRINK"}
TEXT = "Ann likes tea"


def with_ends(**relation):
    return {"text": TEXT, "entities": [TEA, ANN], "relations": [relation]}


def test_relations_name_their_entities_by_index(one):
    document = one({**with_ends(label="likes", subject=1, object=0, score=0.5), "triples": []})
    (relation,) = document.relations
    assert (relation.label, relation.subject.text, relation.object.text, relation.score) == ("likes", "Ann", "tea", 0.5)
    assert (document.triples, document.events) == ((), None)
    assert one({"text": TEXT, "entities": [], "relations": []}).relations == ()


@pytest.mark.parametrize(
    ("relation", "said"),
    [
        ({"label": "likes", "subject": 1, "object": 2}, "its object is entity 2 of 2, counted from 0"),
        ({"label": "likes", "subject": -1, "object": 1}, "its subject is entity -1 of 2"),
        ({"label": "likes", "subject": "Ann", "object": 1}, "its subject must be the index of an entity, found 'Ann'"),
        ({"label": "likes", "subject": True, "object": 1}, "must be the index of an entity, found True"),
        ({"label": "", "subject": 0, "object": 1}, "a label must be a string that is not blank"),
        ({"label": "likes", "subject": 0, "object": 1, "score": "high"}, "a score must be a number"),
        ({"label": "likes", "subject": 0}, "'object' missing; expected label"),
    ],
)
def test_a_wrong_relation_is_an_error_or_left_out(one, relation, said):
    with pytest.raises(DataError, match=r"a\.jsonl:1: relation 0: .*" + said):
        one(with_ends(**relation))
    notes = Notes()
    assert one(with_ends(**relation), on_error="skip", notes=notes).relations == ()
    assert notes.counts() == {"dropped": 1}


def test_a_relation_goes_with_its_entity(one):
    notes = Notes()
    record = with_ends(label="likes", subject=2, object=0)
    record["entities"].append({"start": 0, "end": 99, "label": "X"})
    document = one(record, on_error="skip", notes=notes)
    assert (len(document.entities), document.relations) == (2, ())
    assert [note.message for note in notes][1] == "relation 0: its subject, entity 2, was left out"


def test_relations_without_entities(one):
    with pytest.raises(DataError, match="its subject is entity 0 of 0"):
        one({"text": TEXT, "relations": [{"label": "likes", "subject": 0, "object": 0}]})


def test_triples_are_looked_for_where_nothing_says_where_they_are(one):
    triple = {"subject": "Ann", "label": "likes", "object": "tea"}
    coffee = {"subject": "Ann", "label": "likes", "object": "coffee"}
    notes = Notes()
    document = one({"text": TEXT, "triples": [triple, coffee, triple]}, notes=notes)
    assert [(each.subject, each.label, each.object) for each in document.triples] == [
        ("Ann", "likes", "tea"), ("Ann", "likes", "coffee")
    ]  # fmt: skip
    assert [(each.subject.start, each.object.start) for each in document.relations] == [(0, 10)]
    assert notes.counts() == {"duplicate": 1, "dropped": 1}


def test_triples_beside_entities_do_not_say_which_are_meant(one):
    triple = {"subject": "Ann", "label": "likes", "object": "tea"}
    record = {"text": TEXT, "entities": [ANN], "triples": [triple]}
    with pytest.raises(DataError, match=r'a\.jsonl:1: expected "relations" beside .* or leave "entities" out'):
        one(record)
    assert one({**record, "relations": []}).triples
    assert one({**record, "triples": []}).triples == ()
    assert one(record, labelled=False).triples is None


@pytest.mark.parametrize(
    ("triple", "said"),
    [
        ({"subject": "Ann", "label": "likes"}, "'object' missing"),
        ({"subject": 3, "label": "likes", "object": "tea"}, "the subject must be a string that is not blank, found 3"),
        ({"subject": "Ann", "label": "", "object": "tea"}, "a label must be a string that is not blank"),
        (["Ann", "likes", "tea"], 'expected {"subject", "label", "object"}'),
    ],
)
def test_a_wrong_triple(one, triple, said):
    with pytest.raises(DataError, match=r"a\.jsonl:1: triple 0: .*" + said):
        one({"text": TEXT, "triples": [triple]})


TRIGGER = {"role": "trigger", "start": 4, "end": 9, "text": "likes"}


def test_events(one):
    who = {"role": "who", "start": 0, "end": 3, "score": 0.25}
    document = one({"text": TEXT, "events": [{"label": "liking", "arguments": [TRIGGER, who], "score": 0.5}]})
    (event,) = document.events
    assert (event.label, event.score, document.entities) == ("liking", 0.5, None)
    assert [(each.role, each.text, each.score) for each in event.ordered()] == [
        ("who", "Ann", 0.25), ("trigger", "likes", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"label": "liking", "arguments": []}, "event 0: it has no arguments"),
        ({"label": "liking", "arguments": {}}, 'event 0: expected a list under "arguments"'),
        ({"label": "liking"}, "event 0: 'arguments' missing"),
        ({"label": 3, "arguments": [TRIGGER]}, "event 0: a label must be a string"),
        ({"label": "liking", "arguments": [{**TRIGGER, "role": " "}]}, "event 0, argument 0: a role must be a string"),
        ({"label": "liking", "arguments": [{**TRIGGER, "end": 4}]}, "event 0, argument 0: a span needs"),
        ({"label": "liking", "arguments": [{**TRIGGER, "text": "loves"}]}, "argument 0: the mention is 'loves'"),
        ({"label": "liking", "arguments": [{"start": 0, "end": 1}]}, "argument 0: 'role' missing"),
        ([], 'event 0: expected {"label", "arguments"}'),
    ],
)
def test_a_wrong_event_is_an_error_or_left_out(one, event, said):
    with pytest.raises(DataError, match=r"a\.jsonl:1: .*" + said):
        one({"text": TEXT, "events": [event]})
    notes = Notes()
    assert one({"text": TEXT, "events": [event]}, on_error="skip", notes=notes).events == ()
    assert set(notes.counts()) == {"dropped"}


def test_an_event_keeps_the_arguments_that_are_right(one):
    event = {"label": "liking", "arguments": [TRIGGER, TRIGGER, {"role": "who", "start": 0, "end": 99}]}
    notes = Notes()
    (found,) = one({"text": TEXT, "events": [event, event]}, on_error="skip", notes=notes).events
    assert [each.role for each in found.arguments] == ["trigger"]
    assert notes.counts() == {"dropped": 2, "duplicate": 3}


def asked(**more):
    return {"text": TEXT, "question": "Who?", **more}


def test_answers(one):
    given = [{"start": 0, "end": 3, "text": "Ann", "score": 0.5}, {"start": 10, "end": 13}]
    document = one(asked(answers=given, accepted=["Ann", "she", "Ann"]))
    assert [(each.text, each.start, each.end, each.score) for each in document.answers] == [
        ("Ann", 0, 3, 0.5), ("tea", 10, 13, None)
    ]  # fmt: skip
    assert (document.question, document.accepted, document.meta) == ("Who?", ("Ann", "she", "Ann"), {})
    assert (one(asked(answers=[])).answers, one(asked()).answers) == ((), None)
    notes = Notes()
    assert len(one(asked(answers=given + given), notes=notes).answers) == 2
    assert notes.counts() == {"duplicate": 2}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"answers": [{"start": 0, "end": 99}]}, "answer 0: the span ends at 99"),
        ({"answers": [{"start": 0, "end": 3, "text": "Bob"}]}, "answer 0: the mention is 'Bob'"),
        ({"answers": [{"start": 0}]}, "answer 0: 'end' missing; expected start and end"),
        ({"answers": [{"start": 0, "end": 3, "score": 2}]}, "answer 0: a score must be a number"),
        ({"answers": ["Ann"]}, 'answer 0: expected {"start", "end"}'),
        ({"accepted": [""]}, "accepted answer 0: an accepted answer must be a string that is not blank"),
        ({"accepted": [3]}, "accepted answer 0: an accepted answer must be a string"),
    ],
)
def test_a_wrong_answer_is_an_error_or_left_out(one, more, said):
    with pytest.raises(DataError, match=r"a\.jsonl:1: " + said):
        one(asked(**more))
    notes = Notes()
    document = one(asked(**more), on_error="skip", notes=notes)
    assert [getattr(document, kind) for kind in more] == [()]
    assert notes.counts() == {"dropped": 1}


@pytest.mark.parametrize(
    ("question", "said"), [(None, "expected a string"), (" ", "expected a question"), (3, "expected a string")]
)
def test_answers_need_a_question(one, question, said):
    with pytest.raises(DataError, match=rf"a\.jsonl:1: {said} under .question."):
        one({"text": TEXT, "question": question, "answers": []})
    with pytest.raises(DataError, match=r"unknown key 'answer' \(nearest: 'answers'\)"):
        one(asked(answer="Ann"))


@pytest.mark.parametrize("kind", ["relations", "triples", "events", "answers", "accepted"])
def test_no_kind_of_annotation_is_anything_but_a_list(one, kind):
    with pytest.raises(DataError, match=rf'a\.jsonl:1: expected a list under "{kind}"'):
        one(asked(**{kind: {}}))


def test_labels_can_be_left_aside(one):
    record = with_ends(label="likes", subject=1, object=0) | {"events": [{"label": "x", "arguments": [TRIGGER]}]}
    document = one(record, labelled=False)
    assert (document.entities, document.relations, document.events) == (None, None, None)
    document = one(asked(answers=[{"start": 0, "end": 99}]), labelled=False)
    assert (document.question, document.answers) == ("Who?", None)
    for unasked in ({"question": " "}, {"question": None}):
        assert one({"text": TEXT, **unasked, "answers": {}, "accepted": "Ann"}, labelled=False).question is None
    assert one({"text": TEXT, "events": []}, labelled=True).events == ()
    with pytest.raises(DataError, match="not annotated"):
        one({"text": TEXT}, labelled=True)


def test_a_key_that_is_nearly_ours_is_not_lost_in_meta(one):
    with pytest.raises(DataError, match=r"a.jsonl:1: unknown key 'relation' \(nearest: 'relations'\)"):
        one({"text": "a", "entities": [], "relation": []})
    assert one({"text": "a", "meta": {"relation": 1}}).meta == {"relation": 1}
