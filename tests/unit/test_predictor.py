"""Prediction: order, batches, thresholds, windows, and what is refused."""

import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tests.models import LABELS, TEXTS, small_predictor

from globalpointer.errors import ConfigError, LengthError, LimitWarning
from globalpointer.predictor import Predictor
from globalpointer.text.spans import Document

pytestmark = pytest.mark.filterwarnings("ignore::globalpointer.errors.LimitWarning")

MANY = [*TEXTS, "", " ", *(text * 3 for text in TEXTS), "Ann"]


@pytest.fixture(scope="module")
def predictor():
    return small_predictor()


def scored(document):
    return {(entity.label, entity.start, entity.end): entity.score for entity in document.entities}


def test_a_text_gives_a_document_and_a_list_a_list(predictor):
    assert isinstance(predictor.predict(TEXTS[0]), Document)
    assert [document.text for document in predictor.predict(MANY, batch_size=3)] == MANY
    assert predictor.predict([]) == []


def test_the_progress_bar_leaves_standard_output_alone(predictor, capsys):
    predictor.predict(TEXTS, show_progress_bar=True)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("head", ["efficient", "global_pointer"])
def test_a_batch_finds_what_single_calls_find(head):
    predictor = small_predictor(head=head)
    together = predictor.predict(MANY, overlap_policy="allow")
    for text, document in zip(MANY, together, strict=True):
        alone = scored(predictor.predict(text, overlap_policy="allow"))
        found = scored(document)
        for key in alone.keys() | found.keys():
            score = alone.get(key, found.get(key))
            assert abs(score - 0.5) < 1e-4 or abs(alone[key] - found[key]) < 1e-5


def test_every_entity_is_cut_from_its_text(predictor):
    for document in predictor.predict(MANY):
        for entity in document.entities:
            assert document.text[entity.start : entity.end] == entity.text
            assert 0.5 < entity.score < 1


def test_the_threshold_is_a_probability_whatever_the_slope():
    for slope in (1.0, 3.0):
        found = small_predictor(slope=slope).predict(TEXTS[1], threshold=0.51, overlap_policy="allow").entities
        assert found
        assert min(entity.score for entity in found) > 0.51


def test_thresholds_by_label():
    predictor = small_predictor(limit=10**6)
    everything = scored(predictor.predict(TEXTS[1], overlap_policy="allow"))
    fewer = scored(predictor.predict(TEXTS[1], overlap_policy="allow", threshold={"PER": 0.999999}))
    assert {key for key in everything if key[0] != "PER"} == set(fewer)


def test_a_text_that_fits_is_the_same_with_and_without_windows(predictor):
    wide, exact = small_predictor(window=256), small_predictor(window=len(TEXTS[1]))
    assert scored(wide.predict(TEXTS[1])) == scored(exact.predict(TEXTS[1]))


def test_long_texts_are_covered_to_their_end():
    predictor = small_predictor(window=16, overlap=8)
    text = TEXTS[1] * 20
    found = predictor.predict(text, overlap_policy="allow", threshold=0.01).entities
    assert min(entity.start for entity in found) == 0
    assert max(entity.end for entity in found) == len(text)
    assert len(found) == len(scored(Document(text, found)))


def test_truncation_can_be_refused():
    with pytest.raises(LengthError, match="window"):
        small_predictor(window=4, overlap=1, truncation="error").predict(TEXTS[0])


def test_words_are_said_not_guessed(predictor):
    document = predictor.predict(["Ann", "sings"], is_split_into_words=True)
    assert document.text == "Ann sings"
    assert [each.text for each in predictor.predict([["Ann"], ["in", "Oslo"]], is_split_into_words=True)] == [
        "Ann",
        "in Oslo",
    ]
    assert [each.text for each in predictor.predict(["Ann", "sings"])] == ["Ann", "sings"]


def test_an_untrained_model_is_capped_and_says_so(predictor):
    capped = small_predictor(limit=5)
    with pytest.warns(LimitWarning, match="1 windows had 5 cells or more"):
        found = capped.find([TEXTS[1]])
    assert sum(len(cells) for cells in found[0].cells.values()) == 5
    assert capped.capped == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        small_predictor(limit=10**6).find([TEXTS[1]])


def test_bfloat16_stays_near():
    low, high = small_predictor(precision="bfloat16", limit=10**6), small_predictor(limit=10**6)
    exact = scored(high.predict(TEXTS[1], threshold=0.01, overlap_policy="allow"))
    rough = scored(low.predict(TEXTS[1], threshold=0.01, overlap_policy="allow"))
    assert exact.keys() == rough.keys()
    assert max(abs(exact[key] - rough[key]) for key in exact) < 0.02


def test_logits_are_those_of_the_tokens(predictor):
    tokens, squares = predictor.logits(TEXTS[0])
    assert "".join(tokens) == TEXTS[0]
    assert squares["entity"].shape == (len(LABELS), len(tokens), len(tokens))
    assert torch.isinf(squares["entity"][:, 1, 0]).all()
    assert predictor.logits("") == ([], {})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"threshold": 1.0}, "probability between 0 and 1"),
        ({"threshold": -0.1}, "probability between 0 and 1"),
        ({"threshold": "0.5"}, "probability between 0 and 1"),
        ({"threshold": True}, "probability between 0 and 1"),
        ({"threshold": {"PRE": 0.5}}, "nearest: 'PER'"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"overlap_policy": "best"}, "overlap_policy"),
        ({"is_split_into_words": True}, "expects a sequence of words"),
    ],
)
def test_what_is_refused(predictor, options, said):
    with pytest.raises(ConfigError, match=said):
        predictor.predict([TEXTS[0]] if "is_split_into_words" not in options else TEXTS[0], **options)


def test_a_text_must_be_a_string(predictor):
    with pytest.raises(ConfigError, match="text 1 is int"):
        predictor.predict(["Ann", 3])


@pytest.mark.parametrize(
    ("given", "found"),
    [({"text": "Ann", "question": "Who?"}, "dict"), (None, "NoneType"), (3, "int"), (b"Ann", "bytes")],
)
def test_what_is_no_list_of_texts_is_not_gone_through_piece_by_piece(predictor, given, found):
    with pytest.raises(ConfigError, match=rf"expected a list of texts \(str or Document\), found {found}"):
        predictor.predict(given)


@pytest.mark.parametrize("given", ["Ann", Document("Ann")])
def test_a_stream_is_of_several_texts(predictor, given):
    with pytest.raises(ConfigError, match=r"expected a list of texts .* found one text"):
        list(predictor.predict_stream(given))


def test_a_threshold_of_numpy_is_one(predictor):
    assert predictor.predict(TEXTS, threshold=np.float32(0.5)) == predictor.predict(TEXTS, threshold=0.5)


def test_an_unknown_precision():
    with pytest.raises(ConfigError, match="precision"):
        small_predictor(precision="float16")


def test_the_card_travels_with_the_model(tmp_path, predictor, monkeypatch):
    predictor.save_pretrained(tmp_path / "first")
    (tmp_path / "first" / "README.md").write_text("# A card", encoding="utf-8")
    loaded = Predictor.from_pretrained(tmp_path / "first")
    uploaded = {}

    class Hub:
        def __init__(self, token=None):
            pass

        def create_repo(self, name, private, exist_ok):
            return SimpleNamespace(repo_id=name)

        def upload_folder(self, repo_id, folder_path):
            uploaded[repo_id] = {file.name for file in Path(folder_path).iterdir()}

    monkeypatch.setattr("huggingface_hub.HfApi", Hub)
    loaded.push_to_hub("me/mine")
    assert uploaded["me/mine"] == {
        *("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "README.md")
    }


def test_the_overlap_policy_is_the_recipes_unless_the_call_says_otherwise():
    predictor = small_predictor()
    nested = scored(predictor.predict(TEXTS[1], overlap_policy="nested"))
    flat = scored(predictor.predict(TEXTS[1], overlap_policy="flat"))
    assert len(flat) < len(nested)
    assert scored(predictor.predict(TEXTS[1])) == nested
    predictor.model.config.architecture["task"]["overlap_policy"] = "flat"
    assert scored(predictor.predict(TEXTS[1])) == flat
    assert scored(predictor.predict(TEXTS[1], overlap_policy="nested")) == nested


def test_a_threshold_for_all_others_beside_a_label():
    predictor = small_predictor()
    for given in ({"*": 0.2, "PER": 0.9}, {"PER": 0.9}):
        document = predictor.predict(TEXTS[0], threshold=given)
        least = {"PER": 0.9, "ORG": given.get("*", 0.5), "LOC": given.get("*", 0.5)}
        assert all(entity.score >= least[entity.label] for entity in document.entities)
    many, few = (predictor.predict(TEXTS[0], threshold={"*": each, "PER": 0.9}).entities for each in (0.2, 0.6))
    assert len(many) > len(few)
