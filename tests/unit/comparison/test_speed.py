"""Speed is measured of the models as they are, and leaves them so."""

import pytest
import torch

from globalpointer.comparison.speed import ROUNDS, TEXTS, Speed, sample, timed
from globalpointer.comparison.turns import MEASURED, Recalled, _batches, turns_of
from globalpointer.data.sample import sample as documents_of
from globalpointer.predictor import Predictor
from globalpointer.text.spans import Document, Entity, Span


@pytest.fixture
def predictor(compared):
    return Predictor.from_pretrained(compared.found.folder / "runs" / "efficient-42")


def test_the_median_of_the_rounds_and_of_their_ratios():
    taken = {"crf": [2.0, 4.0, 8.0], "mine": [1.0, 1.0, 1.0]}
    seconds = {name: dict.fromkeys(MEASURED, each) for name, each in taken.items()}
    speed = Speed("crf", 100, seconds, {})
    assert speed.rate("crf", "training") == (18.75, 25, 37.5)
    assert speed.ratio("mine", "training") == (3, 4, 6)
    assert speed.ratio("crf", "prediction_head") == (1, 1, 1)


def test_recalled_vectors_are_those_of_the_encoder_and_get_a_gradient(predictor):
    batches = _batches(predictor, documents_of("test", "en")[:40])
    assert len(batches) > 1
    encoder = predictor.model.extractor.encoder
    recalled = Recalled(encoder, batches)
    for batch in batches:
        vectors = recalled(batch.tokens, batch.attention)
        assert torch.equal(vectors, encoder(batch.tokens, batch.attention))
        assert vectors.is_leaf
        assert vectors.requires_grad
    assert list(recalled.parameters()) == []


def test_turns_leave_the_model_as_it_was(predictor):
    documents = documents_of("test", "en")[:12]
    before = {name: weight.clone() for name, weight in predictor.model.state_dict().items()}
    answers = predictor.predict([each.text for each in documents])
    encoder = predictor.model.extractor.encoder
    turns = turns_of(predictor, documents)
    assert tuple(turns) == MEASURED
    for turn in turns.values():
        turn()
    assert predictor.model.extractor.encoder is encoder
    after = predictor.model.state_dict()
    assert all(torch.equal(weight, after[name]) for name, weight in before.items())
    assert predictor.predict([each.text for each in documents]) == answers


def test_without_the_encoder_the_same_cells_are_found(predictor, monkeypatch):
    documents = documents_of("test", "en")[:12]
    found = []
    find = predictor.model.extractor.find
    monkeypatch.setattr(
        predictor.model.extractor, "find", lambda *batch, **options: found.append(find(*batch, **options)) or found[-1]
    )
    turns = turns_of(predictor, documents)
    turns["prediction"]()
    whole = [each for batch in found for each in batch]
    found.clear()
    turns["prediction_head"]()
    head = [each for batch in found for each in batch]
    assert any(cells["entity"] for cells in whole)
    assert sorted(map(_cells, whole)) == sorted(map(_cells, head))


def _cells(found):
    return sorted(found["entity"])


def test_a_text_without_words_or_with_an_unknown_label_is_not_measured_on(predictor, quiet):
    good = documents_of("test", "en")[:3]
    strange = Document("Ann", (Entity("NOBODY", Span(0, 3), "Ann"),))
    chosen = sample([*good, Document(" ", ()), strange], {"one": predictor})
    assert sorted(each.text for each in chosen) == sorted(each.text for each in good)
    assert len(sample([Document(f"{i}", ()) for i in range(500)], {"one": predictor})) == TEXTS
    folder = {"one": predictor.model.name_or_path}
    assert timed(folder, [Document("", ())], "one", quiet) is None


def test_every_system_has_every_round(compared):
    speed = compared.found.speed
    assert list(speed.seconds) == ["efficient", "global_pointer"]
    for taken in speed.seconds.values():
        assert {what: len(each) for what, each in taken.items()} == dict.fromkeys(MEASURED, ROUNDS)
    assert speed.reference == "efficient"
    # the encoder takes its part of the time
    assert speed.rate("efficient", "training_head").median > speed.rate("efficient", "training").median
