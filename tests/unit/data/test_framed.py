"""What is too long to be read wholly is told once, with how many there are."""

import warnings

import pytest

from globalpointer.data.framed import frame_texts
from globalpointer.data.tokenizers import learn_tokenizer
from globalpointer.data.tokenizing import TextTokenizer, TruncationWarning
from globalpointer.text.spans import Document


def framed(*documents, truncation="window"):
    tokenizer = TextTokenizer(learn_tokenizer(["Ann"], "character"), window=8, overlap=2, truncation=truncation)
    return frame_texts(documents, tokenizer, asks=documents[0].question is not None)


def asked(letters, **more):
    return Document("Ann", question="A" * letters, **more)


def test_questions_that_are_too_long_are_one_warning():
    with pytest.warns(TruncationWarning) as told:
        framed(asked(6), asked(2), asked(9, id="a.jsonl:3"))
    (said,) = (str(each.message) for each in told)
    begun = "2 questions too long for the window, of which the end is not read: 5 tokens of the longest"
    assert said == f"{begun} (a.jsonl:3)"


def test_texts_that_are_too_long_are_one_warning_where_they_are_not_read_in_windows():
    long = Document("Ann" * 4), Document("Ann"), Document("")
    with pytest.warns(TruncationWarning, match="^1 text too long for the window, .* not read: 4 tokens$"):
        framed(*long, truncation="warn")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        framed(*long)
        framed(asked(3))
