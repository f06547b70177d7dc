from dataclasses import replace

from rich.console import Console

from globalpointer.evaluation import Marks, evaluate, evaluate_answers, evaluate_events, evaluate_relations
from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.sections import numbers
from globalpointer.evaluation.tables import summary, table
from globalpointer.text.spans import TRIGGER, Answer, Argument, Document, Event, Relation, Span


def printed(report) -> str:
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        console.print(table(report))
    return console.export_text()


def test_the_tables_name_every_number_and_take_odd_labels_as_they_are() -> None:
    document = Document("Ann at Acme")
    gold = [Document(document.text, (document.entity("[bold]P\x1b", 0, 3), document.entity("ORG", 7, 11)))]
    found = [Document(document.text, (document.entity("[bold]P\x1b", 0, 3, score=0.75), document.entity("LOC", 7, 11)))]
    report = evaluate(gold, found, unit="word", seen=["Ann"])
    shown = printed(report)
    for part in (
        "[bold]P\u241b",
        "words (between white space)",
        "L1: length < 3",
        "unseen",
        "ent_type",
        "ORG found as LOC",
    ):
        assert part in shown
    assert "\x1b" not in shown
    assert "F1 50.00" in summary(report)
    assert "complete documents 0 of 1" in summary(report)
    assert "calibration error 25.00" in summary(report)


def test_slices_that_hold_nothing_are_left_out() -> None:
    gold = Document("Ann at", ())
    entity = gold.entity("PER", 0, 3)
    report = evaluate([replace(gold, entities=(entity,)), gold], [gold, replace(gold, entities=(entity,))], unit="word")
    shown = printed(report)
    assert "L1: length < 3" in shown
    assert "L2" not in shown
    assert report.slices["length"]["L2"].gold == 0
    bare = printed(evaluate([gold], [replace(gold, entities=(entity,))], unit="word"))
    assert "L1: length < 3" in bare  # found, and nothing of it in gold


def test_a_perfect_report_has_no_table_of_errors() -> None:
    document = Document("Ann", ())
    assert "Errors" not in printed(evaluate([document], [document]))


def test_a_rate_of_nothing_is_a_dash_and_no_failure() -> None:
    assert numbers(Counts(gold=0, found=0, right=0)) == ("-", "-", "-", "0", "0", "0")
    assert numbers(Counts(gold=0, found=2, right=0)) == ("-", "0.00", "-", "0", "2", "0")
    assert numbers(Counts(gold=4, found=2, right=2)) == ("66.67", "100.00", "50.00", "4", "2", "2")


def test_relations_and_events_have_their_own_scores_and_slices() -> None:
    plain = Document("Ann at Acme")
    ann, acme = plain.entity("PER", 0, 3), plain.entity("ORG", 7, 11)
    gold = Document(plain.text, (ann, acme), relations=(Relation("works_at", ann, acme),))
    report = evaluate_relations([gold], [Document(plain.text, (ann, acme), relations=())], unit="word")
    shown = printed(report)
    for part in ("strict", "boundaries", "offset-free", "entities alone", "Normal: no overlap", "distance in words"):
        assert part in shown
    assert "strict F1 0.00" in summary(report)
    assert "entity F1 100.00" in summary(report)

    hire = Event("hire", frozenset({Argument(TRIGGER, Span(4, 6), "at"), Argument("who", Span(0, 3), "Ann")}))
    found = Document(plain.text, events=(Event("hire", hire.arguments - set(hire.triggers)),))
    report = evaluate_events([Document(plain.text, events=(hire,))], [found])
    shown = printed(report)
    for part in ("event exact", "trigger identification", "by shared characters (DuEE)", "1: gold events"):
        assert part in shown
    assert "argument F1 100.00" in summary(report)
    assert "trigger F1 0.00  event exact F1 0.00" in summary(report)


def test_answers_have_marks_and_no_micro_average() -> None:
    asked = Document("Ann sings", question="Who?", answers=(Answer(Span(0, 3), "Ann"),))
    wrong = replace(asked, answers=(Answer(Span(0, 9), "Ann sings", 0.8), Answer(Span(0, 3), "Ann", 0.1)))
    report = evaluate_answers([asked, asked], [asked, wrong], unit="word")
    shown = printed(report)
    for part in (
        "the answer, as SQuAD scores it",
        "best of 5",
        "exact match",
        "who",
        "too long",
        "1-2: units",
        "83.33",
    ):
        assert part in shown
    assert "wrong labels" not in shown
    said = "SQuAD F1 83.33  exact match 50.00 (1 of 2)  precision 75.00  recall 100.00  macro F1 83.33"
    assert summary(report) == f"{said}  calibration error 80.00"
    assert numbers(Marks()) == ("-", "-", "-", "-", "0", "0")
