import gzip
import json
from collections import Counter

import pytest

from globalpointer.evaluation.triple_slices import patterns
from globalpointer.evaluation.triples import strings
from globalpointer.text.spans import Document, Entity, Relation, Span, Triple


def named(*links):
    return {Triple(*each) for each in links}


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ((), set()),
        ((("a", "r", "b"),), {"Normal"}),
        ((("a", "r", "b"), ("c", "r", "d")), {"Normal"}),
        ((("a", "r", "b"), ("a", "r", "c")), {"SEO"}),
        ((("a", "r", "b"), ("a", "s", "b")), {"EPO"}),
        ((("a", "r", "b"), ("b", "r", "a")), {"SEO"}),
        ((("a", "r", "b"), ("a", "s", "b"), ("b", "r", "c")), {"EPO", "SEO"}),
        ((("a", "r", "a"),), {"SEO", "SOO"}),
        ((("the hague", "r", "hague"),), {"SOO"}),
    ],
)
def test_the_patterns_of_a_sentence(links, expected) -> None:
    assert patterns(named(*links), "word") == expected


def test_by_spans_what_is_within_or_crosses_overlaps_and_labels_do_not_matter() -> None:
    outer, inner, other = Entity("A", Span(0, 5), ""), Entity("B", Span(3, 5), ""), Entity("C", Span(0, 5), "")
    assert patterns({Relation("r", outer, inner)}, "character") == {"SOO"}
    far = Entity("D", Span(8, 9), "")
    assert patterns({Relation("r", outer, far), Relation("s", other, far)}, "character") == {"EPO"}


PUBLISHED = [
    ("nyt/NYT-star", {"Normal": 3266, "SEO": 1297, "EPO": 978}, {1: 3244, 2: 1045, 3: 312, 4: 291, 5: 108}),
    # published: 26 EPO; eight sentences list the very same triple twice
    ("webnlg/WebNLG-star", {"Normal": 246, "SEO": 457, "EPO": 18}, {1: 266, 2: 171, 3: 131, 4: 90, 5: 45}),
]


@pytest.mark.parametrize(("name", "expected", "sizes"), PUBLISHED)
def test_the_patterns_of_the_test_parts_are_those_of_the_papers(data_dir, name, expected, sizes) -> None:
    with gzip.open(data_dir / name / "test_triples.json.gz", "rt", encoding="utf-8") as file:
        rows = json.load(file)
    documents = [Document(row["text"], triples=tuple(Triple(*each) for each in row["triple_list"])) for row in rows]
    counted = Counter(pattern for each in documents for pattern in patterns(strings(each), "word"))
    assert {pattern: counted[pattern] for pattern in expected} == expected
    assert Counter(min(5, len(each.triples)) for each in documents) == sizes
