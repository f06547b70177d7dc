"""One search does for every threshold, where an extractor says so."""

import pytest
from tests.models import TEXTS, small_predictor

from globalpointer.build import EXTRACTORS, MADE_FOR
from globalpointer.nn.baselines.two_pointers import TwoPointers
from globalpointer.nn.token_pair import TokenPairModel
from globalpointer.tasks.thresholds import Thresholds
from globalpointer.text.spans import Document
from globalpointer.training.decoding import decoder

DOCUMENTS = [Document(text, ()) for text in TEXTS]
TAGGERS = [name for name, made in EXTRACTORS.items() if MADE_FOR[name] == "ner" and made.monotone]


@pytest.fixture(autouse=True)
def _untrained_answers_are_worth_decoding(monkeypatch):
    monkeypatch.setattr("globalpointer.training.decoding.MANY", 100.0)


def predictor(head):
    made = small_predictor(head=head, architecture={"head": {"name": head, "options": {}}}, limit=10_000)
    for weight in made.model.extractor.parameters():
        weight.data.mul_(3)
    return made


@pytest.mark.parametrize("head", ["efficient", "global_pointer", *TAGGERS])
def test_what_is_found_at_a_threshold_is_what_a_prediction_there_finds(head):
    made = predictor(head)
    decode = decoder(made, DOCUMENTS, Thresholds(named={"entity": 0.02}))
    sizes = []
    for threshold in (0.02, 0.3, 0.5, 0.7, 0.95):
        found = decode(Thresholds(named={"entity": threshold}))
        assert found == made.predict(TEXTS, threshold=threshold)
        sizes.append(sum(len(document.entities) for document in found))
    assert sizes[0] > sizes[-1]


def test_only_what_pairs_ends_by_the_threshold_is_searched_anew():
    assert TokenPairModel.monotone
    assert TwoPointers.monotone
    assert {name for name, made in EXTRACTORS.items() if not made.monotone} == {"pointer", "tplinker", "casrel"}
