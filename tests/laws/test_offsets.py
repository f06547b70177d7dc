"""Whatever the text and the tokenizer: offsets lie in the text, in order, and lose no character that a token stands for."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import ODD, texts
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from globalpointer.data.tokenizers import learn_tokenizer
from globalpointer.data.tokenizing import TextTokenizer
from globalpointer.text.spans import Span


def _byte_level() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=290, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(["word 42 word 42"] * 3, trainer)
    return tokenizer


def _metaspace() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=60, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False)
    tokenizer.train_from_iterator(["word 42 北京 aB。", "北京 word word"] * 5, trainer)
    return tokenizer


TOKENIZERS = {
    "character": TextTokenizer(learn_tokenizer(ODD, "character")),
    "lowercase": TextTokenizer(learn_tokenizer(ODD, "character", lowercase=True)),
    "wordpiece": TextTokenizer(learn_tokenizer(ODD, "wordpiece", min_frequency=1)),
    "uncased": TextTokenizer(learn_tokenizer(ODD, "wordpiece", min_frequency=1, lowercase=True)),
    "bytes": TextTokenizer(_byte_level()),
    "metaspace": TextTokenizer(_metaspace()),
}
any_text = texts() | st.text(max_size=40)


@pytest.mark.parametrize("name", TOKENIZERS)
@given(text=any_text)
def test_offsets_are_spans_of_the_text_in_order(name: str, text: str) -> None:
    tokenized = TOKENIZERS[name].tokenize(text)
    assert len(tokenized.ids) == len(tokenized.tokens)
    spans = [span for span in tokenized.tokens.offsets if span is not None]
    assert all(span.end <= len(text) for span in spans)
    assert all(one.start <= two.start and one.end <= two.end for one, two in pairwise(spans))


@pytest.mark.parametrize("name", TOKENIZERS)
@given(text=any_text)
def test_what_no_token_covers_is_blank_or_invisible(name: str, text: str) -> None:
    covered = set()
    for span in TOKENIZERS[name].tokenize(text).tokens.offsets:
        if span is not None:
            covered.update(range(span.start, span.end))
    for index, character in enumerate(text):
        if index not in covered and not character.isspace():
            kind = unicodedata.category(character)
            # Controls, formats and unassigned code points are cleaned away; a mark with no token before it has no place.
            assert kind[0] in "CM" or character == "\ufffd", f"{character!r} at {index}"
            if kind[0] == "M" and index and text[index - 1] != " ":
                assert index - 1 not in covered, f"the mark at {index} follows a token and is not part of it"


@given(text=any_text)
def test_characters_express_every_span(text: str) -> None:
    tokens = TOKENIZERS["character"].tokenize(text).tokens
    assert tokens.offsets == tuple(Span(index, index + 1) for index in range(len(text)))


@pytest.mark.parametrize("name", TOKENIZERS)
@given(text=any_text)
def test_the_span_of_the_tokens_of_a_span_is_that_span(name: str, text: str) -> None:
    tokens = TOKENIZERS[name].tokenize(text).tokens
    for start in range(min(6, len(text))):
        for end in range(start + 1, min(start + 6, len(text)) + 1):
            pair = tokens.pair(Span(start, end))
            if pair is not None:
                assert tokens.span(*pair) == Span(start, end)


@pytest.mark.parametrize("name", TOKENIZERS)
@given(batch=st.lists(any_text, max_size=4))
def test_a_batch_is_tokenized_as_single_texts_are(name: str, batch: list[str]) -> None:
    tokenizer = TOKENIZERS[name]
    assert tokenizer.tokenize_batch(batch) == [tokenizer.tokenize(text) for text in batch]
