import pytest

from globalpointer.errors import DataError
from globalpointer.evaluation import evaluate_events, mentions, read_report
from globalpointer.evaluation.arguments import errors
from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.overlap import shared
from globalpointer.evaluation.significance import paired_bootstrap
from globalpointer.text.spans import TRIGGER, Argument, Document, Event, Span

TEXT = "Acme hired Ann Lee and Bob on Monday."
ACME, HIRED, ANN, LEE, BOB, MONDAY = (0, 4), (5, 10), (11, 18), (15, 18), (23, 26), (30, 36)


def event(label, *arguments, score=None):
    return Event(label, frozenset(Argument(role, Span(*place), "", score) for role, place in arguments))


def document(*events):
    return Document(TEXT, events=events)


FIRST = event("hire", (TRIGGER, HIRED), ("who", ACME), ("whom", ANN))
SECOND = event("hire", (TRIGGER, HIRED), ("who", ACME), ("whom", BOB), ("when", MONDAY))
GOLD = document(FIRST, SECOND)


def test_each_score_counts_what_its_name_says() -> None:
    found = document(FIRST, event("meet", (TRIGGER, HIRED), ("who", ACME), ("whom", BOB)))
    report = evaluate_events([GOLD], [found])
    assert report.matches == {
        "argument": Counts(4, 4, 2),  # Acme, which two events share, counts once
        "trigger": Counts(1, 2, 1),
        "trigger identification": Counts(1, 1, 1),
        "event exact": Counts(2, 2, 1),
    }
    assert report.counts == report.matches["argument"]
    assert report.labels == {"hire": Counts(4, 2, 2), "meet": Counts(0, 2, 0)}
    assert report.roles["hire/trigger"] == Counts(1, 1, 1)
    assert report.document_accuracy == 0
    assert read_report(report.to_dict()) == report


def test_roles_of_two_labels_are_not_mixed_up() -> None:
    gold = document(event("a/b", ("c", ACME)), event("a", ("b/c", ANN)))
    report = evaluate_events([gold], [document(event("a/b", ("c", ACME)))])
    assert report.roles == {r"a/b\/c": Counts(1, 0, 0), r"a\/b/c": Counts(1, 1, 1)}
    wrong = errors(document(event("a/b", ("c", ACME))), document(event("a", ("b/c", (0, 2)))))
    assert {each.kind for each in wrong} == {"missed", "spurious"}  # and not a wrong border of one role


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (("hire", ("whom", ACME)), "wrong role"),
        (("fire", ("who", ACME)), "wrong event label"),
        (("hire", ("who", (0, 2))), "wrong border"),
        (("fire", ("who", (0, 2))), "spurious"),
    ],
)
def test_each_way_of_being_wrong_has_a_name(found, kind) -> None:
    wrong = errors(document(event("hire", ("who", ACME))), document(event(*found)))
    assert {each.kind for each in wrong} == ({kind} if kind != "spurious" else {"spurious", "missed"})


def test_right_arguments_in_wrong_events_are_a_grouping_error_on_either_side() -> None:
    merged = event("hire", (TRIGGER, HIRED), ("who", ACME), ("whom", ANN), ("whom", BOB), ("when", MONDAY))
    wrong = errors(GOLD, document(merged))
    assert [(each.kind, each.gold, each.found) for each in wrong] == [
        ("wrong grouping", FIRST, None), ("wrong grouping", SECOND, None), ("wrong grouping", None, merged),
    ]  # fmt: skip
    report = evaluate_events([GOLD], [document(merged)])
    assert (report.f1, report.matches["event exact"].right, report.complete) == (1, 0, 0)


def test_an_event_that_lacks_or_has_one_argument_too_many_is_wrong_in_that_alone() -> None:
    less = event("hire", (TRIGGER, HIRED), ("who", ACME))
    assert [each.kind for each in errors(document(FIRST), document(less))] == ["missed"]
    assert [each.kind for each in errors(document(less), document(FIRST))] == ["spurious"]
    assert [each.kind for each in errors(document(FIRST), document(FIRST, less))] == ["wrong grouping"]


def test_the_character_score_gives_part_of_a_string_its_part() -> None:
    report = evaluate_events(
        [document(event("hire", ("whom", ANN), ("who", ACME)))],
        [document(event("hire", ("whom", LEE), ("whom", ANN), ("when", MONDAY)))],
    )
    # "ann lee" is taken by the string that is the same, so nothing is left for "lee"
    assert (report.overlap.gold, report.overlap.found, report.overlap.score) == (2, 3, 1.0)
    part = evaluate_events([document(event("hire", ("whom", ANN)))], [document(event("hire", ("whom", LEE)))]).overlap
    assert part.score == part.f1 == shared("ann lee", "lee") == 2 * 3 / (7 + 3)


def test_events_that_are_listed_twice_are_one_event() -> None:
    report = evaluate_events([document(FIRST, FIRST)], [document(FIRST)])
    assert (report.matches["event exact"], report.document_accuracy) == (Counts(1, 1, 1), 1)


def test_the_slices_go_by_the_gold_of_the_document() -> None:
    report = evaluate_events(
        [GOLD, document(FIRST), document()], [GOLD, GOLD, document(FIRST)], seen=mentions([document(FIRST)])
    )
    golds = {
        group: {part: each.gold for part, each in parts.items() if each.gold} for group, parts in report.slices.items()
    }
    assert golds == {
        "events": {"1": 2, "several": 4},
        "sharing": {"shared": 4, "apart": 2},
        "arguments": {"2": 2, "4": 4},
        "mention": {"seen": 4, "unseen": 2},
    }
    assert report.slices["events"]["0"] == Counts(0, 2, 0)


def test_scores_are_the_best_of_the_events_that_share_an_argument() -> None:
    found = document(event("hire", ("who", ACME), score=0.6), event("hire", ("who", ACME), ("whom", ANN), score=0.8))
    calibration = evaluate_events([GOLD], [found]).calibration
    assert calibration is not None
    assert (calibration.count, calibration.error) == (2, pytest.approx(0.2))


def test_nothing_is_no_error_and_unannotated_is() -> None:
    empty = evaluate_events([document()], [document()])
    assert (empty.f1, empty.overlap.f1, empty.document_accuracy, empty.calibration) == (0, 0, 1, None)
    with pytest.raises(DataError, match="the gold document is not annotated with events"):
        evaluate_events([Document(TEXT)], [GOLD])


def test_the_bootstrap_compares_arguments() -> None:
    result = paired_bootstrap([GOLD] * 3, [GOLD] * 3, [document()] * 3, task="event", samples=10)
    assert (result.difference, result.low, result.high) == (1, 1, 1)
