"""Arcs over a text: the text whole, every link drawn once, and none through another."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import linked_documents

from globalpointer.text.spans import TRIGGER, Argument, Document, Entity, Event, Relation, Span
from globalpointer.view.arcs import arcs
from globalpointer.view.links import linked
from globalpointer.view.pieces import visible
from globalpointer.view.rows import rows, stacked

TEXT = "Ann Berg joined Acme Corp in Oslo."
ANN, ACME, OSLO = (Entity(*each) for each in (
    ("PER", Span(0, 8), "Ann Berg"), ("ORG", Span(16, 25), "Acme Corp"), ("LOC", Span(29, 33), "Oslo")
))  # fmt: skip
WORKS, IN = Relation("works_for", ANN, ACME), Relation("located_in", ACME, OSLO)
JOIN = Event("join", frozenset({
    Argument(TRIGGER, Span(9, 15), "joined"), Argument("person", Span(0, 8), "Ann Berg"),
    Argument("place", Span(26, 33), "in Oslo"),
}))  # fmt: skip


def drawn_text(svg: str) -> str:
    return unescape("".join(re.findall(r'<text class="t"[^>]*>([^<]*)</text>', svg)))


def words(svg: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'font-weight="600"[^>]*>([^<]*)</text>', svg)]


@given(linked_documents())
def test_the_text_stays_whole_and_the_picture_is_well_formed(document):
    svg = arcs(document)
    assert drawn_text(svg) == visible(document.text).translate({10: " ", 13: " ", 9: " "})
    ElementTree.fromstring(svg)
    assert svg.encode()


@given(linked_documents(), st.sampled_from((60.0, 300.0)))
def test_every_link_has_its_arc_and_every_mark_its_name(document, width):
    marks, links = linked(document)
    made = rows(document, width)
    assert sorted(bar.mark.label for row in made for bar in row.bars if bar.named) == sorted(m.label for m in marks)
    for link in links:
        found = [arc for row in made for arc in row.arcs if arc.link == link]
        standing = [bar.mark for arc in found for _, bar in (arc.start, arc.end) if bar is not None]
        assert set(standing) == {link.source, link.target}
        assert len(standing) == 2


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10)).map(lambda each: (each[0], sum(each)))))
def test_what_overlaps_is_on_different_levels_and_the_longer_above(extents):
    levels = stacked(extents)
    for one, (first, last) in enumerate(extents):
        for other, (start, end) in enumerate(extents):
            if one != other and first < end and start < last:
                assert levels[one] != levels[other]
                assert levels[one] < levels[other] or last - first >= end - start


def test_relations_and_events_are_named():
    svg = arcs(Document(TEXT, (ANN, ACME, OSLO), relations=(WORKS, IN), events=(JOIN,)))
    assert sorted(words(svg)) == sorted(["PER", "ORG", "LOC", "join", "works_for", "located_in", "person", "place"])


def test_an_arc_into_another_line_says_where_it_goes():
    document = Document(TEXT, (ANN, ACME, OSLO), relations=(WORKS, IN))
    assert [arc.label for row in rows(document, 130) for arc in row.arcs] == [
        "works_for \u2192 Acme Corp", "Ann Berg \u2192 works_for", "located_in \u2192 Oslo", "Acme Corp \u2192 located_in"
    ]  # fmt: skip


def test_kinds_have_their_colour_sign_and_line():
    document = Document(TEXT, (ANN, ACME, OSLO), relations=(WORKS, IN), events=(JOIN,))
    svg = arcs(document, kinds={WORKS: "right", IN: "missed", JOIN: "spurious"})
    assert {"works_for", "\u2212located_in", "+join", "+person"} <= set(words(svg))
    assert svg.count('stroke-dasharray="6 3"') == 1
    assert svg.count('stroke-dasharray="2 3"') == 3  # the bar of the event, and its two arcs


def test_two_events_on_one_trigger_stay_apart():
    trigger = Argument(TRIGGER, Span(9, 15), "joined")
    two = [Event(name, frozenset({trigger, Argument("who", Span(0, 8), "")})) for name in ("join", "leave")]
    marks, links = linked(Document(TEXT, None, events=tuple(two)))
    assert [mark.label for mark in marks] == ["join", "", "leave"]
    assert [link.source.label for link in links] == ["join", "leave"]


@pytest.mark.parametrize("arguments", [[("who", 0, 8), ("where", 29, 33)], [("who", 0, 8)]])
def test_an_event_without_a_trigger_stands_on_its_first_argument(arguments):
    event = Event("join", frozenset(Argument(role, Span(*place), "") for role, *place in arguments))
    assert words(arcs(Document(TEXT, None, events=(event,))))[0] == "join: who"


def test_markup_cannot_break_out_and_nothing_is_said():
    label = "</svg><script>"
    svg = arcs(Document(TEXT, (Entity(label, Span(0, 3), "Ann"),)))
    assert "<script" not in svg
    assert "empty text" in arcs(Document("", ()))
    assert drawn_text(arcs(Document(TEXT))) == TEXT
