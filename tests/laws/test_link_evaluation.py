"""Laws of the evaluation of relations and events, against plain loops and against themselves."""

import json
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import entities, scores, spans, texts

from globalpointer.evaluation import EVALUATIONS, read_report
from globalpointer.evaluation.arguments import errors as event_errors
from globalpointer.evaluation.arguments import everything
from globalpointer.evaluation.overlap import shared
from globalpointer.evaluation.significance import headline
from globalpointer.evaluation.triples import errors, relations, strings
from globalpointer.text.spans import TRIGGER, Argument, Document, Event, Relation, Triple

PREDICATES = ("works_at", "born in", "<x>")
ROLES = (TRIGGER, "who", "whom")
units = st.sampled_from(("character", "word"))


@st.composite
def linked(draw, text, *, offsets=True):
    """A document with relations between its entities, also from one to itself, and events over any spans of it."""
    ends = draw(entities(text, max_size=5))
    pairs = (
        st.tuples(st.sampled_from(PREDICATES), st.sampled_from(ends), st.sampled_from(ends)) if ends else st.nothing()
    )
    made = [Relation(*each, draw(scores())) for each in (draw(st.lists(pairs, max_size=5)) if ends else ())]
    events = []
    for label in draw(st.lists(st.sampled_from(PREDICATES), max_size=3)) if text else ():
        parts = draw(st.lists(st.tuples(st.sampled_from(ROLES), spans(len(text))), min_size=1, max_size=4))
        events.append(Event(label, frozenset(Argument(role, span, "", draw(scores())) for role, span in parts)))
    triples = (
        None if offsets else tuple(Triple(text[r.subject.start : r.subject.end], r.label, "elsewhere") for r in made)
    )
    return Document(text, ends, relations=tuple(made), events=tuple(events), triples=triples)


@st.composite
def answered(draw, *, offsets=True):
    """A gold document and what was found in the same text, which often shares relations and events with it."""
    text = draw(texts(0, 8))
    gold, other = draw(linked(text, offsets=offsets)), draw(linked(text))
    kept = [each for each in gold.relations if draw(st.booleans())]
    events = [each for each in gold.events if draw(st.booleans())]
    found = Document(
        text,
        (*gold.entities, *other.entities),
        relations=(*kept, *other.relations),
        events=(*events, *other.events),
    )
    return gold, found


several = st.lists(answered(), min_size=0, max_size=3) | st.lists(answered(offsets=False), min_size=1, max_size=3)


def sides(made):
    return [one for one, _ in made], [other for _, other in made]


@pytest.mark.parametrize("task", ["relation", "event"])
@settings(max_examples=40)
@given(made=several, unit=units, seen=st.none() | st.sets(texts(1, 2)))
def test_a_report_comes_back_from_json_and_its_headline_is_a_sum_over_documents(task, made, unit, seen) -> None:
    gold, found = sides(made)
    report = EVALUATIONS[task](gold, found, unit=unit, seen=seen)
    assert read_report(json.loads(json.dumps(report.to_dict()))) == report
    assert sum(headline(task, gold, found), type(report.counts)()) == report.counts
    assert sum(report.labels.values(), type(report.counts)()) == report.counts
    for group, parts in report.slices.items():
        if group != "overlap":  # a sentence may have several patterns
            assert sum(parts.values(), type(report.counts)()) == report.counts, group


@pytest.mark.parametrize("task", ["relation", "event"])
@settings(max_examples=40)
@given(made=several, unit=units)
def test_what_is_gold_is_perfect(task, made, unit) -> None:
    gold, _ = sides(made)
    report = EVALUATIONS[task](gold, gold, unit=unit)
    assert report.document_accuracy == (1 if gold else 0)
    assert not any(report.errors.values())
    for counts in (report.counts, *report.matches.values(), *report.labels.values()):
        assert counts.f1 == (1 if counts.gold else 0)
    if task == "event":
        assert report.overlap.f1 == (1 if report.overlap.gold else 0)


@pytest.mark.parametrize("task", ["relation", "event"])
@settings(max_examples=40)
@given(made=st.lists(answered(), max_size=3), unit=units)
def test_gold_and_found_change_places_as_precision_and_recall_do(task, made, unit) -> None:
    gold, found = sides(made)
    one, other = EVALUATIONS[task](gold, found, unit=unit), EVALUATIONS[task](found, gold, unit=unit)
    for name, counts in one.matches.items():
        turned = other.matches[name]
        assert (counts.gold, counts.found, counts.right) == (turned.found, turned.gold, turned.right)
    if task == "event":
        assert one.overlap.score == pytest.approx(other.overlap.score)


@pytest.mark.parametrize("task", ["relation", "event"])
@settings(max_examples=40)
@given(made=several, unit=units, seed=st.integers(0, 9))
def test_the_order_of_annotation_never_matters(task, made, unit, seed) -> None:
    def shuffled(document):
        mixed = {kind: list(getattr(document, kind)) for kind in ("entities", "relations", "events")}
        for values in mixed.values():
            random.Random(seed).shuffle(values)
        return Document(document.text, triples=document.triples, **{kind: tuple(v) for kind, v in mixed.items()})

    gold, found = sides(made)
    plain = EVALUATIONS[task](gold, found, unit=unit).to_dict()
    mixed = EVALUATIONS[task]([*map(shuffled, gold)], [*map(shuffled, found)], unit=unit).to_dict()
    for each in (plain, mixed, *(side["entities"] for side in (plain, mixed) if side.get("entities"))):
        del each["calibration"], each["calibration_error"]  # sums of floats in another order
    assert mixed == plain


@settings(max_examples=40)
@given(st.lists(answered(), max_size=3))
def test_relations_are_counted_as_a_plain_loop_counts_them(made) -> None:
    report = EVALUATIONS["relation"](*sides(made))
    strict = offset_free = boundaries = gold_count = 0
    for one, other in made:
        keys = [
            {
                (r.label, r.subject.label, r.subject.start, r.subject.end, r.object.label, r.object.start, r.object.end)
                for r in document.relations
            }
            for document in (one, other)
        ]
        strict += len(keys[0] & keys[1])
        bare = [Counter((k[0], k[2], k[3], k[5], k[6]) for k in side) for side in keys]
        boundaries += sum(min(times, bare[1][key]) for key, times in bare[0].items())
        named = [
            {(k[0], *(" ".join(one.text[a:b].split()).casefold() for a, b in (k[2:4], k[5:7]))) for k in side}
            for side in keys
        ]
        offset_free += len(named[0] & named[1])
        gold_count += len(keys[0])
    assert (report.match, report.counts.gold, report.counts.right) == ("strict", gold_count, strict)
    assert report.matches["boundaries"].right == boundaries >= strict
    assert report.matches["boundaries"].f1 >= report.f1
    assert report.matches["offset-free"].right == offset_free
    assert report.complete == sum(relations(one) == relations(other) for one, other in made)


@settings(max_examples=40)
@given(st.lists(answered(offsets=False), min_size=1, max_size=3))
def test_without_offsets_only_strings_count_also_those_that_are_not_in_the_text(made) -> None:
    report = EVALUATIONS["relation"](*sides(made))
    assert (report.match, set(report.matches), report.entities) == ("offset-free", {"offset-free"}, None)
    assert "distance" not in report.slices
    assert "wrong entity label" not in report.errors
    assert report.counts.gold == sum(len(strings(one)) for one, _ in made)
    assert report.counts.right == sum(len(strings(one) & strings(other)) for one, other in made)


@settings(max_examples=40)
@given(st.lists(answered(), max_size=3))
def test_events_are_counted_as_a_plain_loop_counts_them(made) -> None:
    report = EVALUATIONS["event"](*sides(made))
    expected = Counter()
    for one, other in made:
        found = [
            {
                "argument": {(e.label, a.role, a.span) for e in d.events for a in e.arguments if a.role != TRIGGER},
                "trigger": {(e.label, a.span) for e in d.events for a in e.triggers},
                "trigger identification": {a.span for e in d.events for a in e.triggers},
                "event exact": {(e.label, frozenset((a.role, a.span) for a in e.arguments)) for e in d.events},
            }
            for d in (one, other)
        ]
        for name in found[0]:
            expected.update(
                {(name, "gold"): len(found[0][name]), (name, "right"): len(found[0][name] & found[1][name])}
            )
    for name, counts in report.matches.items():
        assert (counts.gold, counts.right) == (expected[name, "gold"], expected[name, "right"])
    assert report.counts == report.matches["argument"]


@settings(max_examples=40)
@given(answered())
def test_the_character_score_lies_between_the_exact_one_and_1_and_each_string_scores_once(made) -> None:
    report = EVALUATIONS["event"]([made[0]], [made[1]])
    assert 0 <= report.overlap.score <= min(report.overlap.gold, report.overlap.found) + 1e-9
    strings_ = [
        {
            (e.label, a.role, " ".join(d.text[a.start : a.end].split()).casefold())
            for e in d.events
            for a in e.arguments
            if a.role != TRIGGER
        }
        for d in made
    ]
    assert (report.overlap.gold, report.overlap.found) == tuple(map(len, strings_))
    same = strings_[0] & strings_[1]
    best = sum(
        max((shared(text, other[2]) for other in strings_[0] if other[:2] == (label, role)), default=0)
        for label, role, text in strings_[1]
    )
    assert len(same) - 1e-9 <= report.overlap.score <= best + 1e-9


@settings(max_examples=40)
@given(answered(), units, st.booleans())
def test_each_relation_is_in_one_error(made, unit, by_strings) -> None:
    gold, found = ((strings if by_strings else relations)(each) for each in made)
    wrong = errors(gold, found, unit)
    assert sorted(map(repr, (e.gold for e in wrong if e.gold))) == sorted(map(repr, gold - found))
    assert sorted(map(repr, (e.found for e in wrong if e.found))) == sorted(map(repr, found - gold))


@settings(max_examples=40)
@given(answered())
def test_each_argument_is_in_one_error_and_only_complete_documents_have_none(made) -> None:
    gold, found = (everything(each) for each in made)
    wrong = event_errors(*made)
    single = [each for each in wrong if each.kind != "wrong grouping"]
    assert sorted(map(repr, (e.gold for e in single if e.gold))) == sorted(map(repr, gold - found))
    assert sorted(map(repr, (e.found for e in single if e.found))) == sorted(map(repr, found - gold))
    assert (not wrong) == (set(made[0].events) == set(made[1].events))
