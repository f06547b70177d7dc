"""The official scores of SQuAD and CMRC2018, by cases that were computed by hand, and by the script of CMRC2018."""

import pytest

from globalpointer.errors import ConfigError
from globalpointer.evaluation.answer_marks import mark
from globalpointer.evaluation.official import CMRC, SQUAD, official


@pytest.mark.parametrize(
    ("accepted", "found", "exact", "f1"),
    [
        (["Denver Broncos"], "Denver Broncos", True, 1),
        (
            ["Denver Broncos"],
            "the denver  broncos.",
            True,
            1,
        ),  # articles, blanks, letter case and full stops do not matter
        (["the U.S."], "US", True, 1),
        (["Denver Broncos"], "Broncos", False, 2 / 3),
        (["Denver Broncos"], "the Denver Broncos team of 2015", False, 4 / 7),
        (["in 1998", "1998"], "1998", True, 1),  # the best annotator counts
        (["1998, May", "May 1998 or so"], "May 1998", False, 1),  # F1 counts a bag of words
        (["a rose a rose"], "rose", False, 2 / 3),
        (["Paris"], "Rome", False, 0),
        (["The"], "x", False, 0),
        (["x"], "the", False, 0),
        (["well-known"], "well known", False, 0),  # a hyphen goes without a trace
        (["théâtre a"], "théâtre", True, 1),
    ],
)
def test_squad(accepted, found, exact, f1) -> None:
    assert SQUAD.exact(accepted, found) == exact
    assert SQUAD.shared(accepted, found).f1 == pytest.approx(f1)


@pytest.mark.parametrize(
    ("accepted", "found", "exact", "f1"),
    [
        (["光荣和ω-force"], "光荣和ω-force", True, 1),
        (["光荣和ω-force"], "光荣和Ωforce", True, 1),  # signs go, letters are made small
        (["光荣和ω-force"], "ω-force", False, 2 / 5),  # 光 荣 和 ωforce
        (["北京市"], "北京", False, 4 / 5),
        (["北京大学"], "北方大学", False, 4 / 8),  # 大学 is the longest run; 北大学, in parts, does not count
        (["大学北"], "北大学", False, 4 / 6),
        (["1998年", "九八年"], "1998", False, 2 / 3),
        (["《哈利·波特》"], "哈利波特", True, 1),
        (["New York"], "york", False, 2 / 3),
        (["3,000.5米"], "3,000.5", False, 2 / 3),
        (["a, b"], "a b", False, 2 / 5),  # an ASCII comma is a piece
        (["……"], "…", False, 0),  # the script names the pair, and looks at one after the other
        (["……等"], "等", False, 2 / 3),
        (["x…y"], "x", False, 0),
        (["x—y"], "y", False, 1 / 2),
        (["。"], "，", True, 1),  # there F1 is 0
        (["东"], "西", False, 0),
        (["U.S. Navy 号"], "U.S. Navy", False, 4 / 5),  # the dot stays with an abbreviation
        (["Mr. Li先生"], "Mr Li先生", False, 3 / 4),
        (["end."], "end", False, 2 / 3),
        ([".NET平台"], "NET平台", False, 2 / 3),
        (["等...等"], "等", False, 1 / 2),
        (["50%的人"], "50%", False, 2 / 3),
        (["$5美元"], "5美元", False, 6 / 7),
        (["12:30开始"], "1230开始", True, 1),
        (["第3（三）章"], "第3三章", True, 1),
        (["GPT-4模型"], "GPT4", False, 1 / 2),
        (["约翰(John)"], "约翰John", False, 1 / 2),
        (["1,5 和 2"], "1,5和2", False, 1),
        (["A&B公司"], "AB公司", False, 1 / 2),
        (["2008年8月8日", "八月八日"], "8月8日晚上", False, 2 / 3),
        (["北京 上海"], "北京上海", False, 1),
        (["C++语言"], "C语言", True, 1),
        (["“Hello world”"], "hello", False, 2 / 3),
    ],
)
def test_cmrc(accepted, found, exact, f1) -> None:
    """As cmrc2018_evaluate.py has them, run with the word tokenizer of NLTK 3.10.4."""
    assert CMRC.exact(accepted, found) == exact
    assert CMRC.shared(accepted, found).f1 == pytest.approx(f1)


def test_precision_and_recall_are_those_of_the_best_f1() -> None:
    shared = SQUAD.shared(["one two three four", "nine"], "one two")
    assert (shared.precision, shared.recall, shared.f1) == (1, 0.5, pytest.approx(2 / 3))
    shared = CMRC.shared(["一二三四", "九"], "一二五")
    assert (shared.precision, shared.recall, shared.f1) == (pytest.approx(2 / 3), 0.5, pytest.approx(4 / 7))


def test_the_unit_of_the_language_decides() -> None:
    assert (official("word"), official("character")) == (SQUAD, CMRC)
    with pytest.raises(ConfigError, match="unit must be one of word, character, not 'token'"):
        official("token")


@pytest.mark.parametrize(
    ("accepted", "found", "right"),
    [
        (["."], None, True),
        (["."], "the", True),
        (["."], "x", False),
        ([], "the", True),
        ([], "x", False),
        (["interventionism", "."], "the", False),
        (["interventionism", "."], "Interventionism.", True),
        (["interventionism"], None, False),
    ],
)
def test_answers_without_a_word_are_none_as_in_squad_2(accepted, found, right) -> None:
    """evaluate-v2.0.py leaves gold out that normalises to nothing, and compares with [""] where none is left."""
    marks = mark(accepted, found, SQUAD)
    assert (marks.right, marks.f1) == (right, right)
    assert marks.answered == (found is not None)
