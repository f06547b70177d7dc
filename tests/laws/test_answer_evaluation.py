"""Laws of the scores of answers: those of naive twins that look at every letter, substring and character."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.oracles import cmrc_score, place_f1, squad_score
from tests.strategies import questions, scores, spans, texts

from globalpointer.evaluation import evaluate_answers, read_report
from globalpointer.evaluation.answer_marks import accepted, mark, mark_best, mark_place, surfaces
from globalpointer.evaluation.official import CMRC, SQUAD, official
from globalpointer.text.spans import Answer, Document

UNITS = ("word", "character")
WORDS = (
    "the",
    "A",
    "an",
    "rose",
    "Rose.",
    "U.S.",
    "U.S",
    "don't",
    "3,000",
    "x",
    "北",
    "京",
    "大",
    "学",
    "，",
    "·",
    "-",
    " ",
    "1.5年",
    "...",
    ".NET",
    "x…y",
    "（",
)

strings = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join) | st.lists(
    st.sampled_from(WORDS), min_size=1, max_size=6
).map("".join)
several = st.lists(strings | texts(1, 4), min_size=1, max_size=3)


@given(several, strings | texts(1, 4))
@pytest.mark.parametrize(("script", "oracle"), [(SQUAD, squad_score), (CMRC, cmrc_score)])
def test_strings_are_scored_as_their_definition_says(script, oracle, golds, found) -> None:
    exact, f1 = oracle(golds, found)
    assert script.exact(golds, found) == exact
    shared = script.shared(golds, found)
    assert shared.f1 == pytest.approx(f1)
    assert 0 <= shared.precision <= 1
    assert 0 <= shared.recall <= 1


@given(several, strings, st.sampled_from(UNITS))
def test_what_is_exactly_right_shares_everything_and_more_gold_never_hurts(golds, found, unit) -> None:
    script = official(unit)
    assume(script.answers([found]))
    assert mark([*golds, found], found, script).sums == (1, 1, 1)
    more = mark([*golds, found, "rose 北京"], "rose", script)
    less = mark([*golds, found], "rose", script)
    assert more.right >= less.right
    assert more.f1 >= less.f1
    assert mark_best([*golds, found], ["rose", found], script).right == 1


@given(st.data())
def test_places_are_scored_character_by_character(data) -> None:
    length = data.draw(st.integers(1, 20))
    golds, found = data.draw(st.lists(spans(length), min_size=1, max_size=3)), data.draw(spans(length))
    marks = mark_place(golds, found)
    assert marks.f1 == pytest.approx(place_f1([(each.start, each.end) for each in golds], (found.start, found.end)))
    assert (marks.f1 == 1) == (marks.right == 1) == (found in golds)


@st.composite
def judged(draw):
    """A question, and answers that a model might have found."""
    gold = draw(questions())
    places = draw(st.lists(spans(len(gold.text)), max_size=6, unique=True)) if gold.text else []
    found = tuple(Answer(each, gold.text[each.start : each.end], draw(st.none() | scores())) for each in places)
    return gold, Document(gold.text, question=gold.question, answers=found)


@given(st.lists(judged(), min_size=1, max_size=5), st.sampled_from(UNITS), st.none() | st.just(("rose",)))
def test_a_report_adds_up(pairs, unit, seen) -> None:
    golds, founds = zip(*pairs, strict=True)
    report = evaluate_answers(golds, founds, unit=unit, seen=seen)
    single = [evaluate_answers([one], [other], unit=unit).counts for one, other in pairs]
    assert report.f1 == pytest.approx(sum(each.f1 for each in single) / len(pairs))
    assert report.complete == sum(each.right for each in single)
    assert report.complete + sum(report.errors.values()) == report.documents == len(pairs)
    assert sum(each.questions for each in report.labels.values()) == len(pairs)
    assert sum(each.questions for each in report.slices["context"].values()) == len(pairs)
    answerable = sum(bool(official(unit).answers(accepted(each))) for each in golds)
    assert sum(each.questions for each in report.slices["answer"].values()) == answerable
    assert report.matches["best of 5"].f1 >= report.f1 - 1e-12
    assert report.matches["best of 5"].right >= report.complete
    assert read_report(report.to_dict()) == report


@given(st.lists(questions(), min_size=1, max_size=4), st.sampled_from(UNITS))
def test_gold_is_perfect_where_it_has_a_place(golds, unit) -> None:
    script = official(unit)
    golds = [each for each in golds if each.answers and not each.accepted]
    golds = [each for each in golds if script.answers(surfaces(each)[:1])]
    report = evaluate_answers(golds, golds, unit=unit)
    assert (report.complete, sum(report.errors.values())) == (len(golds), 0)
    assert report.matches["place"].right == len(golds)
    assert report.f1 == (1 if golds else 0)
