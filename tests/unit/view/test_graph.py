"""The graph of all relations: a node a name and label, an arrow a pair."""

import re
from html import unescape
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import linked_documents

from globalpointer.text.spans import Document, Entity, Relation, Span
from globalpointer.view.graph import graph


def document(*triples):
    text, entities, relations = "", [], []
    for subject, label, other in triples:
        ends = []
        for name in (subject, other):
            ends.append(Entity("X", Span(len(text), len(text) + len(name)), name))
            text += name + " "
        entities += ends
        relations.append(Relation(label, *ends))
    return Document(text, tuple(entities), relations=tuple(relations))


def words(made: str) -> list[str]:
    return [unescape(each) for each in re.findall(r"<text[^>]*>([^<]*)</text>", made)]


def paths(made: str) -> int:
    return made.count('fill="none"')


@given(st.lists(linked_documents(), max_size=4))
def test_every_name_is_a_node_and_every_pair_an_arrow(documents):
    ends = [
        tuple((d.text[end.start : end.end], end.label) for end in (relation.subject, relation.object))
        for d in documents
        for relation in d.relations
    ]
    made = graph(documents)
    assert made.count("<title>") == len({name for pair in ends for name in pair})
    assert paths(made) == len(set(ends))
    assert made == graph(documents)
    if made:
        ElementTree.fromstring(made)
        assert made.encode()


def test_the_same_name_in_two_documents_is_one_node_and_relations_are_counted():
    made = graph([document(("Ann", "knows", "Bob")), document(("Ann", "knows", "Bob"), ("Ann", "likes", "Bob"))])
    assert sorted(words(made)) == ["Ann", "Bob", "X", "X", "knows \u00d72, likes"]


def test_arrows_both_ways_bend_apart_and_a_loop_stays_on_the_page():
    made = graph([document(("Ann", "knows", "Bob"), ("Bob", "likes", "Ann"), ("Bob", "is", "Bob"))])
    assert len(set(re.findall(r"Q([\d.-]+ [\d.-]+) ", made))) == 3
    grounds = [tuple(map(float, each)) for each in re.findall(r'<rect x="([\d.-]+)" y="([\d.-]+)"', made)]
    assert len(grounds) == 2 + 3  # the names, and what the labels stand on
    assert all(x >= 0 and y >= 0 for x, y in grounds)


def test_a_limit_keeps_what_hangs_together_and_is_told():
    chain = [(f"n{index}", "next", f"n{index + 1}") for index in range(9)]
    made = graph([document(*chain, ("a", "next", "b"))], limit=4)
    assert "4 of 12 names are drawn" in made
    assert paths(made) == 3
    assert "are drawn" not in graph([document(*chain)])


def test_without_relations_there_is_no_graph():
    assert graph([Document("Ann", (Entity("X", Span(0, 3), "Ann"),)), Document("x")]) == ""


def test_long_names_and_markup():
    made = graph([document(("A" * 100, "</svg><script>", "<b>"))])
    assert "A" * 28 + "\u2026" in made
    assert "A" * 100 in made
    assert "<script" not in made
