"""What the laws are tried on: awkward texts, spans in them, documents, and token maps."""

from itertools import pairwise

from hypothesis import strategies as st

from globalpointer.text.spans import TRIGGER, Answer, Argument, Document, Entity, Event, Relation, Span
from globalpointer.text.tokens import TokenMap

ODD = (
    "\U0001f600", "\U0001f469\u200d\U0001f4bb", "\U0001f1e9\U0001f1ea", "\U0001f44d\U0001f3fd", "e\u0301", "a\u0308\u0323",
    "\r\n", "\r", "\n", "\t", "\u2028", " ", "\u00a0", "\u3000", "\u200b", "\u200d", "\ufeff", "\x00", "\x1b", "\u202e",
    "\uff21", "\uff11", "\uff0c", "\u3002", "\u5317\u4eac", "\U00020000", "\u0634\u0643\u0631\u0627", "\u05e9\u05dc\u05d5\u05dd",
    "<b>", "&amp;", '"', "'", "[", "]", "\\", "a", "B", "word", "42",
)  # fmt: skip
"""Emoji (ZWJ, flag, skin), combining marks, line ends, blanks, zero width, NUL, bidi override, full width, CJK, RTL, markup."""

LABELS = ("PER", "ORG", "LOC", "a b", "\u5730\u5740", "<x>")


PREDICATES = ("in", "of", "a b")


def texts(min_size: int = 0, max_size: int = 30) -> st.SearchStrategy[str]:
    """Texts of odd pieces; sizes in pieces, so a text may have more code points."""
    return st.lists(st.sampled_from(ODD), min_size=min_size, max_size=max_size).map("".join)


@st.composite
def spans(draw: st.DrawFn, length: int) -> Span:
    """A span within `length` characters, at least one."""
    start = draw(st.integers(0, length - 1))
    return Span(start, draw(st.integers(start + 1, length)))


def scores() -> st.SearchStrategy[float]:
    """Probabilities, among them often the same ones, so that ties happen."""
    return st.sampled_from((0.5, 0.6, 0.9, 1.0)) | st.floats(0.5, 1.0)


@st.composite
def entities(draw: st.DrawFn, text: str, *, scored: bool = False, max_size: int = 8) -> tuple[Entity, ...]:
    """Any entities of a text: nested, crossing, several on one span, even the same one twice."""
    if not text:
        return ()
    made = []
    for span, label in draw(st.lists(st.tuples(spans(len(text)), st.sampled_from(LABELS)), max_size=max_size)):
        made.append(Entity(label, span, text[span.start : span.end], draw(scores()) if scored else None))
    return tuple(made)


@st.composite
def documents(draw: st.DrawFn, *, scored: bool = False) -> Document:
    """An annotated document."""
    text = draw(texts())
    return Document(text, draw(entities(text, scored=scored)))


@st.composite
def flat(draw: st.DrawFn, length: int) -> tuple[Entity, ...]:
    """Entities over `length` positions of which no two overlap, in reading order; neighbours may touch."""
    borders = sorted(draw(st.sets(st.integers(0, length), max_size=length + 1)))
    made = []
    for start, end in pairwise(borders):
        if draw(st.booleans()):
            made.append(Entity(draw(st.sampled_from(LABELS[:3])), Span(start, end), ""))
    return tuple(made)


@st.composite
def token_maps(draw: st.DrawFn, text: str) -> TokenMap:
    """A cutting of a text into tokens: some characters in none, [CLS] before and padding behind."""
    borders = sorted({0, len(text), *draw(st.sets(st.integers(0, len(text))))})
    kept = [Span(start, end) for start, end in pairwise(borders) if draw(st.integers(0, 9)) > 0]
    return TokenMap((None, *kept, None, None))


@st.composite
def relation_documents(draw: st.DrawFn) -> Document:
    """A document with entities, each span and label once, and relations among them: also self relations and loops."""
    text = draw(texts(min_size=1))
    made = tuple(dict.fromkeys(draw(entities(text, max_size=6))))
    ends = st.sampled_from(made) if made else st.nothing()
    drawn = draw(st.lists(st.builds(Relation, st.sampled_from(PREDICATES), ends, ends), max_size=5 * bool(made)))
    return Document(text, made, relations=tuple(dict.fromkeys(drawn)))


@st.composite
def event_documents(draw: st.DrawFn) -> Document:
    """A document with events that may share spans, triggers and arguments, in part or wholly."""
    text = draw(texts(min_size=1, max_size=12))
    pool = draw(st.lists(spans(len(text)), min_size=1, max_size=4))
    made = []
    for label in draw(st.lists(st.sampled_from(("hire", "move")), max_size=3)):
        drawn = draw(
            st.lists(
                st.tuples(st.sampled_from((TRIGGER, "who", "where")), st.sampled_from(pool)), min_size=1, max_size=4
            )
        )
        arguments = frozenset(Argument(role, span, text[span.start : span.end]) for role, span in drawn)
        made.append(Event(label, arguments))
    return Document(text, events=tuple(dict.fromkeys(made)))


@st.composite
def linked_documents(draw: st.DrawFn) -> Document:
    """A document with entities, relations among them (an entity with itself, too) and events over any spans."""
    text = draw(texts(1))
    found = draw(entities(text))
    ends = st.sampled_from(found) if found else st.nothing()
    relations = draw(st.lists(st.builds(Relation, st.sampled_from(LABELS), ends, ends), max_size=6)) if found else []
    roles = st.sampled_from((TRIGGER, "who", "<b>"))
    places = spans(len(text)).map(lambda span: (span, text[span.start : span.end]))
    arguments = st.builds(lambda role, place: Argument(role, *place), roles, places)
    events = st.builds(Event, st.sampled_from(LABELS), st.frozensets(arguments, min_size=1, max_size=5))
    return Document(text, found, relations=tuple(relations), events=tuple(draw(st.lists(events, max_size=3))))


@st.composite
def questions(draw: st.DrawFn, *, scored: bool = False) -> Document:
    """A question about a text, with answers, without one, or with one that is not in the text."""
    text = draw(texts())
    places = draw(st.lists(spans(len(text)), max_size=4, unique=True)) if text else []
    answers = tuple(Answer(span, text[span.start : span.end], draw(scores()) if scored else None) for span in places)
    written = st.lists(texts(1, 3).filter(lambda each: not each.isspace()), max_size=3).map(tuple)
    asked = draw(texts(1, 5).filter(lambda each: not each.isspace()))
    return Document(text, question=asked, answers=answers, accepted=draw(st.none() | written))
