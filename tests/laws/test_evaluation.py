"""Laws of the evaluation, against seqeval and nervaluate on flat annotation and against sets on any."""

import json

import nervaluate
import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.scheme import IOB2
from tests.strategies import LABELS, documents, entities, flat, texts

from globalpointer.evaluation import Report, evaluate
from globalpointer.evaluation.calibration import SLOPES, calibrate, fit_slope
from globalpointer.evaluation.compare import exact
from globalpointer.evaluation.match import MATCHES, errors, relaxed
from globalpointer.evaluation.slices import SLICES, Ruler
from globalpointer.text.spans import Document

LENGTH = 14


def tags(found) -> list[str]:
    made = ["O"] * LENGTH
    for entity in found:
        made[entity.start : entity.end] = [f"B-{entity.label}"] + [f"I-{entity.label}"] * (len(entity.span) - 1)
    return made


flat_pairs = st.lists(st.tuples(flat(LENGTH), flat(LENGTH)), min_size=1, max_size=4)


@settings(max_examples=60)
@given(flat_pairs)
def test_flat_f1_is_that_of_seqeval(made) -> None:
    report = evaluate(*([Document("x" * LENGTH, side) for side in sides] for sides in zip(*made, strict=True)))
    gold, found = ([tags(side) for side in sides] for sides in zip(*made, strict=True))
    strict = {"mode": "strict", "scheme": IOB2, "zero_division": 0}
    if any(one or other for one, other in made):
        for ours, theirs in ((report.f1, f1_score), (report.precision, precision_score), (report.recall, recall_score)):
            assert np.isclose(ours, theirs(gold, found, **strict), atol=1e-12)
        assert np.isclose(report.macro_f1, f1_score(gold, found, average="macro", **strict), atol=1e-12)
    else:
        assert report.f1 == report.macro_f1 == 0


@settings(max_examples=150)
@given(flat_pairs)
def test_flat_relaxed_counts_are_those_of_nervaluate(made) -> None:
    assume(any(one or other for one, other in made))
    report = evaluate(*([Document("x" * LENGTH, side) for side in sides] for sides in zip(*made, strict=True)))
    gold, found = ([tags(side) for side in sides] for sides in zip(*made, strict=True))
    theirs = nervaluate.Evaluator(gold, found, tags=list(LABELS), loader="list").evaluate()["overall"]
    for name in MATCHES:
        ours, other = report.relaxed[name], theirs[name]
        counts = (other.correct, other.incorrect, other.partial, other.missed, other.spurious)
        assert (ours.correct, ours.incorrect, ours.partial, ours.missed, ours.spurious) == counts, name
        assert np.allclose((ours.precision, ours.recall, ours.f1), (other.precision, other.recall, other.f1))


@st.composite
def answered(draw):
    """A gold document and what was found in the same text, which often shares entities with it."""
    document = draw(documents())
    found = draw(entities(document.text, scored=True))
    kept = tuple(entity for entity in document.entities if draw(st.booleans()))
    return document, Document(document.text, kept + found)


@given(st.lists(answered(), max_size=4), st.sampled_from(("character", "word")), st.none() | st.sets(texts(1, 2)))
def test_a_report_counts_sets_and_every_slice_adds_up(made, unit, seen) -> None:
    gold, found = [one for one, _ in made], [other for _, other in made]
    report = evaluate(gold, found, unit=unit, seen=seen)
    keys = [({(e.label, e.start, e.end) for e in doc.entities} for doc in docs) for docs in (gold, found)]
    sets = list(zip(*keys, strict=True))
    assert report.counts.gold == sum(len(one) for one, _ in sets)
    assert report.counts.found == sum(len(other) for _, other in sets)
    assert report.counts.right == sum(len(one & other) for one, other in sets)
    assert report.complete == sum(one == other for one, other in sets)
    assert set(report.slices) == set(SLICES) - ({"mention"} if seen is None else set())
    for parts in report.slices.values():
        assert sum(parts.values(), type(report.counts)()) == report.counts
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report


@given(answered())
def test_each_entity_is_in_one_error_and_in_one_relaxed_count(made) -> None:
    gold, found = (frozenset(document.entities) for document in made)
    wrong = errors(gold, found)
    assert sorted(map(repr, (e.gold for e in wrong if e.gold))) == sorted(map(repr, gold - found))
    assert sorted(map(repr, (e.found for e in wrong if e.found))) == sorted(map(repr, found - gold))
    matches = relaxed(gold, found)
    for each in matches.values():
        paired = each.correct + each.incorrect + each.partial
        assert paired + each.missed == len(gold)
        assert paired + each.spurious == len(found)
    right = exact(gold, found).right
    assert matches["strict"].correct == right
    assert matches["exact"].correct >= right
    assert matches["ent_type"].correct >= right


@given(st.data(), texts(), st.sampled_from(("character", "word")))
def test_a_ruler_measures_as_one_would_by_hand(data, text, unit) -> None:
    found = data.draw(entities(text))
    if unit == "character":
        units = list(range(len(text)))
    else:
        words, inside = [], False
        for character in text:
            words.append(None if character.isspace() else len({*words} - {None}) - (1 if inside else 0))
            inside = not character.isspace()
        units = words
    ruler = Ruler(text, unit)
    assert ruler.units == len(set(units) - {None})
    for entity in found:
        assert ruler.length(entity.span) == len(set(units[entity.start : entity.end]) - {None})
    covered = {units[index] for entity in found for index in range(entity.start, entity.end)} - {None}
    assert ruler.density(found) == (len(covered) / ruler.units if ruler.units else 0)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40), st.integers(1, 12))
def test_the_calibration_error_lies_between_0_and_1_and_no_answer_is_lost(made, bins) -> None:
    result = calibrate([score for score, _ in made], [hit for _, hit in made], bins)
    assert 0 <= result.error <= 1
    assert sum(each.count for each in result.bins) == result.count == len(made)
    for each in result.bins:
        assert each.low - 1e-9 <= each.score <= each.high + 1e-9


@given(st.lists(st.tuples(st.floats(-30, 30), st.booleans()), max_size=40))
def test_no_slope_is_likelier_than_the_fitted_one(made) -> None:
    logits, hits = np.array([x for x, _ in made]), np.array([y for _, y in made], dtype=float)

    def cost(slope):
        return float(np.sum(np.logaddexp(0, slope * logits) - hits * slope * logits))

    fitted = fit_slope(logits.tolist(), [bool(each) for each in hits])
    assert SLOPES[0] <= fitted <= SLOPES[1]
    for slope in (*SLOPES, 0.1, 0.5, 1.0, 2.0, 5.0, fitted * 1.01, fitted * 0.99):
        if SLOPES[0] <= slope <= SLOPES[1]:
            assert cost(fitted) <= cost(slope) + 1e-7 * (1 + abs(cost(slope)))


@given(answered())
def test_a_document_against_itself_is_perfect(made) -> None:
    _, document = made
    report = evaluate([document], [document])
    assert report.document_accuracy == 1
    assert report.f1 == (1.0 if document.entities else 0.0)
    assert not any(report.errors.values())
