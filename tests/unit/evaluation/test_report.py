import time

import pytest

from globalpointer.errors import DataError
from globalpointer.evaluation import Report, evaluate, mentions
from globalpointer.evaluation.counts import Counts
from globalpointer.text.spans import Document, Entity, Span

TEXT = "Ann works at Acme"


def document(*entities, text=TEXT):
    plain = Document(text)
    return Document(text, tuple(plain.entity(label, start, end, score=score) for label, start, end, score in entities))


GOLD = [document(("PER", 0, 3, None), ("ORG", 13, 17, None), ("ORG", 13, 17, None)), document()]
FOUND = [document(("PER", 0, 3, 0.9), ("LOC", 13, 17, 0.6)), document()]


def test_micro_macro_labels_and_complete_documents() -> None:
    report = evaluate(GOLD, FOUND)
    assert report.counts == Counts(2, 2, 1)  # the gold duplicate counts once
    assert report.labels == {"LOC": Counts(0, 1, 0), "ORG": Counts(1, 0, 0), "PER": Counts(1, 1, 1)}
    assert report.f1 == report.precision == report.recall == 0.5
    assert report.macro_f1 == 1 / 3
    assert report.document_accuracy == 0.5
    assert report.errors["wrong label"] == 1
    assert report.confusions == (("ORG", "LOC", 1),)


def test_the_calibration_error_is_that_of_the_scores_and_absent_without() -> None:
    assert evaluate(GOLD, FOUND).calibration_error == pytest.approx((0.1 + 0.6) / 2)
    assert evaluate(GOLD, GOLD).calibration_error is None


def test_json_has_the_rates_at_the_top_and_comes_back() -> None:
    report = evaluate(GOLD, FOUND, unit="word", seen=mentions(GOLD))
    plain = report.to_dict()
    assert (plain["f1"], plain["precision"], plain["recall"], plain["unit"]) == (0.5, 0.5, 0.5, "word")
    assert plain["slices"]["mention"]["seen"]["gold"] == 2
    assert plain["relaxed"]["exact"]["COR"] == 2
    assert Report.from_dict(plain) == report
    del plain["unit"]
    with pytest.raises(DataError, match="key 'unit'"):
        Report.from_dict(plain)


def test_nothing_to_find_and_nothing_found_is_all_complete() -> None:
    report = evaluate([document()], [document()])
    assert (report.f1, report.document_accuracy, report.macro_f1) == (0.0, 1.0, 0.0)
    assert evaluate([], []).document_accuracy == 0.0


def test_lists_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="2 gold documents but 1 found"):
        evaluate(GOLD, FOUND[:1])
    with pytest.raises(DataError, match="document 2: gold and found have different texts"):
        evaluate(GOLD, [FOUND[0], document(text="other")])
    with pytest.raises(
        DataError, match=r"document 1 \(a:3\): the gold document is not annotated with entities, so it cannot be scored"
    ):
        evaluate([Document(TEXT, id="a:3")], FOUND[:1])
    with pytest.raises(DataError, match="the found document is not annotated with"):
        evaluate(GOLD[:1], [Document(TEXT)])


def test_ten_thousand_documents_take_a_few_seconds() -> None:
    text = "some words of a text " * 4
    gold = [
        Document(text, tuple(Entity("ABC"[k % 3], Span(7 * k, 7 * k + 1 + (i + k) % 9), "") for k in range(6)))
        for i in range(10_000)
    ]
    found = gold[1:] + gold[:1]
    began = time.process_time()
    report = evaluate(gold, found, unit="word", seen={"some"})
    assert time.process_time() - began < 8  # 2 s of one core; the bound only catches a wrong order of growth
    assert report.documents == 10_000
