"""The sample corpus: always the same, and hard in the ways it promises."""

import hashlib

import pytest

from globalpointer.data.sample import NEW_SENTENCES, SIZES, sample
from globalpointer.errors import ConfigError

PARTS = tuple(SIZES)


def everything():
    return [document for part in PARTS for document in sample(part)]


def test_the_sizes():
    assert [len(sample(part)) for part in PARTS] == [900, 150, 150]
    assert [len(sample(part, "zh")) for part in PARTS] == [450, 75, 75]
    assert {document.id for document in sample("dev")} == {d.id for name in ("zh", "en") for d in sample("dev", name)}


def test_it_is_the_same_on_every_machine():
    content = "\n".join(str(document.to_dict()) for document in everything())
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == "dc06539787a08574"


def test_no_text_stands_twice_and_new_sentences_are_new():
    texts = [document.text for document in everything()]
    assert len(set(texts)) == len(texts)
    assert not set(texts) & {sentence for each in NEW_SENTENCES.values() for sentence in each}
    assert all(len(each) >= 3 for each in NEW_SENTENCES.values())


def test_spans_are_their_text_and_no_mark_is_left():
    for document in everything():
        assert not set(document.text) & set("{}[]")
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


def test_unknown_names():
    with pytest.raises(ConfigError, match="train, dev, test"):
        sample("valid")
    with pytest.raises(ConfigError, match="zh, en or both"):
        sample("dev", "de")
