"""What is written is read again, or refused: every format, any text, no third way."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies import documents, entities, flat, questions, scores, spans, texts

from globalpointer.data.readers import Notes, read
from globalpointer.data.readers.tags import SCHEMES, decode, encode
from globalpointer.data.writers import WRITERS, write
from globalpointer.errors import DataError
from globalpointer.text.spans import TRIGGER, Argument, Document, Entity, Event, Relation, Span, Triple, reading_order

COLUMNS = ("iob1", "bio", "bioes", "bmeso", "bilou")
MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def round_trip(written, name, suffix="", **options):
    """The documents as they come back, or None where the format refuses one. Anything noted is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("file" + suffix)
        try:
            write(written, path, name, **{key: value for key, value in options.items() if key == "joiner"})
        except DataError:
            assert not any(Path(folder).iterdir()), "nothing may be left of what was refused"
            return None
        notes = Notes()
        found = list(read(path, name, notes=notes, on_error="raise", **options))
        assert not notes.grave()
        return found


def same(found, written):
    assert [document.text for document in found] == [document.text for document in written]
    for one, other in zip(found, written, strict=True):
        assert (one.entities is None) == (other.entities is None)
        assert set(one.entities or ()) == set(other.entities or ())
        assert all(entity.text == one.text[entity.start : entity.end] for entity in one.entities or ())


@st.composite
def maybe_annotated(draw):
    document = draw(documents())
    once = Document(document.text, tuple(dict.fromkeys(document.entities)))
    return draw(st.sampled_from((once, Document(document.text, None))))


@MANY
@given(st.lists(maybe_annotated(), min_size=1, max_size=3), st.sampled_from(("", ".gz")))
@pytest.mark.parametrize("name", ["jsonl", "cluener"])
def test_json_formats_hold_everything(name, written, suffix):
    found = round_trip(written, name, suffix)
    assert found is not None
    same(found, written)


@MANY
@given(texts(), st.data())
def test_our_own_form_also_holds_id_meta_and_scores(text, data):
    scored = data.draw(entities(text, scored=True))
    written = Document(
        text, tuple({entity: entity for entity in scored}), data.draw(texts()) or None, {"key": [1, {"a": None}]}
    )
    (found,) = round_trip([written], "jsonl")
    assert found.id == (written.id or "file:1")
    assert found.meta == written.meta
    assert {entity: entity.score for entity in found.entities} == {entity: entity.score for entity in written.entities}


@MANY
@given(st.lists(maybe_annotated(), min_size=1, max_size=2))
@pytest.mark.parametrize("name", ["cmeee", "brat"])
def test_formats_that_cannot_say_everything_refuse_the_rest(name, written):
    found = round_trip(written, name)
    if found is None:
        event = [document.text for document in written] + [e.label for d in written for e in d.entities or ()]
        assert any(" " in text or "\n" in text or "\r" in text or not text.strip() for text in event)
    else:
        same(found, written)


def arguments(text, spans_, roles):
    """Arguments over some of these spans."""
    return st.builds(
        lambda role, span, score: Argument(role, span, text[span.start : span.end], score),
        st.sampled_from(roles), spans_, st.none() | scores(),
    )  # fmt: skip


@st.composite
def linked(draw, roles=(TRIGGER, "Org", "Org1", "Org2", "Org12", "\u5730")):
    """A document with relations and events; each kind of annotation beside entities may be missing."""
    text = draw(texts(min_size=1, max_size=12))
    ends = tuple(sorted(set(draw(entities(text, scored=True, max_size=4))), key=reading_order))
    relations, anywhere, maybe = st.just([]), spans(len(text)), st.none() | scores()
    if ends:
        end = st.sampled_from(ends)
        relations = st.lists(st.builds(Relation, st.sampled_from(("in", "a b", "<x>")), end, end, maybe), max_size=3)
        anywhere = anywhere | st.sampled_from([each.span for each in ends])
    members = st.frozensets(arguments(text, anywhere, roles), min_size=1, max_size=4)
    events = st.lists(st.builds(Event, st.sampled_from(("hire", "a b")), members, maybe), max_size=3)
    found, happened = (tuple(dict.fromkeys(draw(each))) for each in (relations, events))
    triples = tuple(dict.fromkeys(Triple(each.subject.text, each.label, each.object.text) for each in found))
    triples, happened = (draw(st.sampled_from((kind, None))) for kind in (triples, happened))
    found = draw(st.sampled_from((found, () if triples else None)))  # beside entities, strings alone are refused
    return Document(text, ends, "one", relations=found, triples=triples, events=happened)


@MANY
@given(st.lists(linked(), min_size=1, max_size=2))
def test_our_own_form_holds_relations_triples_and_events(written):
    found = round_trip(written, "jsonl")
    assert found == written
    assert [document.to_dict() for document in found] == [document.to_dict() for document in written]


@MANY
@given(linked())
def test_brat_holds_relations_and_events_or_refuses_them(document):
    found = round_trip([document], "brat")
    if found is None:
        assert not sayable(document)
        return
    same(found, [document])
    assert set(found[0].relations or ()) == set(document.relations or ())
    assert set(found[0].events or ()) == set(document.events or ())


def sayable(document):
    """Whether brat's standoff can say it: a naive twin of what its writer refuses."""
    labelled = (*document.entities, *(document.relations or ()), *(document.events or ()))
    triggers = [event.triggers for event in document.events or ()]
    said = {each.span for each in document.entities} | {each.span for found in triggers for each in found}
    return (
        not any(" " in each.label for each in labelled)
        and all(len(found) == 1 for found in triggers)
        and all(argument.span in said for event in document.events or () for argument in event.arguments)
        and bool(document.relations or not document.triples)
        and not any({"Org", "Org2"} <= {each.role for each in event.arguments} for event in document.events or ())
        and not any({"Org", "Org12"} <= {each.role for each in event.arguments} for event in document.events or ())
        and not any({"Org1", "Org12"} <= {each.role for each in event.arguments} for event in document.events or ())
    )


def test_some_documents_with_links_are_not_refused():
    text = "Ann hired Bob and Cy"
    ann, bob, cy = (Document(text).entity("PER", *each) for each in ((0, 3), (10, 13), (18, 20)))
    whom = [Argument("Whom", each.span, each.text) for each in (bob, cy)]
    event = Event("hire", frozenset([Argument(TRIGGER, Span(4, 9), "hired"), Argument("Who", ann.span, "Ann"), *whom]))
    why = Event("like", frozenset([Argument(TRIGGER, Span(14, 17), "and"), Argument("Why", Span(4, 9), "hired")]))
    document = Document(text, (ann, bob, cy), "one", relations=(Relation("knows", bob, ann),), events=(event, why))
    for name in ("jsonl", "brat"):
        assert round_trip([document], name) == [document]


def test_some_documents_are_not_refused():
    plain = Document("a\u2028b 🎵", (Entity("X", Span(0, 3), "a\u2028b"),))
    for name in ("cmeee", "brat"):
        same(round_trip([plain], name), [plain])


@st.composite
def tokenized(draw):
    """A document of tokens with flat entities over them."""
    joiner = draw(st.sampled_from(("", " ")))
    word = texts(min_size=1, max_size=3).filter(lambda word: not set(word) & set(" \t\n"))
    character = st.sampled_from("ab \u3000é北\r\u2028\x00\u200b\ufeff🎵")
    tokens = draw(st.lists(word if joiner else character, min_size=1, max_size=8))
    spans = draw(flat(len(tokens)))
    text = joiner.join(tokens)
    starts = [len(joiner.join(tokens[:index])) + (len(joiner) if index else 0) for index in range(len(tokens))]
    made = [
        (entity.label, starts[entity.start], starts[entity.end - 1] + len(tokens[entity.end - 1])) for entity in spans
    ]
    document = Document(text, ())
    return Document(text, tuple(document.entity(*each) for each in made)), joiner


@MANY
@given(st.lists(tokenized(), min_size=1, max_size=3), st.sampled_from(COLUMNS))
def test_column_files_hold_flat_entities_over_tokens(made, scheme):
    joiner = made[0][1]
    written = [document for document, each in made if each == joiner]
    found = round_trip(written, scheme, joiner=joiner)
    assert found is not None
    same(found, written)


@MANY
@given(maybe_annotated(), st.sampled_from(COLUMNS), st.sampled_from(("", " ")))
def test_column_files_of_any_document_are_right_or_refused(document, scheme, joiner):
    found = round_trip([document], scheme, joiner=joiner)
    if found is not None:
        same(found, [document])


@given(flat(12), st.sampled_from(COLUMNS))
def test_tags_are_the_entities(spans, name):
    spans = [(entity.label, entity.start, entity.end - 1) for entity in spans]
    tags = encode(spans, 12, SCHEMES[name])
    assert all(map(SCHEMES[name].is_tag, tags))

    def refuse(index, why):
        raise AssertionError(why)

    assert decode(tags, SCHEMES[name], refuse) == spans


@given(st.data(), st.sampled_from(COLUMNS))
def test_any_tags_give_flat_entities_that_cover_every_token_that_is_not_o(data, name):
    scheme = SCHEMES[name]
    letters = st.sampled_from([f"{letter}-{label}" for letter in scheme.prefixes for label in "XY"] + ["O"])
    tags = data.draw(st.lists(letters, max_size=10))
    found = decode(tags, scheme, lambda index, why: None)
    covered = [index for _, first, last in found for index in range(first, last + 1)]
    assert covered == [index for index, tag in enumerate(tags) if tag != "O"]
    assert all({tags[index][2:] for index in range(first, last + 1)} == {label} for label, first, last in found)


def test_every_format_that_is_written_is_tried_here():
    assert set(WRITERS) == {"jsonl", "cluener", "cmeee", "brat", *COLUMNS}


@MANY
@given(st.booleans().flatmap(lambda scored: questions(scored=scored)))
def test_questions_and_answers_come_back_and_other_formats_refuse_them(written):
    (found,) = round_trip([written], "jsonl")
    assert replace(found, id=None) == written
    assert [each.score for each in found.answers] == [each.score for each in written.answers]
    for name in set(WRITERS) - {"jsonl"}:
        assert round_trip([replace(written, entities=())], name, joiner="") is None
