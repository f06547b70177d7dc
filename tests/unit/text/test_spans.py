import pytest

from globalpointer.errors import AlignmentError, SchemaError
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document, Entity, Span, clusters, reading_order


@pytest.mark.parametrize(("start", "end"), [(5, 5), (3, 2), (-1, 2)])
def test_impossible_spans_are_refused(start, end) -> None:
    with pytest.raises(AlignmentError, match=f"start={start}, end={end}"):
        Span(start, end)


def test_score_and_text_take_no_part_in_equality() -> None:
    assert Entity("A", Span(0, 2), "ab", 0.5) == Entity("A", Span(0, 2), "", None)
    assert len({Entity("A", Span(0, 2), "ab", 0.5), Entity("A", Span(0, 2), "")}) == 1
    assert Entity("A", Span(0, 2), "") != Entity("B", Span(0, 2), "")


def test_offsets_count_code_points() -> None:
    document = Document("\U0001f600 Ann")
    assert document.entity("PER", 2, 5).text == "Ann"
    with pytest.raises(AlignmentError, match="ends at 6, but the text has 5"):
        document.entity("PER", 2, 6)
    with pytest.raises(AlignmentError, match="ends at 9"):
        Document("short", (Entity("X", Span(0, 9), ""),))


def test_not_annotated_and_nothing_to_find_are_different() -> None:
    assert "entities" not in Document("x").to_dict()
    assert Document("x", ()).to_dict()["entities"] == []


def test_clusters_group_what_overlap_connects() -> None:
    a, b, c, d = (Entity("X", Span(*each), "") for each in ((0, 4), (3, 6), (6, 8), (7, 9)))
    assert list(clusters([d, b, c, a])) == [[a, b], [c, d]]
    assert list(clusters([])) == []
    assert reading_order(a) == (0, 4, "X")


def test_an_unknown_label_names_the_nearest_known_one() -> None:
    with pytest.raises(SchemaError, match=r"'PERS' is not in the schema \(nearest: 'PER'\)"):
        Schema(("ORG", "PER")).type_of("PERS")
