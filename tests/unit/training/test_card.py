"""What a model card says of how the model answers."""

import pytest
from tests.models import small_predictor

from globalpointer.training.card import write_card

SCORES = {"f1": 0.5, "precision": 0.4, "recall": 0.6, "document_accuracy": 0.1}


def card(predictor, folder):
    write_card(predictor, {"dev": SCORES}, folder / "README.md")
    return (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("truncation", "said"),
    [
        ("window", "It reads 40 tokens at once, and longer texts in windows."),
        ("warn", "It reads 40 tokens at once, and of longer texts the beginning."),
        ("error", "It reads 40 tokens at once, and refuses longer texts."),
    ],
)
def test_it_says_what_is_done_with_long_texts(truncation, said, tmp_path):
    assert said in card(small_predictor(window=40, truncation=truncation), tmp_path)


def test_a_tagger_never_finds_overlaps_whatever_the_policy(tmp_path):
    predictor = small_predictor()
    assert "0.50 on; what it finds may nest" in card(predictor, tmp_path)
    predictor.model.config.recipe["model"] = {"head": "crf"}
    assert "0.50 on; what it finds never overlaps" in card(predictor, tmp_path)


@pytest.mark.parametrize(("f1", "said"), [(0.4, "keeps of its F1 125.0 % on dev"), (0.0, "and that has F1 0.")])
def test_what_was_kept_of_the_f1_of_a_teacher(f1, said, tmp_path):
    predictor = small_predictor()
    predictor.model.config.recipe["distillation"] = {"teacher": "t"}
    write_card(predictor, {"dev": SCORES, "teacher": {"dev": {**SCORES, "f1": f1}}}, tmp_path / "README.md")
    assert said in (tmp_path / "README.md").read_text(encoding="utf-8")
