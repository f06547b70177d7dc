"""The sample corpus: always the same, and hard in the ways it promises."""

import hashlib
import random
import re
from collections import Counter

import pytest

from globalpointer.data.grammars.ask import Context, Fact, Question, pick, questions
from globalpointer.data.grammars.expand import FACT, expand
from globalpointer.data.sample import GRAMMARS, NEW_SENTENCES, SIZES, sample, sample_questions
from globalpointer.errors import ConfigError
from globalpointer.evaluation.answer_slices import kind_of
from globalpointer.text.schema import Schema
from globalpointer.text.spans import TRIGGER, Entity, Span

PARTS = tuple(SIZES)


def everything():
    return [document for part in PARTS for document in sample(part)]


def test_the_sizes():
    assert [len(sample(part)) for part in PARTS] == [900, 150, 150]
    assert [len(sample(part, "zh")) for part in PARTS] == [450, 75, 75]
    assert {document.id for document in sample("dev")} == {d.id for name in ("zh", "en") for d in sample("dev", name)}


def test_it_is_the_same_on_every_machine():
    content = "\n".join(str(document.to_dict()) for document in everything())
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == "4b39b1030554d90a"


def test_no_text_stands_twice_and_new_sentences_are_new():
    texts = [document.text for document in everything()]
    assert len(set(texts)) == len(texts)
    assert not set(texts) & {sentence for each in NEW_SENTENCES.values() for sentence in each}
    assert all(len(each) >= 3 for each in NEW_SENTENCES.values())


def test_spans_are_their_text_and_no_mark_is_left():
    for document in everything():
        assert not set(document.text) & set("{}[]<>|=")
        assert all(document.text[entity.start : entity.end] == entity.text.strip() for entity in document.entities)
        assert len(set(document.entities)) == len(document.entities)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_makes_it_hard(language):
    train = sample("train", language)
    entities = [(document, entity) for document in train for entity in document.entities]
    nested = [
        entity
        for document, entity in entities
        if any(other.span != entity.span and other.span.contains(entity.span) for other in document.entities)
    ]
    lengths = [len(entity.span) for _, entity in entities]
    labels = {}
    for _, entity in entities:
        labels.setdefault(entity.text, set()).add(entity.label)
    assert len(nested) > 150
    assert min(lengths) <= 2
    assert max(lengths) >= 14
    assert sum(len({e.span for e in document.entities}) < len(document.entities) for document in train) > 15
    assert sum(len(each) >= 3 for each in labels.values()) >= 8
    assert sum(not document.entities for document in train) > 20


@pytest.mark.parametrize("language", ["zh", "en"])
def test_some_mentions_of_dev_and_test_were_never_seen(language):
    seen = {entity.text for document in sample("train", language) for entity in document.entities}
    for part in ("dev", "test"):
        mentions = [entity.text for document in sample(part, language) for entity in document.entities]
        assert 0.2 < sum(text not in seen for text in mentions) / len(mentions) < 0.6


def test_every_label_is_in_every_part():
    labels = [{entity.label for document in sample(part) for entity in document.entities} for part in PARTS]
    assert labels[0] == labels[1] == labels[2]
    assert len(labels[0]) == 8


def test_a_pattern_says_what_stands_behind_it():
    rules = {
        "document": ("[old=ORG:{firm} Bank] <hired> {first=per} and {second=per}."
                     " | first works_for old | hire: trigger=hired person=first person=second",),
        "firm": ("[ORG+LOC:[PER:{NAME}] of Oslo] | org named_after per",),
        "per": ("[PER:{NAME}]",),
        "NAME": ("Ann",),
    }  # fmt: skip
    made = expand(rules, random.Random(0), whole=True)
    assert made.text == "Ann of Oslo Bank hired Ann and Ann."
    assert [(e.label, e.start, e.end) for e in made.entities] == [
        ("PER", 0, 3), ("LOC", 0, 11), ("ORG", 0, 11), ("ORG", 0, 16), ("PER", 23, 26), ("PER", 31, 34)
    ]  # fmt: skip
    named = [(each.label, each.subject.text, each.subject.label, each.object.start) for each in made.relations]
    assert named == [("named_after", "Ann of Oslo", "ORG", 0), ("works_for", "Ann", "PER", 0)]
    (event,) = made.events
    assert [(each.role, each.start, each.text) for each in event.ordered()] == [
        (TRIGGER, 17, "hired"), ("person", 23, "Ann"), ("person", 31, "Ann")
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_name_in_a_fact_is_given_exactly_once(language):
    """A name given twice would silently be the last of the two."""
    for way in (way for ways in GRAMMARS[language].values() for way in ways):
        pattern, *facts = way.split(FACT)
        marks = re.findall(r"\{(?:(\w+)=)?(\w+)\}|\[(?:(\w+)=)?([A-Z]+)|<([^>]+)>", pattern)
        given = Counter(a or b or c or d.lower() or e for a, b, c, d, e in marks)
        for fact in facts:
            first, *words = fact.split()
            used = [word.partition("=")[2] for word in words] if first.endswith(":") else [first, words[1]]
            assert all(given[name] == 1 for name in used), way


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_makes_relations_hard(language):
    train = sample("train", language)
    relations = [(document, relation) for document in train for relation in document.relations]
    pairs = Counter((document.id, each.subject, each.object) for document, each in relations)
    ends = Counter((document.id, end) for document, each in relations for end in {each.subject, each.object})
    within = [each for _, each in relations if each.subject.span.overlaps(each.object.span)]
    assert sum(count > 1 for count in pairs.values()) > 15
    assert sum(count > 1 for count in ends.values()) > 100
    assert {each.subject.span.contains(each.object.span) for each in within} == {True, False}
    assert sum(bool(document.entities) and not document.relations for document in train) > 50


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_makes_events_hard(language):
    train = sample("train", language)
    events = [event for document in train for event in document.events]
    several = [document.events for document in train if len(document.events) > 1]
    roles = [Counter(argument.role for argument in event.arguments) for event in events]
    labels = {}
    for event in events:
        labels.setdefault(event.triggers[0].text, set()).add(event.label)
    assert all(len(event.triggers) == 1 for event in events)
    assert sum(max(each.values()) > 1 for each in roles) > 30
    assert sum(bool({a.span for a in one.arguments} & {b.span for b in two.arguments}) for one, two, *_ in several) > 15
    assert len(labels) >= 8
    assert sum(len(each) > 1 for each in labels.values()) >= 1
    assert sum(not document.events for document in train) > 150


def test_all_parts_have_the_same_schema_and_both_languages_the_same_labels():
    schemas = [Schema.of(sample(part)) for part in PARTS]
    assert {(each.entities, tuple(each.relations), tuple(each.events)) for each in schemas} == {
        (schemas[0].entities, tuple(schemas[0].relations), tuple(schemas[0].events))
    }
    assert [len(schemas[0].relations), len(schemas[0].events)] == [8, 7]
    one, other = Schema.of(sample("train", "zh")), Schema.of(sample("train", "en"))
    assert one.relations.keys() == other.relations.keys()
    assert one.events.keys() == other.events.keys()


def test_unknown_names():
    with pytest.raises(ConfigError, match="train, dev, test"):
        sample("valid")
    with pytest.raises(ConfigError, match="zh, en or both"):
        sample("dev", "de")


def asked():
    return [question for part in PARTS for question in sample_questions(part)]


def test_the_questions_are_the_same_on_every_machine():
    content = "\n".join(str(question.to_dict()) for question in asked())
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == "374ebe3cbcdab04f"
    assert [len(sample_questions(part)) for part in PARTS] == [2648, 430, 425]
    assert {each.id for each in sample_questions("dev")} == {
        each.id for name in ("zh", "en") for each in sample_questions("dev", name)
    }


def test_answers_are_their_text_and_no_mark_is_left_in_a_question():
    for question in asked():
        assert not set(question.question) & set("{}[]<>|=")
        assert all(question.text[each.start : each.end] == each.text for each in question.answers)
        assert not any(each.text in question.question for each in question.answers)


def test_parts_and_questions_are_apart():
    texts = [{question.text for question in sample_questions(part)} for part in PARTS]
    assert not texts[0] & texts[1]
    assert not texts[1] & texts[2]
    keys = [(question.text, question.question) for question in asked()]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_makes_the_questions_hard(language):
    train = sample_questions("train", language)
    counts = Counter(len(question.answers) for question in train)
    assert counts[0] > 300  # the text does not say
    assert counts[2] > 40  # several are right
    assert len({kind_of(each.question, "character" if language == "zh" else "word") for each in train}) >= 4
    # the same text answers other questions in other places
    places = {}
    for question in train:
        places.setdefault(question.text, set()).update(each.span for each in question.answers)
    assert sum(len(each) > 1 for each in places.values()) > 0.8 * len(places)


ACME = "Acme hired Ann. Acme hired Bo. Ace hired Cy."


def mention(label, text, start):
    return Entity(label, Span(start, start + len(text)), text)


def hires():
    """Who hires whom in ACME, and everybody who is mentioned there."""
    pairs = [
        (mention("ORG", "Acme", 0), mention("PER", "Ann", 11)),
        (mention("ORG", "Acme", 16), mention("PER", "Bo", 27)),
        (mention("ORG", "Ace", 31), mention("PER", "Cy", 41)),
    ]
    facts = tuple(Fact("hire", {"employer": (employer,), "person": (person,)}) for employer, person in pairs)
    return Context(ACME, tuple(each for pair in pairs for each in pair), facts)


def test_a_question_is_answered_by_every_fact_that_fits_and_is_clear_if_no_other_nearly_does():
    context = hires()
    patterns = {"hire": ("person: Whom did {employer} hire?", "date: When did {employer} hire {person}?")}
    made = list(questions(context, patterns))
    assert [each.text for each in made] == ["Whom did Acme hire?"] * 2 + ["Whom did Ace hire?"]  # no fact has a date
    assert [each.text for each in made[0].answers(context)] == ["Ann", "Bo"]
    assert all(each.is_clear(context) for each in made)
    near = Question("Whom did {employer} hire?", "hire", "person", {"employer": mention("ORG", "Acme Corp", 0)})
    assert near.answers(context) == ()
    assert not near.is_clear(context)
    assert not near.is_open(context)
    assert len(pick(made, 5, random.Random(0))) == 2


@pytest.mark.parametrize(
    ("asked", "label", "open_"),
    [
        ("When did {person} leave {employer}?", "resign", ["Cy Acme", "Ann Ace", "Bo Ace", "Ann Acme", "Bo Acme", "Cy Ace"]),
        ("When did {employer} hire {person}?", "hire", ["Cy Acme", "Ann Ace", "Bo Ace"]),
        ("When did {person} join {employer}?", "join", ["Cy Acme", "Ann Ace", "Bo Ace"]),  # the hired have joined
        ("When did {person} go to {employer}?", "move", []),
    ],
)  # fmt: skip
def test_the_same_can_be_asked_of_others_and_stays_open_where_the_text_says_nothing_like_it(asked, label, open_):
    context = hires()
    given = {"person": mention("PER", "Dora", 0), "employer": mention("ORG", "Initech", 0)}
    others = list(Question(asked, label, "date", given).about_others(context))
    assert len(others) == 6
    left = {" ".join(one.text for one in each.given.values()) for each in others if each.is_open(context)}
    assert left == set(open_)
