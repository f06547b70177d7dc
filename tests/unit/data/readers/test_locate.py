"""Finding mentions: borders of words, letter case, mentions inside mentions, and the three policies."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globalpointer.data.readers import Notes, Reporter
from globalpointer.data.readers.locate import ENTITY, TypedTriple, candidates, choose, locate, occurrences
from globalpointer.errors import DataError
from globalpointer.text.spans import Document, Span, Triple


def places(text, mention):
    return [(span.start, span.end) for span in occurrences(text, mention)]


@pytest.mark.parametrize(
    ("text", "mention", "found"),
    [
        ("Ann met Ann", "Ann", [(0, 3), (8, 11)]),
        ("art, party, art-house", "art", [(0, 3), (12, 15)]),
        ("in 2008 and 20081221", "2008", [(3, 7)]),
        ("K11 K1", "K1", [(4, 6)]),
        ("北京北京人", "北京", [(0, 2), (2, 4)]),
        ("哈哈哈", "哈哈", [(0, 2), (1, 3)]),
        ("去NBA打球", "NBA", [(1, 4)]),
        ("①Anna和2岁", "Anna", [(1, 5)]),
        ("第12名", "2", []),
        ("12月", "12", [(0, 2)]),
        ("서울에서", "서울", [(0, 2)]),
        ("กรุงเทพมหานคร", "กรุงเทพ", [(0, 7)]),
        ("Москва и Москвы", "Москв", []),
        ("cafe\u0301s cafe", "cafe", [(7, 11)]),
        ("cafe\u0301s", "cafe\u0301", []),
        ("Ann's (Ann)", "Ann", [(0, 3), (7, 10)]),
        ("a_b", "a", [(0, 1)]),
        ("Ann", " Ann\n", [(0, 3)]),
        ("Ann", " ", []),
        ("Ann", "", []),
        ("", "Ann", []),
    ],
)
def test_whole_words_where_blanks_part_words(text, mention, found):
    assert places(text, mention) == found


@pytest.mark.parametrize(
    ("text", "mention", "found"),
    [
        ("nba NBA", "NBA", [(4, 7)]),  # exact ones alone, where there are any
        ("nba Nba", "NBA", [(0, 3), (4, 7)]),
        ("İİ nba", "NBA", [(3, 6)]),  # İ becomes two letters, and must not shift what follows
        ("İzmir", "izmir", []),
        ("ΟΔΟΣ οδος οδοσ", "οδος", [(5, 9)]),
        ("ΟΔΟΣ", "οδος", [(0, 4)]),
        ("NBAs", "nba", []),
    ],
)
def test_letter_case_counts_unless_nothing_else_is_there(text, mention, found):
    assert places(text, mention) == found


LETTERS = "abAB北京 -1①İ\u0301"


def words(text):
    """The borders of a text: around each run of what belongs to a word, and around every other character."""
    return {0, len(text)} | {
        edge for match in re.finditer(r"[abABİ1\u0301]+|[^\u0301]\u0301*", text) for edge in match.span()
    }


@given(st.text(LETTERS, max_size=12), st.text(LETTERS, min_size=1, max_size=3))
def test_occurrences_are_the_substrings_between_borders(text, mention):
    mention, borders = mention.strip(), words(text)

    def naive(text, mention):
        every = [(at, at + len(mention)) for at in range(len(text)) if mention and text.startswith(mention, at)]
        return [place for place in every if set(place) <= borders]

    small = str.maketrans("AB", "ab")
    assert places(text, mention) == (naive(text, mention) or naive(text.translate(small), mention.translate(small)))


@given(st.text("ab ", max_size=14), st.lists(st.sampled_from(["a", "b", "a b", "b a", "a b a"]), unique=True))
def test_what_lies_inside_a_longer_mention_counts_only_if_nothing_else_is_there(text, mentions):
    every = [span for mention in mentions for span in occurrences(text, mention)]
    for mention, spans in candidates(text, mentions).items():
        own = occurrences(text, mention)
        outside = [span for span in own if not any(other != span and other.contains(span) for other in every)]
        assert spans == (outside or own)


def spaced(length):
    """Places of one mention: in order, all equally long."""
    return st.sets(st.integers(0, 20), max_size=6).map(lambda starts: [Span(at, at + length) for at in sorted(starts)])


@given(st.integers(1, 4).flatmap(spaced), st.integers(1, 4).flatmap(spaced))
def test_the_nearest_pair_is_that_of_a_search_through_all(subjects, objects):
    def distance(pair):
        subject, object_ = pair
        if subject.overlaps(object_):
            return True, 0
        return False, max(object_.start - subject.end, subject.start - object_.end)

    every = list(product(subjects, objects))
    assert choose(subjects, objects, "nearest") == ([min(every, key=distance)] if every else [])
    assert choose(subjects, objects, "first") == every[:1]
    assert choose(subjects, objects, "all") == every


def relations(text, *triples, policy="nearest", notes=None):
    typed = [TypedTriple(Triple(*triple)) for triple in triples]
    located = locate(text, typed, policy, Reporter("a.json", notes if notes is not None else Notes()), 7)
    Document(text, located.entities, relations=located.relations, triples=located.triples)  # is one
    return [(each.subject.start, each.object.start) for each in located.relations]


def test_the_policies():
    text = "Ann met Bob. Later Bob wrote to Cem, and Ann to Bob."
    triple = ("Ann", "knows", "Bob")
    assert relations(text, triple, policy="nearest") == [(41, 48)]
    assert relations(text, triple, policy="first") == [(0, 8)]
    assert relations(text, triple, policy="all") == [(0, 8), (0, 19), (0, 48), (41, 8), (41, 19), (41, 48)]
    assert relations(text, ("Bob", "knows", "Cem")) == [(19, 32)]
    assert relations(text, ("Bob", "knows", "Bob")) == [(8, 19)]


def test_ties_go_to_the_first():
    assert relations("Ann Bob Ann Bob", ("Ann", "knows", "Bob")) == [(0, 4)]
    assert relations("Bob Ann Bob", ("Ann", "knows", "Bob")) == [(4, 0)]


def test_a_subject_inside_an_object():
    triple = ("Port", "has", "Port Airport")
    assert relations("Port Airport opened", triple) == [(0, 0)]
    assert relations("Port Airport serves Port", triple) == [(20, 0)]
    # what is inside another mention of the text does not count either
    both = relations("Port Airport is near Port .", triple, ("Port", "is", "near"), policy="all")
    assert both == [(21, 0), (21, 16)]


def test_labels_and_order():
    typed = [
        TypedTriple(Triple("Oslo", "of", "Ann"), "City", "Person"),
        TypedTriple(Triple("Ann", "in", "Oslo"), "Singer", "City"),
    ]
    located = locate("Ann sings in Oslo", typed, "nearest", Reporter("a", Notes()), None)
    assert [(each.label, each.text) for each in located.entities] == [
        ("Person", "Ann"),
        ("Singer", "Ann"),
        ("City", "Oslo"),
    ]
    assert [each.label for each in located.relations] == ["of", "in"]
    assert TypedTriple(Triple("a", "b", "c")).object_label == ENTITY


def test_what_is_told():
    notes = Notes()
    text = "NBA and Ann and Ann, 20081221"
    given = [
        ("nba", "has", "Ann"),
        ("Ann", "in", "Oslo"),
        ("Ann", "in", "2008"),
        ("nba", "has", "Ann"),
        ("Ann ", "at", "NBA"),
    ]
    typed = [TypedTriple(Triple(*each)) for each in given]
    located = locate(text, typed, "first", Reporter("a.json", notes), 7, path="b.json")
    assert located.triples == tuple(Triple(*each) for each in dict.fromkeys(given))
    assert [each.label for each in located.relations] == ["has", "at"]
    assert [(note.kind, str(note)) for note in notes] == [
        ("duplicate", "b.json:7: has from 'nba' to 'Ann'"),
        ("dropped", "b.json:7: in from 'Ann' to 'Oslo': 'Oslo' is not in the text"),
        ("dropped", "b.json:7: in from 'Ann' to '2008': '2008' is only inside longer words in the text"),
        ("repaired", "b.json:7: 'nba' stands in the text as 'NBA'"),
        ("ambiguous", "b.json:7: 'Ann' has 2 places in the text"),
        ("repaired", "b.json:7: 'Ann ' stands in the text as 'Ann'"),
        ("ambiguous", "b.json:7: 'Ann ' has 2 places in the text"),
    ]
    assert notes.summary()[-1] == "2 annotations with several readings, of which a rule chose"


def test_a_missing_mention_can_be_an_error():
    report = Reporter("a.json", Notes(), "raise")
    with pytest.raises(DataError, match=r"a\.json:3: in from 'Ann' to 'Oslo': 'Oslo' is not in the text"):
        locate("Ann", [TypedTriple(Triple("Ann", "in", "Oslo"))], "nearest", report, 3)


def test_many_places_of_both_mentions():
    text = "甲乙" * 20_000
    located = locate(text, [TypedTriple(Triple("甲", "x", "乙"))], "nearest", Reporter("a", Notes()), None)
    assert [(each.subject.start, each.object.start) for each in located.relations] == [(0, 1)]
