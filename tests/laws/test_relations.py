"""The law of the relation task: what it encodes it decodes, whenever head links or tail links name their entities."""

import math

from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import LABELS, PREDICATES, relation_documents, token_maps

from globalpointer.grid import Cell
from globalpointer.tasks.base import Task
from globalpointer.tasks.relation import RelationTask
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document, Entity, Relation, Span
from globalpointer.text.tokens import TokenMap

SCHEMA = Schema(LABELS, dict.fromkeys(PREDICATES, ((LABELS[0], LABELS[1]),)))


def decoded(task, encoding, text, tokens, logit=1.0):
    return task.decode({name: dict.fromkeys(cells, logit) for name, cells in encoding.cells.items()}, text, tokens)


def spans_of(relations):
    return {(each.label, each.subject.span, each.object.span) for each in relations}


@given(st.data(), st.sampled_from(("typed", "roles")), st.none() | st.integers(1, 6))
def test_relations_come_back_or_are_named_as_lost(data, entities, max_width) -> None:
    document = data.draw(relation_documents())
    tokens = data.draw(token_maps(document.text))
    task = RelationTask(SCHEMA, max_width, entities)
    assert isinstance(task, Task)
    encoding = task.encode(document, tokens)
    found = decoded(task, encoding, document.text, tokens)
    kept = [each for each in document.relations if each not in encoding.lost]
    # Whatever was encoded comes back; a relation too many only where two entities share a first and two a last token
    assert spans_of(found.relations) >= spans_of(kept)
    pairs = {tokens.pair(end.span) for each in kept for end in (each.subject, each.object)}
    if entities == "typed":
        pairs = {tokens.pair(each.span) for each in document.entities if each not in encoding.lost}
        assert set(found.entities) == {each for each in document.entities if each not in encoding.lost}
    rows, cols = [pair.row for pair in pairs], [pair.col for pair in pairs]
    if len(rows) == len(set(rows)) or len(cols) == len(set(cols)):
        assert spans_of(found.relations) == spans_of(kept)
    for annotation, reason in encoding.lost.items():
        ends = [annotation] if isinstance(annotation, Entity) else [annotation.subject, annotation.object]
        placed = [tokens.pair(end.span) for end in ends]
        assert {
            "alignment": any(pair is None for pair in placed),
            "width": max_width is not None and any(pair and pair.col - pair.row >= max_width for pair in placed),
            "unlinked": entities == "roles" and isinstance(annotation, Entity),
        }[reason]


def test_an_entity_with_the_first_token_of_one_and_the_last_of_another_is_joined_too() -> None:
    text, tokens = "abc", TokenMap(tuple(Span(index, index + 1) for index in range(3)))
    first, second, both, other = (Entity("X", Span(*each), "") for each in ((0, 1), (1, 2), (0, 2), (2, 3)))
    relations = (Relation("r", first, other), Relation("r", second, other))
    task = RelationTask(Schema.of([Document(text, (first, other), relations=relations[:1])]))
    gold = Document(text, (first, second, both, other), relations=relations)
    found = decoded(task, task.encode(gold, tokens), text, tokens)
    assert spans_of(found.relations) == spans_of(relations) | {("r", both.span, other.span)}
    # Nested ends that share one border only are told apart by the other
    gold = Document(text, (first, both, other), relations=(Relation("r", both, other), Relation("r", other, first)))
    found = decoded(task, task.encode(gold, tokens), text, tokens)
    assert spans_of(found.relations) == spans_of(gold.relations)


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4))
def test_the_joint_logit_is_the_sum_or_the_weakest_of_the_four_terms(terms) -> None:
    text, tokens = "ab", TokenMap((Span(0, 1), Span(1, 2)))
    one, other = Entity("A", Span(0, 1), "a"), Entity("B", Span(1, 2), "b")
    schema = Schema.of([Document(text, (one, other), relations=(Relation("r", one, other),))])
    for joint, value in (("sum", sum(terms)), ("minimum", min(terms))):
        task = RelationTask(schema, joint=joint, slopes={"relation": 0.5})
        cells = {
            "entity": {(0, 0, 0): terms[0], (1, 1, 1): terms[1]},
            "relation.head": {(0, 0, 1): terms[2]},
            "relation.tail": {(0, 0, 1): terms[3]},
        }
        cells = {name: {Cell(*cell): logit for cell, logit in each.items()} for name, each in cells.items()}
        (found,) = task.decode(cells, text, tokens).relations
        assert math.isclose(found.score, 1 / (1 + math.exp(-0.5 * value)))
