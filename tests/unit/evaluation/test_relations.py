import time

import pytest

from globalpointer.errors import ConfigError, DataError
from globalpointer.evaluation import RelationReport, evaluate_relations, read_report
from globalpointer.evaluation.counts import Counts
from globalpointer.evaluation.significance import paired_bootstrap
from globalpointer.evaluation.surfaces import contains, surface
from globalpointer.evaluation.triples import errors, relations
from globalpointer.text.spans import Document, Relation, Triple

TEXT = "Ann Lee works at Acme in Rome, and Bob at Acme."
ANN, LEE, ACME, ROME, BOB, AGAIN = (
    ("PER", 0, 7),
    ("PER", 4, 7),
    ("ORG", 17, 21),
    ("LOC", 25, 29),
    ("PER", 35, 38),
    ("ORG", 42, 46),
)


def document(*links, triples=None, score=None, text=TEXT):
    plain = Document(text)
    made = tuple(Relation(label, plain.entity(*one), plain.entity(*other), score) for label, one, other in links)
    ends = dict.fromkeys(end for each in made for end in (each.subject, each.object))
    return Document(text, tuple(ends), relations=made, triples=triples)


GOLD = document(("works_at", ANN, ACME), ("works_at", BOB, AGAIN), ("based_in", ACME, ROME))


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (("works_at", ANN, ("LOC", 17, 21)), "wrong entity label"),
        (("owns", ANN, ACME), "wrong label"),
        (("works_at", ACME, ANN), "wrong direction"),
        (("works_at", LEE, ACME), "wrong border"),
        (("owns", ACME, LEE), "spurious"),
        (("works_at", ANN, AGAIN), "spurious"),
    ],
)
def test_each_way_of_being_wrong_has_a_name(found, kind) -> None:
    gold = document(("works_at", ANN, ACME))
    wrong = errors(relations(gold), relations(document(found)), "word")
    assert {each.kind for each in wrong} == ({kind} if kind != "spurious" else {"spurious", "missed"})


def test_strict_boundaries_and_strings_ask_for_less_and_less() -> None:
    found = document(("works_at", ANN, ("LOC", 17, 21)), ("works_at", BOB, ACME), ("based_in", ACME, ROME))
    report = evaluate_relations([GOLD], [found])
    assert report.match == "strict"
    assert [report.matches[name].right for name in ("strict", "boundaries", "offset-free")] == [1, 2, 3]
    assert report.counts == Counts(3, 3, 1)
    assert report.labels == {"based_in": Counts(1, 1, 1), "works_at": Counts(2, 2, 0)}
    assert report.macro_f1 == 0.5
    assert report.document_accuracy == 0
    assert report.entities is not None
    assert report.entities.counts == Counts(5, 5, 4)  # gold has the second Acme, found the first as a place


def test_without_offsets_all_triples_of_the_file_count_once_and_by_their_strings() -> None:
    triples = (Triple("ann  lee", "works_at", "ACME"), Triple("Bob", "works_at", "Acme"), Triple("Zoe", "knows", "Bob"))
    found = document(("works_at", ANN, ACME), ("works_at", BOB, AGAIN), ("works_at", BOB, ACME), score=0.9)
    report = evaluate_relations([document(triples=triples)], [found])
    assert (report.match, report.entities) == ("offset-free", None)
    assert report.counts == Counts(3, 2, 2)
    assert report.calibration is not None
    assert report.calibration.count == 2
    assert report.errors == {"missed": 1, "spurious": 0, "wrong label": 0, "wrong direction": 0, "wrong border": 0}
    assert read_report(report.to_dict()) == report


def test_distance_is_measured_between_the_ends_of_each_relation() -> None:
    far = document(("knows", ANN, BOB), ("works_at", BOB, AGAIN), ("is", ANN, LEE))
    by_word = evaluate_relations([far], [document(("works_at", BOB, AGAIN))], unit="word").slices["distance"]
    assert {part: (each.gold, each.found) for part, each in by_word.items()} == {
        "0-5": (2, 1), "6-10": (1, 0), "11-20": (0, 0), ">20": (0, 0),
    }  # fmt: skip
    by_character = evaluate_relations([far], [far], unit="character").slices["distance"]
    assert [each.gold for each in by_character.values()] == [2, 0, 0, 1]


def test_seen_asks_for_both_ends() -> None:
    report = evaluate_relations([GOLD], [GOLD], seen=["ann  LEE", "Acme"])
    assert {part: each.gold for part, each in report.slices["mention"].items()} == {"seen": 1, "unseen": 2}


def test_documents_without_relations_are_no_error_and_unannotated_ones_are() -> None:
    empty = evaluate_relations([document()], [document()])
    assert (empty.f1, empty.macro_f1, empty.document_accuracy) == (0, 0, 1)
    assert isinstance(evaluate_relations([], []), RelationReport)
    with pytest.raises(DataError, match="the found document is not annotated with"):
        evaluate_relations([GOLD], [Document(TEXT, ())])
    with pytest.raises(DataError, match="different texts"):
        evaluate_relations([GOLD], [document(text="other")])
    entities_unknown = Document(TEXT, relations=())
    assert evaluate_relations([entities_unknown], [GOLD]).entities is None


def test_a_report_of_an_unknown_task_or_without_a_key_is_refused() -> None:
    plain = evaluate_relations([GOLD], [GOLD]).to_dict()
    with pytest.raises(DataError, match="about 'weather'"):
        read_report({**plain, "task": "weather"})
    del plain["matches"]
    with pytest.raises(DataError, match="the key 'matches'"):
        read_report(plain)


def test_the_bootstrap_compares_the_headline() -> None:
    half = document(("works_at", ANN, ACME))
    result = paired_bootstrap([GOLD] * 5, [GOLD] * 5, [half] * 5, task="relation", samples=20)
    assert result.difference == pytest.approx(1 - 0.5)
    with pytest.raises(ConfigError, match="task must be one of ner, relation, event, mrc, not 'parsing'"):
        paired_bootstrap([GOLD], [GOLD], [GOLD], task="parsing")


def test_five_hundred_entities_in_one_sentence_take_seconds() -> None:
    plain = Document("ab " * 500)
    ends = [plain.entity("E", 3 * index, 3 * index + 2) for index in range(500)]
    links = [Relation("r", one, other, 0.6) for one in ends for other in ends]
    gold, found = (Document(plain.text, tuple(ends), relations=tuple(each)) for each in (links[::100], links[1::5]))
    began = time.process_time()
    report = evaluate_relations([gold], [found])
    assert time.process_time() - began < 8  # 1 s of one core; comparing all with all took 35 s
    assert report.counts == Counts(2500, 50_000, 0)


def test_surfaces_fold_case_and_blanks_and_contain_by_words_or_characters() -> None:
    assert surface(" New \n YORK ") == "new york"
    assert contains("berlin wall", "berlin", "word")
    assert not contains("berlin", "in", "word")
    assert contains("berlin", "in", "character")
    with pytest.raises(ConfigError, match="unit must be one of character, word, not 'token'"):
        contains("a", "a", "token")
