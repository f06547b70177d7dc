"""Questions and answers in the forms of SQuAD and of the Hugging Face hub."""

import io
import json
import time

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import DataError

TEXT = "Ann Berg sings in Oslo. Ann lives in Oslo."


def answer(text, start):
    return {"text": text, "answer_start": start}


def question(*answers, id="q1", **more):  # noqa: A002
    return {"id": id, "question": "Who sings?", "answers": list(answers), **more}


@pytest.fixture
def documents(tmp_path):
    def make(*questions, notes=None, context=TEXT, indent=None, **options):
        paragraph = {"context": context, "qas": list(questions)}
        whole = {"version": "1.1", "data": [{"title": "Oslo", "paragraphs": [paragraph]}]}
        path = tmp_path / "a.json"
        path.write_text(json.dumps(whole, indent=indent), encoding="utf-8")
        return list(read(path, "squad", notes=notes, **options))

    return make


@pytest.fixture
def lines(tmp_path):
    def make(*records, notes=None, **options):
        path = tmp_path / "a.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
        return list(read(path, "squad", notes=notes, **options))

    return make


def found(document):
    return [(each.text, each.start) for each in document.answers]


@pytest.mark.parametrize("indent", [None, 1])
def test_each_question_is_a_document(documents, indent):
    one, other = documents(question(answer("Ann Berg", 0)), question(id="q2"), indent=indent)
    assert (one.text, one.question, one.id, one.meta) == (TEXT, "Who sings?", "q1", {"title": "Oslo"})
    assert (found(one), one.accepted) == ([("Ann Berg", 0)], ("Ann Berg",))
    assert (other.id, other.answers, other.accepted) == ("q2", (), ())


def test_every_annotator_is_kept_and_every_place_once(documents):
    (document,) = documents(question(answer("Ann Berg", 0), answer("Ann", 0), answer("Ann Berg", 0)))
    assert document.accepted == ("Ann Berg", "Ann", "Ann Berg")
    assert found(document) == [("Ann Berg", 0), ("Ann", 0)]


def test_the_form_of_the_hub(lines):
    record = {"id": 7, "context": TEXT, "title": "Oslo", "question": "Who?"}
    one, other, third = lines(
        {**record, "answers": {"text": ["Ann", "Oslo"], "answer_start": [24, 18]}},
        {**record, "id": None, "answers": {"text": [], "answer_start": []}},
        {**record, "id": "x", "answers": [answer("Oslo", 37)]},
    )
    assert (one.id, one.meta, found(one)) == ("7", {"title": "Oslo"}, [("Ann", 24), ("Oslo", 18)])
    assert (other.id, other.answers) == ("a.jsonl:2", ())
    assert found(third) == [("Oslo", 37)]


@pytest.mark.parametrize("start", [-1, 5, 99, None, 0.5, "x", True])
def test_an_answer_that_is_not_at_its_start_is_looked_for(documents, start):
    notes = Notes()
    (document,) = documents(question(answer("sings", start)), notes=notes)
    assert (found(document), document.accepted) == ([("sings", 9)], ("sings",))
    assert next(map(str, notes)).endswith(f"a.json: question q1: the answer 'sings' stands at 9, and not at {start!r}")
    assert notes.counts() == {"repaired": 1}


@pytest.mark.parametrize(("text", "where"), [("Bob", "nowhere in the text"), ("Ann", "in several places of the text")])
def test_one_that_has_no_place_or_many_is_accepted_and_no_span(documents, text, where):
    notes = Notes()
    (document,) = documents(question(answer(text, -1), answer("Oslo", 18)), notes=notes)
    assert (found(document), document.accepted) == ([("Oslo", 18)], (text, "Oslo"))
    assert [note.message for note in notes] == [f"the answer '{text}' stands {where}, and not at -1"]
    assert notes.counts() == {"dropped": 1}
    with pytest.raises(DataError, match="question q1: the answer"):
        documents(question(answer(text, -1)), on_error="raise")


def test_an_answer_that_no_span_gives_is_not_the_same_as_no_answer(documents):
    notes = Notes()
    (document,) = documents(question(answer("Bob", -1)), notes=notes)
    assert (document.answers, document.accepted) == ((), ("Bob",))


def test_the_text_does_not_tell(documents):
    impossible = question(id="q2", is_impossible=True, plausible_answers=[answer("Ann", 0)])
    answerable, unanswerable = documents(question(answer("Ann", 0), is_impossible=False), impossible)
    assert found(answerable) == [("Ann", 0)]
    assert (unanswerable.answers, unanswerable.accepted) == ((), ())
    assert unanswerable.meta == {"title": "Oslo", "plausible_answers": [answer("Ann", 0)]}
    notes = Notes()
    (document,) = documents(question(answer("Ann", 0), is_impossible=True), notes=notes)
    assert (document.answers, document.accepted) == ((), ())
    assert [note.message for note in notes] == ["is_impossible, but it has answers: 1 left out"]


def test_impossible_questions_may_leave_out_the_empty_list(documents):
    bare = {"id": "q1", "question": "Who?", "is_impossible": True}
    (document,) = documents(bare, labelled=True)
    assert (document.answers, document.accepted) == ((), ())
    assert documents(bare, labelled=False)[0].answers is None


def test_what_contradicts_itself_or_is_no_truth_is_told(documents):
    notes = Notes()
    document, _ = documents(question(is_impossible=False), question(answer("Ann", 0), id="q2"), notes=notes)
    assert document.answers == ()
    (said,) = [note.message for note in notes]
    assert said == "is_impossible is false, but it has no answers: read as a question that the text does not answer"
    with pytest.raises(DataError, match='question q1: expected true or false under "is_impossible", found 1'):
        documents(question(answer("Ann", 0), is_impossible=1))


def test_an_article_or_a_paragraph_by_itself_is_told_where_it_belongs(lines):
    for alone in ({"title": "t", "paragraphs": []}, {"context": TEXT, "qas": [question()]}):
        with pytest.raises(
            DataError, match=r'a\.jsonl:1: expected a question, found an object with "(paragraphs|qas)"'
        ):
            lines(alone)


@pytest.mark.parametrize("start", [24.0, "24"])
def test_a_place_may_be_written_as_tables_of_numbers_write_it(documents, start):
    notes = Notes()
    (document,) = documents(question(answer("Ann", start)), notes=notes)
    assert found(document) == [("Ann", 24)]
    assert not list(notes)


def test_one_id_for_all_takes_no_quadratic_time(documents):
    asked = [{**question(answer("Ann", 0)), "question": f"Who is {number}?"} for number in range(3000)]
    start = time.perf_counter()
    made = documents(*asked, notes=Notes())
    assert [each.id for each in (made[0], made[1], made[-1])] == ["q1", "q1#2", "q1#3000"]
    few = time.perf_counter() - start
    assert len({each.id for each in made}) == 3000
    assert few < 5


def test_questions_without_answers_are_not_annotated(documents):
    bare = {"id": "q1", "question": "Who?"}
    (document,) = documents(bare, notes=Notes())
    assert (document.answers, document.accepted) == (None, None)
    (document,) = documents(question(answer("Ann", 3), is_impossible=False), labelled=False)
    assert (document.question, document.answers, document.accepted) == ("Who sings?", None, None)
    with pytest.raises(DataError, match="document q1 is not annotated, and labels are needed here: an empty list"):
        documents(bare, labelled=True)


def test_what_is_left_aside_may_be_wrong_and_a_call_may_bring_the_question(documents):
    wrong = question({}, is_impossible=0)
    unasked = {"id": "q2", "answers": []}
    first, second = documents(wrong, unasked, labelled=False)
    assert (first.question, second.question, second.id) == ("Who sings?", None, "q2")
    with pytest.raises(DataError, match='expected true or false under "is_impossible", found 0'):
        documents(wrong)


def test_questions_that_all_have_no_answer_are_annotated(documents):
    notes = Notes()
    documents(question(is_impossible=True), notes=notes)
    assert not notes


def test_a_place_of_very_many_digits_is_none(documents):
    notes = Notes()
    (document,) = documents(question(answer("sings", "9" * 5000)), notes=notes)
    assert found(document) == [("sings", 9)]
    assert notes.counts() == {"repaired": 1}


def test_blank_questions_and_blank_answers_are_left_out(documents):
    notes = Notes()
    asked = [{**question(answer("Ann", 0)), "question": " \n"}, question(answer(" ", 3), answer(3, 0), id="q2")]
    (document,) = documents(*asked, question(answer("Ann", 0), answer("", 0), id="q3"), notes=notes)
    assert (document.id, document.accepted) == ("q3", ("Ann",))
    said = [note.message for note in notes]
    assert said[0] == "its question is blank, so it is left out"
    assert said[1:3] == [f"an answer must be a string that is not blank, found {each!r}" for each in (" ", 3)]
    assert said[3] == "none of its answers can be kept, so it is left out"
    assert notes.counts() == {"dropped": 5}


@pytest.mark.parametrize("more", [{}, {"is_impossible": True}, {"is_impossible": False}])
@pytest.mark.parametrize("start", [-1, -1.0, "-1"])
def test_an_empty_answer_at_minus_one_says_that_there_is_none(documents, more, start):
    notes = Notes()
    (document,) = documents(question(answer("", start), **more), question(answer("Ann", 0), id="q2"), notes=notes)[:1]
    assert (document.answers, document.accepted, notes.counts()) == ((), (), {"repaired": 1})
    notes = Notes()
    (document,) = documents(question(answer("", -1), answer("Ann", 0)), notes=notes)
    assert (document.accepted, notes.counts()) == (("Ann",), {"dropped": 1})


def test_a_blank_question_stays_where_a_call_may_bring_one(documents):
    notes = Notes()
    (document,) = documents({**question(answer("Ann", 0)), "question": " \n"}, labelled=False, notes=notes)
    assert (document.question, document.answers, notes.counts()) == (" \n", None, {})


def test_an_empty_context_has_nothing_to_find(documents):
    one, other = documents(question(answer("Ann", 0)), question(id="q2"), context="", notes=Notes())
    assert (one.text, one.answers, one.accepted) == ("", (), ("Ann",))
    assert (other.answers, other.accepted) == ((), ())


def test_ids_that_are_given_twice(documents):
    notes = Notes()
    same = question(answer("Ann", 0))
    named = [each.id for each in documents(same, same, question(), question(answer("Oslo", 18)), notes=notes)]
    assert named == ["q1", "q1#2", "q1#3"]
    assert notes.counts() == {"duplicate": 1, "repaired": 2}
    assert [note.message for note in notes][1] == "another question has the id q1: this one is called q1#2"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"id": "q1", "answers": []}, r"a\.json: question q1: expected a string under 'question', found nothing"),
        ({"question": 3, "answers": []}, r"data\[0\]\.paragraphs\[0\]\.qas\[0\]: expected a string under 'question'"),
        (question() | {"answers": 3}, r'question q1: expected "answers": \[.*, found \'3\''),
        (question() | {"answers": ["Ann"]}, r'question q1: expected "answers": \['),
        (question() | {"answers": {"text": ["Ann"], "answer_start": []}}, r'expected "answers": \['),
        ("Who?", r"data\[0\]\.paragraphs\[0\]: expected a list of objects under 'qas'"),
    ],
)
def test_what_is_no_question(documents, asked, said):
    with pytest.raises(DataError, match=said):
        documents(asked)


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        ({"data": {}}, r"a\.json: expected a list of objects under 'data'"),
        (
            {"data": [{"title": "x"}]},
            r"a\.json: data\[0\]: expected a list of objects under 'paragraphs', found nothing",
        ),
        ({"data": [{"paragraphs": [{"context": "x"}]}]}, r"data\[0\]\.paragraphs\[0\]: .* under 'qas'"),
        (
            {"data": [{"paragraphs": [{"qas": [question()]}]}]},
            r'question q1: expected the keys "context" and "answers"',
        ),
        ({"data": []}, "no document in it"),
        ({"context_text": "x", "qas": []}, 'of CMRC2018 the form with "context", .* found "context_text"'),
        (
            {"context": TEXT, "question": " ", "answers": [], "id": "q1"},
            r"no document in it \(format squad\), with 1 annotation left out, such as: .*a\.json:1: its question is blank",
        ),
    ],
)
def test_what_is_no_file_of_questions(tmp_path, whole, said):
    (tmp_path / "a.json").write_text(json.dumps(whole))
    with pytest.raises(DataError, match=said):
        list(read(tmp_path / "a.json", "squad"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{"data": [\n{"paragraphs": [}\n]}', r"a\.json:2: broken JSON at column 17"),
        ('{"context": "a", "question"\n', r"a\.json:1: broken JSON"),
        ('{"context": "a", "question": "b", "answers": []}\n{"context', r"a\.json:2: broken JSON"),
        ("", "no document in it"),
        ("[" * 100_000, "broken JSON"),
        ('{"context": "a", "question": "b", "context": "c"}', "the key 'context' stands twice in one object"),
    ],
)
def test_broken_files(tmp_path, written, said):
    (tmp_path / "a.json").write_text(written)
    with pytest.raises(DataError, match=said):
        list(read(tmp_path / "a.json", "squad"))


def test_one_question_over_several_lines(tmp_path):
    record = {"context": TEXT, **question(answer("Ann", 0))}
    (tmp_path / "a.json").write_text(json.dumps(record, indent=1))
    (document,) = read(tmp_path / "a.json", "squad")
    assert found(document) == [("Ann", 0)]


def test_from_standard_input(monkeypatch):
    stream = io.BytesIO(json.dumps({"context": TEXT, **question(answer("Ann", 0))}).encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(stream)))
    (document,) = read("-", "squad")
    assert found(document) == [("Ann", 0)]


def test_blanks_around_an_answer_are_not_of_it(documents):
    (document,) = documents(question(answer(" sings ", 8), answer(" Berg", "3")), notes=Notes())
    assert (found(document), document.accepted) == ([("sings", 9), ("Berg", 4)], ("sings", "Berg"))
