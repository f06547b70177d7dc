"""Tokenizers: learned from the training text, or taken from a hub name or a folder; saved in the Hugging Face form."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from globalpointer.errors import ConfigError, DependencyError, ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

Kind = Literal["character", "wordpiece"]

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""The first ids of every learned vocabulary. Learned tokenizers put none of them around a text."""

# Symbols, skin tones, variation selectors and joiners: without this split "Paris😀London" is one unknown word.
_EMOJI = r"[\p{So}\p{Sk}\x{FE0F}\x{200D}]+"
_ROLES = {
    "pad_token": ("[PAD]", "<pad>"),
    "unk_token": ("[UNK]", "<unk>"),
    "cls_token": ("[CLS]", "<s>"),
    "sep_token": ("[SEP]", "</s>"),
    "mask_token": ("[MASK]", "<mask>"),
}
# The classes that read a tokenizer.json as it is; others build their pipeline anew and would drop the emoji mend.
_FAITHFUL = ("PreTrainedTokenizerFast", "TokenizersBackend")


def learn_tokenizer(
    texts: Iterable[str],
    kind: Kind,
    *,
    vocab_size: int = 30000,
    min_frequency: int | None = None,
    lowercase: bool = False,
) -> Tokenizer:
    """A tokenizer learned from `texts`; the same texts give the same tokenizer.

    "character": every code point is a token, blanks included, so that any span can be expressed; characters seen less
    than `min_frequency` (by default 1) times are [UNK]. "wordpiece": BERT's pieces of words, emoji apart from letters;
    every character of the training text is in the vocabulary, alone and as a continuation, even beyond `vocab_size`;
    longer pieces are seen `min_frequency` (by default 2) times.
    """
    if kind not in get_args(Kind):
        raise ConfigError(f"a tokenizer can be learned as {' or '.join(get_args(Kind))}, not as {kind!r}")
    if vocab_size <= len(SPECIAL_TOKENS):
        raise ConfigError(f"vocab_size must be more than the {len(SPECIAL_TOKENS)} special tokens, not {vocab_size}")
    if kind == "character":
        tokenizer = _learn_characters(list(texts), vocab_size, min_frequency or 1, lowercase)
    else:
        tokenizer = _learn_wordpiece(list(texts), vocab_size, min_frequency or 2, lowercase)
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return tokenizer


def load_tokenizer(name_or_folder: str | Path) -> Tokenizer:
    """The tokenizer of a hub name, of a folder, or of "minilm"; BERT's word splitting is mended to split off emoji.

    Raises ModelError where there is none, DependencyError where "minilm" is not installed.
    """
    name = str(name_or_folder)
    if name == "minilm":
        # Not at the top: whatever is in nn brings torch, and other tokenizers need none.
        from globalpointer.nn.encoders.minilm import minilm_folder

        name = minilm_folder()
    tokenizer = _read_faithfully(Path(name)) or _read_by_transformers(name)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    if isinstance(tokenizer.pre_tokenizer, pre_tokenizers.BertPreTokenizer):
        tokenizer.pre_tokenizer = _words_and_emoji()
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: str | Path) -> None:
    """Write tokenizer.json and a tokenizer_config.json with which AutoTokenizer reads it as it is."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=True), encoding="utf-8")
    config = {"tokenizer_class": _FAITHFUL[0], "clean_up_tokenization_spaces": False, **_roles(tokenizer)}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def wrap_tokenizer(tokenizer: Tokenizer) -> "PreTrainedTokenizerFast":
    """The tokenizer as transformers has it, for what only transformers does (the hub)."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **_roles(tokenizer))  # type: ignore[no-untyped-call]


def _roles(tokenizer: Tokenizer) -> dict[str, str]:
    """Which of the usual special tokens the vocabulary has, by their role."""
    known = {
        role: [name for name in names if tokenizer.token_to_id(name) is not None] for role, names in _ROLES.items()
    }
    return {role: names[0] for role, names in known.items() if names}


def _words_and_emoji() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(_EMOJI), "isolated"), pre_tokenizers.BertPreTokenizer()])


def _learn_characters(texts: list[str], vocab_size: int, min_frequency: int, lowercase: bool) -> Tokenizer:
    counts = Counter[str]()
    for text in texts:
        counts.update(text.lower() if lowercase else text)
    kept = sorted((each for each in counts if counts[each] >= min_frequency), key=lambda each: (-counts[each], each))
    vocabulary = (*SPECIAL_TOKENS, *kept)[:vocab_size]
    ids = {token: index for index, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    if lowercase:
        tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    return tokenizer


def _learn_wordpiece(texts: list[str], vocab_size: int, min_frequency: int, lowercase: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = _words_and_emoji()
    seen: set[str] = set()
    for text in texts:
        seen.update(tokenizer.normalizer.normalize_str(text))
    letters = sorted(each for each in seen if not each.isspace())
    # The trainer numbers what it meets in the order of a hash table; what is declared beforehand keeps its number,
    # and with it the outcome of every tie.
    declared = [*SPECIAL_TOKENS, *letters, *(f"##{each}" for each in letters)]
    trainer = trainers.WordPieceTrainer(
        vocab_size=max(vocab_size, len(declared)),
        min_frequency=min_frequency,
        special_tokens=declared,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    vocabulary = sorted(tokenizer.get_vocab(with_added_tokens=False).items(), key=lambda item: item[1])
    ids = {token: index for index, (token, _) in enumerate(vocabulary)}
    learned = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    learned.normalizer = tokenizer.normalizer
    learned.pre_tokenizer = tokenizer.pre_tokenizer
    return learned


def _read_faithfully(folder: Path) -> Tokenizer | None:
    """The tokenizer of a folder whose configuration says that tokenizer.json holds all of it; else None."""
    file, config = folder / "tokenizer.json", folder / "tokenizer_config.json"
    if not file.is_file() or not config.is_file():
        return None
    try:
        if json.loads(config.read_text(encoding="utf-8")).get("tokenizer_class") not in _FAITHFUL:
            return None
        return Tokenizer.from_file(str(file))
    except Exception as error:  # the tokenizers library raises bare Exception
        raise ModelError(f"{file}: not a tokenizer that can be read: {error}") from None


def _read_by_transformers(name: str) -> Tokenizer:
    try:
        from transformers import AutoTokenizer
    except ImportError:
        raise DependencyError(
            f'the tokenizer of {name!r} needs transformers: pip install "globalpointer[train]"'
        ) from None
    try:
        backend = getattr(AutoTokenizer.from_pretrained(name), "backend_tokenizer", None)
    except Exception as error:  # a missing file, a hub out of reach, a broken file: each has another class
        raise ModelError(
            f"no tokenizer found in {name!r}: expected the name of a model on the Hugging Face hub, or a folder with "
            f"tokenizer.json. {str(error).strip().partition(chr(10))[0]}"
        ) from None
    if not isinstance(backend, Tokenizer):
        raise ModelError(f"the tokenizer of {name!r} has no fast form, so its offsets are not known; choose another")
    return backend
