"""Windows are no longer than what training showed, and the saved model knows."""

import pytest

from globalpointer.config import load_recipe
from globalpointer.predictor import Predictor
from globalpointer.text.spans import Answer, Document, Span
from globalpointer.training.fit import encode
from globalpointer.training.reach import learned_reach, shorten_windows, window_of
from globalpointer.training.start import start


def begun(lengths, *overrides):
    """An untrained predictor and its examples: texts of so many characters."""
    documents = [Document("李雷在上海" * (length // 5) + "。" * (length % 5), ()) for length in lengths]
    named = Document("李雷在", (Document("李雷在").entity("PER", 0, 2),))
    predictor = start(load_recipe(None, overrides, data={"format": "jsonl", "train": "x"}), [named, *documents])
    return predictor, encode(predictor, documents)[0]


def test_one_example_in_a_thousand_may_be_longer():
    predictor, examples = begun([70] * 998 + [90, 120])
    assert learned_reach(examples, predictor.tokenizer) == 90
    predictor, examples = begun([70] * 997 + [90, 120])
    assert learned_reach(examples, predictor.tokenizer) == 120


def test_longer_texts_are_read_in_windows_of_what_was_learned(tmp_path):
    predictor, examples = begun([100, 20])
    (said,) = shorten_windows(predictor, examples)
    assert "read in windows of 100 tokens" in said
    predictor.save_pretrained(tmp_path)
    for each in (predictor, Predictor.from_pretrained(tmp_path)):
        assert (each.tokenizer.window, each.tokenizer.overlap) == (100, 50)
        (found,) = each.find(["海" * 130], threshold=1e9)
        assert [window.end - window.start for window in found.encoded.windows] == [100, 100]


def test_short_texts_leave_windows_that_are_wide_enough_to_be_used():
    predictor, examples = begun([8, 20])
    assert shorten_windows(predictor, examples)
    assert predictor.tokenizer.window == 64


@pytest.mark.parametrize(
    ("lengths", "overrides"),
    [
        ([300], ()),
        ([100], ("model.window=80",)),
        ([20], ("model.window=40", "model.overlap=10")),
        ([100], ('model.truncation="error"',)),
        ([100], ('model.truncation="warn"',)),
    ],
)
def test_what_is_asked_for_stays_where_training_reaches_it_or_windows_are_forbidden(lengths, overrides):
    predictor, examples = begun(lengths, *overrides)
    before = predictor.tokenizer
    assert shorten_windows(predictor, examples) == []
    assert predictor.tokenizer is before


def test_what_a_model_learned_before_is_not_forgotten(tmp_path):
    first, examples = begun([100])
    shorten_windows(first, examples)
    first.save_pretrained(tmp_path)
    predictor, examples = begun([70])
    assert shorten_windows(predictor, examples, known=window_of(str(tmp_path)))
    assert predictor.tokenizer.window == 100
    assert window_of(None) == 0


def test_a_question_keeps_its_share_of_the_window():
    text = "海" * 70
    asked = Document(text, question="谁?", answers=(Answer(Span(0, 2), "海海"),))
    recipe = load_recipe(None, ["task.kind=mrc"], data={"format": "squad", "train": "x"})
    predictor = start(recipe, [asked])
    assert shorten_windows(predictor, encode(predictor, [asked])[0]) == []
