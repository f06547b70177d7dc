"""Reports on answers: questions with several annotators, without an answer, and with one that is not in the text."""

from dataclasses import replace

import pytest

from globalpointer.errors import DataError
from globalpointer.evaluation import evaluate_answers, mentions, read_report
from globalpointer.evaluation.answer_slices import kind_of
from globalpointer.evaluation.answers import answer_marks
from globalpointer.evaluation.marks import Marks, Shared
from globalpointer.evaluation.significance import bootstrap, paired_bootstrap
from globalpointer.text.spans import Answer, Document, Span

TEXT = "Ann Berg sings in Oslo on Monday, and Bob Lind sings in Oslo on Friday."
WHO = "Who sings on Monday?"


def place(text, start=None):
    at = TEXT.index(text) if start is None else start
    return Answer(Span(at, at + len(text)), text)


def gold(*texts, question=WHO, accepted=None):
    return Document(TEXT, question=question, answers=tuple(map(place, texts)), accepted=accepted)


def found(*texts, scores=(None,) * 9):
    answers = tuple(replace(place(each), score=score) for each, score in zip(texts, scores, strict=False))
    return Document(TEXT, answers=answers)


def one(document, answer, **options):
    return evaluate_answers([document], [answer], unit="word", **options)


def test_the_headline_is_the_mean_over_questions() -> None:
    report = evaluate_answers(
        [gold("Ann Berg"), gold("Bob Lind"), gold("Oslo")], [found("Ann"), found("Bob Lind"), found()]
    )
    assert (report.measure, report.unit, report.documents) == ("SQuAD F1", "word", 3)
    assert report.f1 == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert (report.precision, report.recall) == (pytest.approx(2 / 3), pytest.approx(0.5))
    assert report.exact == report.document_accuracy == pytest.approx(1 / 3)
    assert report.counts == Marks(3, 2, 1, Shared(2.0, 1.5, 2 / 3 + 1))
    assert report.errors["too short"] == report.errors["not answered though answerable"] == 1


def test_the_best_annotator_counts() -> None:
    many = gold("Ann", "Ann Berg sings", accepted=("Ann", "Ann Berg sings", "Ann", "the soprano"))
    assert one(many, found("Ann")).exact == 1
    assert one(many, found("Ann Berg")).f1 == pytest.approx(0.8)
    assert one(gold(accepted=("the Ann",)), found("Ann")).exact == 1


def test_questions_that_the_text_does_not_answer() -> None:
    unanswerable = gold(question="Where is Zoe?")
    report = evaluate_answers([unanswerable, unanswerable, gold("Ann")], [found(), found("Ann"), found("Ann")])
    assert report.counts == Marks(3, 2, 2, Shared(2.0, 2.0, 2.0))
    assert report.slices["answerable"] == {
        "answerable": Marks(1, 1, 1, Shared(1.0, 1.0, 1.0)), "unanswerable": Marks(2, 1, 1, Shared(1.0, 1.0, 1.0)),
    }  # fmt: skip
    assert {kind: count for kind, count in report.errors.items() if count} == {"answered though unanswerable": 1}
    assert "answerable" not in one(gold("Ann"), found()).slices


def test_an_answer_that_is_not_in_the_text_is_scored_and_has_no_place() -> None:
    nowhere = gold(accepted=("Anna Berg",))
    report = one(nowhere, found("Ann Berg"))
    assert (report.f1, report.exact, report.matches["place"]) == (0.5, 0, Marks())
    assert report.errors["other words"] == 1
    assert one(nowhere, found()).errors["not answered though answerable"] == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Ann Berg sings", "too long"),
        ("Ann", "too short"),
        ("Berg sings", "crossing"),
        ("Bob Lind", "wrong place"),
        ("Ann Berg", "other words"),
    ],
)
def test_each_way_of_being_wrong_has_a_name(answer, kind) -> None:
    accepted = ("she",) if kind == "other words" else None
    errors = one(gold("Ann Berg", accepted=accepted), found(answer)).errors
    assert {name for name, count in errors.items() if count} == {kind}


def test_the_nearest_gold_answer_tells_what_is_wrong() -> None:
    assert one(gold("Oslo", "Ann Berg sings in"), found("Ann Berg")).errors["too short"] == 1


def test_the_same_words_elsewhere_are_right_but_not_in_their_place() -> None:
    asked = Document(TEXT, question="Where?", answers=(place("Oslo"),))
    report = one(asked, replace(found(), answers=(place("Oslo", TEXT.rindex("Oslo")),)))
    assert (report.exact, report.f1, sum(report.errors.values())) == (1, 1, 0)
    assert report.matches["place"] == Marks(1, 1, 0, Shared(0.0, 0.0, 0.0))
    overlapping = one(asked, found("in Oslo")).matches["place"]
    assert (overlapping.precision, overlapping.recall, overlapping.f1) == (4 / 7, 1, 8 / 11)


def test_runners_up_count_in_their_own_line_only() -> None:
    report = one(gold("Ann Berg"), found("Bob Lind", "Oslo", "Ann", "Monday", "Ann Berg"))
    assert (report.exact, report.f1) == (0, 0)
    assert report.matches["best of 5"] == Marks(1, 1, 1, Shared(1.0, 1.0, 1.0))
    sixth = one(gold("Friday"), found("Bob Lind", "Oslo", "Ann", "Monday", "Ann Berg", "Friday"))
    assert sixth.matches["best of 5"] == Marks(1, 1, 0)


def test_scores_are_held_against_exact_matches() -> None:
    answers = [found("Ann", "Berg", scores=(0.9, 0.1)), found("Oslo", scores=(0.8,)), found("Ann")]
    report = evaluate_answers([gold("Ann"), gold("Ann"), gold("Ann")], answers)
    assert report.calibration is not None
    assert (report.calibration.count, report.calibration.error) == (2, pytest.approx((0.1 + 0.8) / 2))


def test_slices_go_by_gold() -> None:
    golds = [gold("Ann"), gold("Ann Berg sings", "Ann"), gold("Ann Berg sings in Oslo"), gold(question="Why?")]
    report = evaluate_answers(golds, [found("Ann")] * 4, seen=mentions([gold("Ann")]))
    counted = {
        group: {part: each.questions for part, each in parts.items() if each.questions}
        for group, parts in report.slices.items()
    }
    assert counted == {
        "answer": {"1-2": 2, "3-5": 1},
        "context": {"<=128": 4},
        "answerable": {"answerable": 3, "unanswerable": 1},
        "wording": {"seen": 2, "unseen": 1},
    }
    assert {kind: each.questions for kind, each in report.labels.items()} == {"who": 3, "why": 1}
    assert report.macro_f1 == pytest.approx((report.labels["who"].f1 + 0) / 2)


@pytest.mark.parametrize(
    ("question", "unit", "kind"),
    [
        ("In what year did it begin?", "word", "what"),
        ("How many years, and when?", "word", "how many"),
        ("how long is it", "word", "how"),
        ("Whose is it?", "word", "who"),
        ("Name the city.", "word", "other"),
        ("Show whatever there is", "word", "other"),
        ("", "word", "other"),
        ("《什么是数学》的作者是谁？", "character", "谁"),
        ("为什么他离开了？", "character", "为什么"),
        ("有几个人？", "character", "多少"),
        ("如何参加？", "character", "怎"),
        ("他是哪一年出生的？", "character", "何时"),
        ("请说明。", "character", "other"),
    ],
)
def test_what_a_question_asks_by(question, unit, kind) -> None:
    assert kind_of(question, unit) == kind


def test_a_report_is_read_again() -> None:
    golds, founds = [gold("Ann Berg"), gold()], [found("Ann", scores=(0.7,)), found("Ann", scores=(0.6,))]
    for unit in ("word", "character"):
        report = evaluate_answers(golds, founds, unit=unit, seen=())
        plain = report.to_dict()
        assert (plain["task"], plain["official"]) == ("mrc", {"word": "SQuAD", "character": "CMRC2018"}[unit])
        assert plain["exact"] == report.exact
        assert read_report(plain) == report


def test_what_does_not_belong_together_is_refused() -> None:
    with pytest.raises(DataError, match=r"not annotated with answers or accepted, so"):
        evaluate_answers([Document(TEXT, question=WHO)], [found()])
    with pytest.raises(DataError, match="document 1: gold and found answer different questions"):
        evaluate_answers([gold("Ann", question="Why?")], [replace(found(), question=WHO)])
    assert evaluate_answers([gold("Ann")], [replace(found("Ann"), question=WHO)]).exact == 1
    assert evaluate_answers([replace(gold(accepted=("Ann",)), answers=None)], [found("Ann")]).exact == 1


def test_the_bootstrap_compares_the_headline() -> None:
    golds = [gold("Ann Berg"), gold("Bob Lind")] * 20
    first, second = [found("Ann Berg"), found("Bob")] * 20, [found("Ann"), found("Oslo")] * 20
    result = paired_bootstrap(golds, first, second, task="mrc", samples=50)
    difference = evaluate_answers(golds, first).f1 - evaluate_answers(golds, second).f1
    assert result.difference == pytest.approx(difference)
    assert 0 < result.low <= result.difference <= result.high
    both = [answer_marks(golds, each) for each in (first, second)]
    assert bootstrap(both, both[1:], samples=50).difference == pytest.approx(difference / 2)
