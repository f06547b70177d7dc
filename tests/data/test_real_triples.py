"""The counts of the real files of relations, as their README gives them, and how well mentions are located."""

from collections import Counter

import pytest

from globalpointer.data.readers import Notes, Reporter, read
from globalpointer.data.readers.locate import TypedTriple, candidates, locate, occurrences
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Triple

pytestmark = pytest.mark.data

# path, format, documents, triples as given, located relations, notes by kind
TRIPLES = [
    ("duie/v1_sample/train_data.json.gz", "duie", 2000, 4299, 4298, {"repaired": 4, "ambiguous": 349}),
    ("duie/v1_sample/dev_data.json.gz", "duie", 200, 448, 448, {"ambiguous": 35}),
    # 313 objects of several slots give 348 triples more than the 8,945; 6 mentions are only inside longer words
    ("duie/v2_5000/train_data_5000.json.gz", "duie", 5000, 8945 + 348, 9275,
     {"dropped": 6, "repaired": 2, "duplicate": 12, "ambiguous": 1344}),
    ("cmeie/val_triples.json.gz", "duie", 3585, 10626, 10610, {"dropped": 3, "duplicate": 13, "ambiguous": 1799}),
    ("nyt/NYT/val_triples.json.gz", "triples", 5000, 8489, 7943, {"dropped": 42, "duplicate": 504, "ambiguous": 394}),
    ("nyt/NYT/test_triples.json.gz", "triples", 5000, 8616, 8076, {"dropped": 44, "duplicate": 496, "ambiguous": 391}),
    ("nyt/NYT-star/val_triples.json.gz", "triples", 4999, 7976, 7976, {"ambiguous": 684}),
    ("nyt/NYT-star/test_triples.json.gz", "triples", 5000, 8110, 8110, {"ambiguous": 689}),
    ("webnlg/WebNLG/train_triples.json.gz", "triples", 5019, 11313, 11312, {"duplicate": 1, "ambiguous": 623}),
    ("webnlg/WebNLG/val_triples.json.gz", "triples", 500, 1224, 1223, {"duplicate": 1, "ambiguous": 80}),
    ("webnlg/WebNLG/test_triples.json.gz", "triples", 703, 1607, 1607, {"ambiguous": 91}),
    ("webnlg/WebNLG-star/train_triples.json.gz", "triples", 5019, 11776, 11687, {"duplicate": 89, "ambiguous": 1512}),
    ("webnlg/WebNLG-star/val_triples.json.gz", "triples", 500, 1118, 1113, {"duplicate": 5, "ambiguous": 140}),
    ("webnlg/WebNLG-star/test_triples.json.gz", "triples", 703, 1591, 1581, {"duplicate": 10, "ambiguous": 214}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "name", "documents", "given", "located", "noted"), TRIPLES)
def test_a_file_of_triples_has_those_of_its_readme(data_dir, path, name, documents, given, located, noted):
    notes = Notes()
    found = list(read(data_dir / path, name, notes=notes))
    assert len(found) == documents
    assert sum(len(document.triples) for document in found) + noted.get("duplicate", 0) == given
    assert sum(len(document.relations) for document in found) == located
    assert notes.counts() == noted


@pytest.mark.parametrize(
    ("path", "several", "labels"),
    [("webnlg/WebNLG/train_triples.json.gz", 2028, 211), ("webnlg/WebNLG-star/train_triples.json.gz", 3577, 170)],
)
def test_mentions_of_webnlg_that_stand_more_than_once(data_dir, path, several, labels):
    """Its tokens are parted by blanks, so that a mention can be counted without knowing anything of words."""
    found = list(read(data_dir / path, "triples", notes=Notes()))
    ends = [
        (f" {document.text} ".count(f" {mention} "), occurrences(document.text, mention))
        for document in found
        for triple in document.triples
        for mention in (triple.subject, triple.object)
    ]
    assert sum(count > 1 for count, _ in ends) == several
    assert all(len(places) >= count > 0 for count, places in ends)
    assert len(Schema.of(found).relations) == labels


# path, format, documents, entities, relations, relations given twice
TOKENS = [
    ("conll04/conll04_train.json.gz", "conll04", 922, 3377, 1283, 0),
    ("conll04/conll04_dev.json.gz", "conll04", 231, 893, 343, 0),
    ("conll04/conll04_test.json.gz", "conll04", 288, 1079, 422, 0),
    ("scierc/scierc_joint_er_train.json.gz", "spert", 1861, 5598, 3219, 4),
    ("scierc/scierc_joint_er_dev.json.gz", "spert", 275, 811, 455, 0),
    ("scierc/scierc_joint_er_test.json.gz", "spert", 551, 1685, 974, 0),
    ("scierc/train.json.gz", "dygie", 350, 5598, 3219, 4),
    ("scierc/dev.json.gz", "dygie", 50, 811, 455, 0),
    ("scierc/test.json.gz", "dygie", 100, 1685, 974, 0),
]


@pytest.mark.parametrize(("path", "name", "documents", "entities", "relations", "doubled"), TOKENS)
def test_a_file_of_tokens_has_the_relations_of_its_readme(
    data_dir, path, name, documents, entities, relations, doubled
):
    notes = Notes()
    found = list(read(data_dir / path, name, joiner=" ", notes=notes))
    assert len(found) == documents
    assert sum(len(document.entities) for document in found) == entities
    assert sum(len(document.relations) for document in found) + doubled == relations
    assert notes.counts() == ({"duplicate": doubled} if doubled else {})


@pytest.mark.parametrize("part", ["train", "dev", "test"])
def test_the_two_forms_of_scierc_say_the_same(data_dir, part):
    """SpERT's form has sentences and plain brackets, DyGIE's documents, -LRB- and labels in capitals."""
    brackets = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}

    def surface(entity):
        return " ".join(brackets.get(token, token) for token in entity.text.split(" "))

    def surfaces(path, name):
        return Counter(
            (relation.subject.label, surface(relation.subject), relation.label.lower(), surface(relation.object))
            for document in read(data_dir / path, name, joiner=" ", notes=Notes())
            for relation in document.relations
        )

    assert surfaces(f"scierc/scierc_joint_er_{part}.json.gz", "spert") == surfaces(f"scierc/{part}.json.gz", "dygie")


def test_the_nearest_pair_is_right_more_often_than_the_first(data_dir):
    """SciERC's relations as strings alone, located again: the numbers of docs/data.md."""
    documents = [
        document
        for part in ("train", "dev", "test")
        for document in read(data_dir / f"scierc/{part}.json.gz", "dygie", joiner=" ", notes=Notes())
    ]
    right = Counter()
    ambiguous = 0
    for document in documents:
        typed = [_without_places(relation) for relation in document.relations]
        located = {
            policy: set(locate(document.text, typed, policy, Reporter("x", Notes()), None).relations)
            for policy in ("nearest", "first")
        }
        places = candidates(document.text, {end for each in typed for end in (each.triple.subject, each.triple.object)})
        for relation in set(document.relations):
            if len(places[relation.subject.text]) > 1 or len(places[relation.object.text]) > 1:
                ambiguous += 1
                right.update(policy for policy, found in located.items() if relation in found)
    assert (ambiguous, right["nearest"], right["first"]) == (1583, 1435, 665)


def _without_places(relation):
    triple = Triple(relation.subject.text, relation.label, relation.object.text)
    return TypedTriple(triple, relation.subject.label, relation.object.label)
