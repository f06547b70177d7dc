"""Where mentions stand, for data that gives strings without offsets: DuIE, CMeIE, NYT, WebNLG.

An occurrence never ends inside a longer word of a script that writes blanks between words ("art" is not in "party"),
nor between a letter and its marks; Chinese and its like have no such borders. One that lies inside a longer mention of
the same text ("Aarhus" in "Aarhus Airport") counts only where there is none outside.

Which occurrences a triple means, where there are several, is a policy:

| policy | relations of a triple | entities |
|---|---|---|
| `all` | every subject with every object | every occurrence |
| `nearest` | the one pair with the fewest characters between; a pair that overlaps only where all do | of those pairs |
| `first` | the first subject with the first object, as the ports of GPLinker do | of those pairs |
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from globalpointer.data.readers.annotate import cut, shorten
from globalpointer.data.readers.links import describe
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Mentions
from globalpointer.text.spans import Entity, Relation, Span, Triple, reading_order

ENTITY = "entity"
"""The label of an end that the data gives none."""

Ends = tuple[Span, Span]
"""A subject and an object."""

_WITHOUT_BLANKS = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH", "BOPOMOFO", "IDEOGRAPHIC", "HANGUL", "THAI", "LAO",
                   "KHMER", "MYANMAR", "TIBETAN")  # fmt: skip
"""How the Unicode names of letters begin whose scripts do not part words; in Korean, particles cling to the word."""


@dataclass(frozen=True, slots=True)
class TypedTriple:
    """A triple as the data gives it, and the entity labels of its ends."""

    triple: Triple
    subject_label: str = ENTITY
    object_label: str = ENTITY


class Located(NamedTuple):
    """The annotation of a text as far as its mentions were found; `triples` are all of them."""

    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    triples: tuple[Triple, ...]


def locate(
    text: str,
    given: Iterable[TypedTriple],
    policy: Mentions,
    report: Reporter,
    line: int | None,
    *,
    path: str | None = None,
) -> Located:
    """The triples as relations between places in the text.

    Told to `report`: a triple given twice (`duplicate`); one with a mention that is not in the text (`dropped`, but it
    stays among the triples); a mention that is there only in other letter case, or without the blanks at its ends
    (`repaired`); and one that may stand in several places (`ambiguous`).
    """
    typed = _distinct(given, report, line, path)
    mentions = dict.fromkeys(mention for each in typed for mention in (each.triple.subject, each.triple.object))
    places = candidates(text, mentions)
    relations: dict[Relation, None] = {}
    for each in typed:
        triple = each.triple
        for mention in dict.fromkeys((triple.subject, triple.object)):
            if not places[mention]:
                report.dropped(f"{describe(triple)}: {_absent(text, mention)}", line, path=path)
        for subject, object_ in choose(places[triple.subject], places[triple.object], policy):
            ends = ((each.subject_label, subject), (each.object_label, object_))
            start, end = (cut(text, label, span.start, span.end) for label, span in ends)
            relations[Relation(triple.label, start, end)] = None
    for mention, spans in places.items():
        _tell(text, mention, spans, report, line, path)
    entities = {entity for relation in relations for entity in (relation.subject, relation.object)}
    triples = dict.fromkeys(each.triple for each in typed)
    return Located(tuple(sorted(entities, key=reading_order)), tuple(relations), tuple(triples))


def choose(subjects: Sequence[Span], objects: Sequence[Span], policy: Mentions) -> list[Ends]:
    """The pairs that a triple means, given where its two mentions stand, each in reading order; none if one is nowhere.

    Of pairs that are equally near, it is that of the first subject, then of the first object.
    """
    if policy == "all" or not (subjects and objects):
        return list(product(subjects, objects))
    return [_nearest(subjects, objects)] if policy == "nearest" else [(subjects[0], objects[0])]


def candidates(text: str, mentions: Iterable[str]) -> dict[str, list[Span]]:
    """Where each mention may be meant: its occurrences, without those inside a longer mention if there are others."""
    found = {mention: occurrences(text, mention) for mention in mentions}
    inside = _inside({span for spans in found.values() for span in spans})
    return {
        mention: [span for span in spans if span not in inside] or spans  # all of them inside: then they count
        for mention, spans in found.items()
    }


def occurrences(text: str, mention: str) -> list[Span]:
    """Every place of a mention in reading order, whole words only; if there is none, those that differ in letter case.

    Blanks at the ends of the mention do not count.
    """
    mention = mention.strip()
    return _find(text, mention) or _find(_fold(text), _fold(mention))


def _find(text: str, mention: str) -> list[Span]:
    found = []
    start = text.find(mention) if mention else -1
    while start >= 0:
        end = start + len(mention)
        if _is_border(text, start) and _is_border(text, end):
            found.append(Span(start, end))
        start = text.find(mention, start + 1)
    return found


def _is_border(text: str, place: int) -> bool:
    """Whether a mention may begin or end before this character."""
    if place in (0, len(text)):
        return True
    before = place - 1
    while before > 0 and _is_mark(text[before]):
        before -= 1
    return not (_is_mark(text[place]) or (_is_of_a_word(text[before]) and _is_of_a_word(text[place])))


def _is_of_a_word(character: str) -> bool:
    """A letter or a digit, where blanks part words; a mark counts, too. A circled or raised number is no digit."""
    if not unicodedata.category(character).startswith(("L", "M", "Nd", "Nl")):
        return False
    return not unicodedata.name(character, "").startswith(_WITHOUT_BLANKS)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _fold(text: str) -> str:
    """The text without letter case and of the same length: a letter that would become two stays as it is."""
    return "".join(folded if len(folded := each.casefold()) == 1 else each for each in text)


def _inside(spans: Iterable[Span]) -> set[Span]:
    """Those that lie inside a longer one; `spans` has each once."""
    inside = set()
    border = 0
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if span.end <= border:
            inside.add(span)
        border = max(border, span.end)
    return inside


def _nearest(subjects: Sequence[Span], objects: Sequence[Span]) -> Ends:
    """The pair with the fewest characters between its ends.

    All places of a mention are equally long, so that objects are in order by their ends too: the one before a subject
    and the one after it are found by bisection.
    """
    starts, ends = [each.start for each in objects], [each.end for each in objects]
    near: list[tuple[int, Ends]] = []
    for subject in subjects:
        before, after = bisect_right(ends, subject.start) - 1, bisect_left(starts, subject.end)
        if before >= 0:
            near.append((subject.start - ends[before], (subject, objects[before])))
        if after < len(objects):
            near.append((starts[after] - subject.end, (subject, objects[after])))
    return min(near, key=lambda each: each[0])[1] if near else (subjects[0], objects[0])


def _distinct(
    given: Iterable[TypedTriple], report: Reporter, line: int | None, path: str | None
) -> dict[TypedTriple, None]:
    distinct: dict[TypedTriple, None] = {}
    for each in given:
        if each in distinct:
            report.duplicate(describe(each.triple), line, path=path)
        distinct[each] = None
    return distinct


def _tell(text: str, mention: str, spans: Sequence[Span], report: Reporter, line: int | None, path: str | None) -> None:
    if spans and (found := text[spans[0].start : spans[0].end]) != mention:
        report.repaired(f"{shorten(mention)} stands in the text as {shorten(found)}", line, path=path)
    if len(spans) > 1:
        report.ambiguous(f"{shorten(mention)} has {len(spans)} places in the text", line, path=path)


def _absent(text: str, mention: str) -> str:
    where = "only inside longer words" if _fold(mention.strip()) in _fold(text) else "not"
    return f"{shorten(mention)} is {where} in the text"
