import time
from itertools import pairwise

import pytest

from globalpointer.errors import AlignmentError, ConfigError, DataError, SchemaError
from globalpointer.grid import Cell, Grid
from globalpointer.tasks.relation import RelationTask
from globalpointer.tasks.thresholds import Thresholds, sigmoid
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document, Entity, Relation, Span
from globalpointer.text.tokens import TokenMap

TEXT = "Ann of Acme Corp"
TOKENS = TokenMap((None, Span(0, 3), Span(4, 6), Span(7, 11), Span(12, 16), None))
ANN, ACME, CORP = (Document(TEXT).entity(*each) for each in (("PER", 0, 3), ("ORG", 7, 16), ("ORG", 12, 16)))
SCHEMA = Schema(("ORG", "PER"), {"owns": (("ORG", "ORG"),), "works_at": (("PER", "ORG"),)})
GOLD = Document(TEXT, (ANN, ACME, CORP), relations=(Relation("works_at", ANN, ACME),))


def test_a_relation_is_two_entities_and_two_links() -> None:
    task = RelationTask(SCHEMA)
    encoding = task.encode(GOLD, TOKENS)
    assert encoding.cells == {
        "entity": {Cell(1, 1, 1), Cell(0, 3, 4), Cell(0, 4, 4)},
        "relation.head": {Cell(1, 1, 3)},
        "relation.tail": {Cell(1, 1, 4)},
    }
    assert not encoding.lost
    links = [Grid(name, ("owns", "works_at"), False, None, True) for name in ("relation.head", "relation.tail")]
    assert task.grids == (Grid("entity", ("ORG", "PER")), *links)


def test_roles_are_told_apart_and_what_is_in_no_relation_is_said_to_be_lost() -> None:
    task = RelationTask(SCHEMA, entities="roles")
    encoding = task.encode(GOLD, TOKENS)
    assert encoding.cells["entity"] == {Cell(0, 1, 1), Cell(1, 3, 4)}
    assert encoding.lost == {CORP: "unlinked"}
    found = task.decode({name: dict.fromkeys(cells, 2.0) for name, cells in encoding.cells.items()}, TEXT, TOKENS)
    assert found.relations == GOLD.relations
    assert found.entities == (ANN, ACME)  # with the labels that "works_at" joined most often


def test_a_relation_is_lost_with_an_end_of_it() -> None:
    inner = Document(TEXT).entity("PER", 0, 2)
    gold = Document(TEXT, (inner, ACME), relations=(Relation("works_at", inner, ACME),))
    encoding = RelationTask(SCHEMA).encode(gold, TOKENS)
    assert encoding.lost == {gold.relations[0]: "alignment", inner: "alignment"}
    assert not encoding.cells["relation.head"]
    encoding = RelationTask(SCHEMA, max_width=1).encode(GOLD, TOKENS)
    assert encoding.lost == {GOLD.relations[0]: "width", ACME: "width"}


def test_a_relation_of_an_entity_with_itself_comes_back() -> None:
    gold = Document(TEXT, (ACME,), relations=(Relation("owns", ACME, ACME),))
    task = RelationTask(SCHEMA)
    encoding = task.encode(gold, TOKENS)
    assert encoding.cells["relation.head"] == {Cell(0, 3, 3)}
    found = task.decode({name: dict.fromkeys(cells, 1.0) for name, cells in encoding.cells.items()}, TEXT, TOKENS)
    assert found == gold


def test_the_better_label_joins_and_constraints_choose_among_those_that_may_stand_there() -> None:
    cells = {
        "entity": {Cell(0, 1, 1): 3.0, Cell(1, 1, 1): 1.0, Cell(0, 3, 4): 2.0},
        "relation.head": {Cell(1, 1, 3): 4.0, Cell(0, 3, 1): 4.0},
        "relation.tail": {Cell(1, 1, 4): 5.0, Cell(0, 4, 1): 5.0},
    }
    free = RelationTask(SCHEMA).decode(cells, TEXT, TOKENS)
    assert [(each.label, each.subject.label, each.object.label) for each in free.relations] == [
        ("works_at", "ORG", "ORG"),
        ("owns", "ORG", "ORG"),
    ]
    assert len(free.entities) == 3
    bound = RelationTask(SCHEMA, constrained=True).decode(cells, TEXT, TOKENS)
    assert [(each.label, each.subject.label) for each in bound.relations] == [("works_at", "PER"), ("owns", "ORG")]
    assert bound.relations[0].score == sigmoid(1.0)
    without = {**cells, "entity": {Cell(0, 1, 1): 3.0, Cell(0, 3, 4): 2.0}}
    assert [each.label for each in RelationTask(SCHEMA, constrained=True).decode(without, TEXT, TOKENS).relations] == [
        "owns"
    ]


def test_thresholds_by_kind_and_label_become_logits_by_grid() -> None:
    given = Thresholds.of({"relation": sigmoid(2.0), "owns": sigmoid(-1.0), "PER": sigmoid(3.0)}, SCHEMA)
    task = RelationTask(SCHEMA, slopes={"entity": 2.0, "relation": 0.5})
    limits = task.limits(given)
    assert limits["entity"] == pytest.approx((-2.0, -2.0))  # an end may be that weak; `settle` asks it for 0 and 1.5
    assert limits["relation.head"] == limits["relation.tail"] == pytest.approx((-2.0, 4.0))
    summed = RelationTask(SCHEMA, joint="sum", slopes={"relation": 0.5}).limits(given)
    assert summed["relation.head"] == pytest.approx((-2.0, 0.0))


def test_unknown_labels_missing_annotation_and_wrong_options_are_errors() -> None:
    task = RelationTask(SCHEMA)
    with pytest.raises(DataError, match=r"relations is None"):
        task.encode(Document(TEXT, ()), TOKENS)
    wrong = Document(TEXT, (ANN, ACME), relations=(Relation("work_at", ANN, ACME),))
    with pytest.raises(SchemaError, match=r"relation 'work_at' is not in the schema .nearest: 'works_at'"):
        task.encode(wrong, TOKENS)
    with pytest.raises(AlignmentError, match=r"object of relation 'works_at'.*not among the entities"):
        Document(TEXT, (ANN,), relations=GOLD.relations)
    for options, said in (
        ({"joint": "max"}, "joint must be one of"),
        ({"entities": "apart"}, "entities must be one of"),
        ({"constrained": True, "entities": "roles"}, "typed"),
        ({"slopes": {"event": 1.0}}, "slope"),
    ):
        with pytest.raises(ConfigError, match=said):
            RelationTask(SCHEMA, **options)


def test_five_hundred_entities_in_a_sentence_are_joined_in_no_time() -> None:
    text = "x" * 1000
    tokens = TokenMap(tuple(Span(index, index + 1) for index in range(1000)))
    entities = tuple(Entity("ORG", Span(2 * index, 2 * index + 2), "xx") for index in range(500))
    chain = tuple(Relation("owns", one, other) for one, other in pairwise(entities))
    star = tuple(Relation("works_at", entities[0], other) for other in entities[1:])
    gold = Document(text, entities, relations=(*chain, *star))
    task = RelationTask(SCHEMA)
    started = time.process_time()
    encoding = task.encode(gold, tokens)
    found = task.decode({name: dict.fromkeys(cells, 1.0) for name, cells in encoding.cells.items()}, text, tokens)
    assert set(found.relations) == set(gold.relations)
    assert time.process_time() - started < 1.0
