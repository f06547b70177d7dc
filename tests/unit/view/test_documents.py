import re
from html import unescape

from hypothesis import given
from tests.strategies import documents

from globalpointer.text.spans import TRIGGER, Argument, Document, Entity, Event, Relation, Span
from globalpointer.view.documents import fragment, html
from globalpointer.view.pieces import PALETTE, colours, lanes, pieces, visible


def plain(made: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", made))


def document(text, *entities):
    made = Document(text)
    return Document(text, tuple(made.entity(*each) for each in entities))


@given(documents())
def test_the_text_stays_whole_and_every_entity_has_one_label(made) -> None:
    drawn = fragment(made)
    assert plain(drawn) == (visible(made.text) or "empty text")
    assert drawn.count("<i ") == len(set(made.entities))
    assert html([made]).encode()  # no lone surrogate, no control character that a file cannot hold


@given(documents())
def test_no_two_entities_in_one_lane_overlap_and_inner_ones_are_nearer(made) -> None:
    placed = lanes(made.entities)
    assert set(placed) == set(made.entities)
    for one in placed:
        for other in placed:
            if one != other and one.span.overlaps(other.span):
                assert placed[one] != placed[other]
                if len(one.span) < len(other.span) and other.span.contains(one.span):
                    assert placed[one] < placed[other]
    covered = list(pieces(made.text, placed))
    assert "".join(made.text[piece.start : piece.end] for piece in covered) == made.text
    for piece in covered:
        running = {entity for entity in placed if entity.start <= piece.start < entity.end}
        assert {entity for _, entity in piece.lanes} == running
        assert all(piece.end <= entity.end for entity in running)


def test_crossing_and_doubled_spans_have_an_underline_each() -> None:
    made = document("alpha beta gamma", ("X", 0, 10), ("Y", 6, 16), ("Z", 0, 10))
    drawn = fragment(made)
    styles = re.findall(r"background-image:([^;]*);", drawn)
    assert [style.count("linear-gradient") for style in styles] == [2, 3, 1]
    assert re.findall(r'data-label="(.)"', drawn) == ["Z", "X", "Y"]


def test_a_part_of_a_text_keeps_what_reaches_into_it() -> None:
    made = document("alpha beta gamma", ("X", 0, 10), ("Y", 11, 16))
    drawn = fragment(made, within=Span(6, 10))
    assert plain(drawn) == "beta"
    assert re.findall(r'data-label="(.)"', drawn) == ["X"]


def test_markup_and_control_characters_cannot_break_out() -> None:
    label = '"><script>'
    drawn = fragment(document("<script>\x00\x1b[31m\ud800", (label, 0, 8)))
    assert "<script" not in drawn
    assert "&lt;script&gt;\u2400\u241b[31m\ufffd" in drawn.replace("</span>", "")


def test_a_line_end_of_two_characters_survives_the_parser() -> None:
    assert "a&#13;\nb" in fragment(document("a\r\nb"))


def test_not_annotated_and_empty_are_said() -> None:
    assert "not annotated" in fragment(Document("x"))
    assert "not annotated" not in fragment(Document("x", None, events=()))
    assert "empty text" in fragment(Document("", ()))


def test_kinds_have_their_sign_and_line() -> None:
    made = document("one two three", ("A", 0, 3), ("B", 4, 7), ("C", 8, 13))
    kinds = dict(zip(made.entities, ("right", "missed", "spurious"), strict=True))
    drawn = fragment(made, kinds=kinds)
    assert re.findall(r'data-label="([^"]*)"', drawn) == ["A", "\u2212B", "+C"]
    assert drawn.count("repeating-linear-gradient") == 2


def test_colours_are_stable_and_differ_while_the_palette_lasts() -> None:
    labels = [f"L{index}" for index in range(len(PALETTE))]
    assert len(set(colours(labels).values())) == len(PALETTE)
    assert colours(labels) == colours(reversed(labels))
    assert len(colours([*labels, "one more"])) == len(PALETTE) + 1


def test_the_page_counts_its_labels() -> None:
    made = html([document("Ann met Bob", ("PER", 0, 3), ("PER", 8, 11)), Document("x", id="f:2")], title="A & B")
    assert "<title>A &amp; B</title>" in made
    assert "2 documents, 2 entities" in made
    assert "f:2" in made


def test_the_same_entity_twice_is_drawn_once() -> None:
    twice = Document("Ann", (Entity("PER", Span(0, 3), "Ann"), Entity("PER", Span(0, 3), "Ann")))
    assert fragment(twice).count("<i ") == 1


def test_relations_and_events_are_counted_and_drawn_as_arcs_and_a_graph() -> None:
    made = document("Ann met Bob", ("PER", 0, 3), ("PER", 8, 11))
    ann, bob = made.entities
    met = Event("meet", frozenset({Argument(TRIGGER, Span(4, 7), "met"), Argument("who", Span(0, 3), "Ann")}))
    linked = Document(made.text, made.entities, relations=(Relation("knows", ann, bob),), events=(met,))
    page = html([linked, made])
    assert "2 documents, 4 entities, 1 relation, 1 event" in page
    assert [page.count(f'class="{name}"') for name in ("graph", "arcs", "text")] == [1, 1, 1]
    assert all(f'data-label="{label}"' in page for label in ("PER", "knows", "meet"))
    assert "relations" not in html([made])
