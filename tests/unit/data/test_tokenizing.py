"""Tokens have exact offsets in the original text, windows follow the truncation that was asked for."""

import subprocess
import sys

import pytest
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from globalpointer.data.tokenizers import learn_tokenizer
from globalpointer.data.tokenizing import TextTokenizer
from globalpointer.errors import ConfigError, LengthError
from globalpointer.text.spans import Span
from globalpointer.text.windows import Window


def characters(text: str = "abc 北京", **options) -> TextTokenizer:
    return TextTokenizer(learn_tokenizer([text], "character"), **options)


def words(text: str, *, lowercase: bool = True) -> TextTokenizer:
    return TextTokenizer(learn_tokenizer([text], "wordpiece", lowercase=lowercase, min_frequency=1))


def metaspace() -> Tokenizer:
    """As SentencePiece does it: a blank is put before every text."""
    pieces = [("<unk>", 0.0), ("▁", -3.0), ("▁Anna", -2.0), ("京", -2.0), ("a", -4.0), ("n", -4.0), ("b", -4.0)]
    tokenizer = Tokenizer(models.Unigram(pieces, 0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def byte_level() -> Tokenizer:
    """As GPT-2 does it: bytes are the alphabet, a blank before a word is part of its token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(["a new word and a new town"] * 3, trainer)
    return tokenizer


def pieces(tokenizer: TextTokenizer, text: str) -> list[str | None]:
    tokens = tokenizer.tokenize(text).tokens
    return [None if span is None else text[span.start : span.end] for span in tokens.offsets]


def test_a_character_tokenizer_gives_every_code_point_a_token() -> None:
    text = " \x00a\r\n\u200b\u0301😀京 "
    assert pieces(characters(), text) == list(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cafe\u0301 au", ["Cafe\u0301", "au"]),
        ("nai\u0308ve", ["nai\u0308ve"]),
        ("Paris😀London", ["Paris", "😀", "London"]),
        ("I❤\ufe0fNY", ["I", "❤\ufe0f", "NY"]),
        ("👩\u200d💻x", ["👩\u200d💻", "x"]),
        ("Pa\u200bris", ["Pa\u200bris"]),
        ("a\r\nb", ["a", "b"]),
        ("\x00a\x00", ["a"]),
        (" a\u3000b", ["a", "b"]),
        ("北\u0301京", ["北\u0301", "京"]),
        ("ab。", ["ab", "。"]),
    ],
)
def test_wordpiece_offsets_are_those_of_the_original_text(text: str, expected: list[str]) -> None:
    learned = words("Cafe au naive Paris London I NY x a b ab 北京 。")
    found = pieces(learned, text)
    # A word may be several pieces; what they cover together, word by word, is what matters.
    assert "".join(piece or "" for piece in found) == "".join(expected)
    borders = [sum(map(len, expected[:index])) for index in range(len(expected) + 1)]
    reached = [sum(len(piece or "") for piece in found[:index]) for index in range(len(found) + 1)]
    assert set(borders) <= set(reached)


def test_a_special_token_in_a_text_is_only_characters() -> None:
    tokenizer = characters("[SEP]")
    assert pieces(tokenizer, "[SEP]") == list("[SEP]")
    assert not set(tokenizer.tokenize("[SEP]").ids) & {0, 2, 3, 4}


def test_blanks_at_the_edge_of_a_token_are_not_part_of_it() -> None:
    assert pieces(TextTokenizer(metaspace()), " Anna Anna") == ["Anna", "Anna"]
    learned = TextTokenizer(byte_level())
    assert pieces(learned, "a new  word") == ["a", "new", " ", "word"]


def test_a_blank_that_is_not_in_the_text_stands_for_no_character() -> None:
    assert pieces(TextTokenizer(metaspace()), "京a") == [None, "京", "a"]
    assert pieces(TextTokenizer(metaspace()), " 京") == [" ", "京"]


def test_a_character_cut_into_bytes_is_the_span_of_all_of_them() -> None:
    tokenized = TextTokenizer(byte_level()).tokenize("a😀b")
    pair = tokenized.tokens.pair(Span(1, 2))
    assert pair is not None
    assert pair.col > pair.row
    assert tokenized.tokens.span(*pair) == Span(1, 2)


def test_half_a_surrogate_pair_keeps_its_place() -> None:
    tokenizer = characters("ab")
    for tokenized in (tokenizer.tokenize("a\ud83db"), tokenizer.tokenize_batch(["b", "a\ud83db"])[1]):
        assert tokenized.tokens.offsets == (Span(0, 1), Span(1, 2), Span(2, 3))


def test_stored_truncation_and_padding_are_switched_off() -> None:
    backend = learn_tokenizer(["ab"], "character")
    backend.enable_truncation(2)
    backend.enable_padding(length=8, pad_id=4)
    tokenizer = TextTokenizer(backend)
    assert len(tokenizer.tokenize("abab")) == 4
    assert tokenizer.pad == 4


def test_special_tokens_around_a_text_come_from_the_post_processor() -> None:
    backend = learn_tokenizer(["ab"], "character")
    plain = TextTokenizer(backend)
    assert (plain.prefix, plain.suffix, plain.pad) == ((), (), 0)
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] [CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer = TextTokenizer(backend)
    assert (tokenizer.prefix, tokenizer.suffix) == ((2, 2), (3,))
    assert tokenizer.frame().surround([7, 8]) == (2, 2, 7, 8, 3)


def test_a_normalizer_that_drops_the_first_probe_does_not_matter() -> None:
    backend = learn_tokenizer(["xy"], "character")
    backend.normalizer = normalizers.Replace(Regex("[^xy]"), "")
    assert TextTokenizer(backend).prefix == ()


def test_no_text_no_tokens() -> None:
    for text in ("", " \t\n"):
        assert len(words("a b").tokenize(text)) == 0
        assert words("a b").windows(words("a b").tokenize(text)) == ()


def test_a_text_that_fits_is_one_window() -> None:
    tokenizer = characters(window=4, overlap=1)
    assert tokenizer.windows(tokenizer.tokenize("abca")) == (Window(0, 4),)
    assert tokenizer.windows(tokenizer.tokenize("abcab")) == (Window(0, 4), Window(1, 5))


def test_error_forbids_a_long_text_and_says_what_to_do() -> None:
    tokenizer = characters(window=4, overlap=1, truncation="error")
    assert tokenizer.windows(tokenizer.tokenize("abca")) == (Window(0, 4),)
    with pytest.raises(LengthError, match=r"5 tokens, the window 4.*truncation='window'"):
        tokenizer.windows(tokenizer.tokenize("abcab"))


def test_a_question_takes_a_part_of_the_window() -> None:
    tokenizer = characters(window=8, overlap=7)
    separator = tokenizer.separator
    frame = tokenizer.frame(tokenizer.tokenize("ab"))
    assert separator == (tokenizer.tokenizer.token_to_id("[SEP]"),)
    assert frame.surround([9]) == (*tokenizer.tokenize("ab").ids, *separator, 9)
    assert (frame.window, frame.overlap) == (5, 2)
    assert tokenizer.windows(tokenizer.tokenize("abcabc"), frame) == (Window(0, 5), Window(1, 6))


@pytest.mark.parametrize("question", range(0, 200, 7))
def test_a_long_question_does_not_make_windows_creep(question: int) -> None:
    tokenizer = characters(window=128, overlap=64)
    frame = tokenizer.frame(tokenizer.tokenize("a" * question))
    assert 64 <= frame.window < 128
    read = sum(map(len, tokenizer.windows(tokenizer.tokenize("b" * 10_000), frame)))
    assert read <= 2 * 10_000 + frame.window


def test_of_a_long_question_the_beginning_is_read() -> None:
    tokenizer = characters(window=8, overlap=2)
    frame = tokenizer.frame(tokenizer.tokenize("abcabc"))
    assert frame.before == (*tokenizer.tokenize("abc").ids, *tokenizer.separator)
    assert (frame.lost, tokenizer.frame(tokenizer.tokenize("ab")).lost) == (3, 0)
    with pytest.raises(LengthError, match="shorten the question"):
        characters(window=8, overlap=2, truncation="error").frame(tokenizer.tokenize("abcabc"))
    with pytest.raises(ConfigError, match="no room for a question"):
        characters(window=1, overlap=0).frame(tokenizer.tokenize(""))


def test_of_a_question_that_fits_beside_its_text_all_is_read() -> None:
    tokenizer = characters(window=8, overlap=2)
    question, text = tokenizer.tokenize("abcabc"), tokenizer.tokenize("a")
    frame = tokenizer.frame(question, text)
    assert (frame.lost, frame.window) == (0, 1)
    assert frame.surround(text.ids) == (*question.ids, *tokenizer.separator, *text.ids)
    assert tokenizer.frame(question, tokenizer.tokenize("")).lost == 0


def test_the_separator_is_that_of_the_tokenizer() -> None:
    backend = words("a b").tokenizer
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    assert TextTokenizer(backend).separator == (3, 3)


def test_warn_goes_on_with_the_first_window() -> None:
    tokenizer = characters(window=4, overlap=1, truncation="warn")
    assert tokenizer.windows(tokenizer.tokenize("abcabca")) == (Window(0, 4),)
    assert tokenizer.windows(tokenizer.tokenize("abca")) == (Window(0, 4),)


@pytest.mark.parametrize(
    "options", [{"window": 0}, {"window": 4, "overlap": 4}, {"overlap": -1}, {"truncation": "cut"}]
)
def test_impossible_windows_are_refused(options: dict) -> None:
    with pytest.raises(ConfigError):
        characters(**options)


def test_a_million_characters_without_a_blank() -> None:
    tokenized = characters(window=256, overlap=64).tokenize("北京a" * 333_334)
    assert len(tokenized) == 1_000_002
    assert tokenized.tokens.pair(Span(999_999, 1_000_002)) == (999_999, 1_000_001)
    assert len(words("ab").tokenize("ab" * 500_000)) == 1


def test_neither_torch_nor_transformers_is_imported() -> None:
    code = (
        "import sys, globalpointer.data.tokenizing; print([m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
