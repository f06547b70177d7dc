"""Text to token ids, exact character offsets, and windows. Needs the tokenizers library alone: no torch."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, get_args

import tokenizers

from globalpointer.errors import ConfigError, LengthError
from globalpointer.text.spans import Span
from globalpointer.text.tokens import TokenMap
from globalpointer.text.windows import Window, cut, share

Truncation = Literal["window", "error", "warn"]

_PAD_NAMES = ("[PAD]", "<pad>", "<|pad|>", "<PAD>")
_SEPARATOR_NAMES = ("[SEP]", "</s>", "<|endoftext|>")
# How SentencePiece and byte-level tokenizers write a blank.
_BLANKS = "\u2581\u0120"
_SURROGATE = re.compile("[\ud800-\udfff]")
# Short texts repeat the same few offsets: sharing their spans makes a token map five times as cheap.
_SHORT = 4096
_span = lru_cache(maxsize=1 << 16)(Span)


class TruncationWarning(UserWarning):
    """Of a question that is too long, or of such a text under `truncation="warn"`, the beginning alone is read."""


@dataclass(frozen=True, slots=True)
class Tokenized:
    """A whole text as token ids, without special tokens and never cut, and where each token stands in the text."""

    ids: tuple[int, ...]
    tokens: TokenMap

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every window of a text, special tokens and perhaps a question, and how large windows are.

    `lost`: how many of the last tokens of the question there was no room for.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    window: int
    overlap: int
    lost: int = 0

    def surround(self, ids: Sequence[int]) -> tuple[int, ...]:
        """The ids of a window as the model sees it."""
        return (*self.before, *ids, *self.after)


class TextTokenizer:
    """A tokenizer whose offsets are exact code points of the original text, whatever the text.

    `window`: how many tokens of text (special tokens not counted) a model sees at once; longer texts are cut into
    windows that share at least `overlap` tokens. `truncation`: "window" cuts, "error" raises LengthError, "warn" goes
    on with the first window (see `framed`, which tells). Truncation and padding stored in `tokenizer` are switched off.
    `prefix` and `suffix` are the special tokens that the tokenizer puts around a text, `separator` those between two,
    `pad` fills up a batch.
    """

    def __init__(
        self,
        tokenizer: tokenizers.Tokenizer,
        *,
        window: int = 256,
        overlap: int = 64,
        truncation: Truncation = "window",
    ) -> None:
        if truncation not in get_args(Truncation):
            raise ConfigError(f"truncation must be one of {', '.join(get_args(Truncation))}, not {truncation!r}")
        if window < 1 or not 0 <= overlap < window:
            raise ConfigError(
                f"windows need 0 <= overlap < window, got window={window}, overlap={overlap}: make model.overlap "
                "smaller, or model.window larger"
            )
        self.pad = _pad(tokenizer)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        # "[SEP]" in a text is five characters that a person wrote, not a border.
        tokenizer.encode_special_tokens = True
        self.tokenizer = tokenizer
        self.window = window
        self.overlap = overlap
        self.truncation = truncation
        self.prefix, self.suffix = _around(tokenizer)
        self.separator = _between(tokenizer)

    @property
    def vocab_size(self) -> int:
        """How many ids there are; the size of the embedding table."""
        return self.tokenizer.get_vocab_size(with_added_tokens=True)

    def tokenize(self, text: str) -> Tokenized:
        """The tokens of one text. Combining marks that the normalizer dropped belong to the token before them."""
        return self.tokenize_batch([text])[0]

    def tokenize_batch(self, texts: Iterable[str]) -> list[Tokenized]:
        """The tokens of many texts, by all cores where TOKENIZERS_PARALLELISM allows it."""
        originals = list(texts)
        try:
            encodings = self.tokenizer.encode_batch(originals, add_special_tokens=False)
        except (TypeError, UnicodeEncodeError):
            # Half of a surrogate pair (JSON can write one) is a code point without UTF-8; one stands in for one.
            readable = [_SURROGATE.sub("\ufffd", text) for text in originals]
            encodings = self.tokenizer.encode_batch(readable, add_special_tokens=False)
        return [
            Tokenized(tuple(encoding.ids), TokenMap(_spans(text, encoding)))
            for text, encoding in zip(originals, encodings, strict=True)
        ]

    def frame(self, question: Tokenized | None = None, text: Tokenized | None = None) -> Frame:
        """What stands around the windows of a text, of which a question takes a part.

        Of a question that is too long only the beginning is read (see `text.windows.share`), or it is a LengthError
        where `truncation` is "error". `text`: what it is asked of; None: a text of any length.
        """
        if question is None:
            return Frame(self.prefix, self.suffix, self.window, self.overlap)
        length = self.window if text is None else len(text)
        parts = share(self.window, self.overlap, question=len(question), separator=len(self.separator), text=length)
        lost = len(question) - parts.question
        if lost and self.truncation == "error":
            raise _too_long(len(question), parts.question, "question")
        before = (*self.prefix, *question.ids[: parts.question], *self.separator)
        return Frame(before, self.suffix, parts.window, parts.overlap, lost)

    def windows(self, tokenized: Tokenized, frame: Frame | None = None) -> tuple[Window, ...]:
        """The windows that the model sees, in tokens of the whole text; none where the text has no token.

        Of a text that is longer than one there are several, only the first where `truncation` is "warn", or a
        LengthError where it is "error".
        """
        length, frame = len(tokenized), frame or self.frame()
        if length <= frame.window or self.truncation == "window":
            return cut(length, frame.window, frame.overlap)
        if self.truncation == "error":
            raise _too_long(length, frame.window, "text")
        return (Window(0, frame.window),)


def _too_long(length: int, room: int, what: str) -> LengthError:
    return LengthError(
        f"the {what} has {length} tokens, the window {room} for it, and truncation='error' forbids to cut it; "
        f"shorten the {what}, enlarge the window, or use truncation='window'"
    )


def _pad(tokenizer: tokenizers.Tokenizer) -> int:
    """The id of the padding token; 0 where the tokenizer knows none, for what is padded is never attended."""
    if tokenizer.padding is not None:
        return int(tokenizer.padding["pad_id"])
    known = (tokenizer.token_to_id(name) for name in _PAD_NAMES)
    return next((index for index in known if index is not None), 0)


def _around(tokenizer: tokenizers.Tokenizer) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The special tokens that the post-processor puts before and behind a text, seen on a text of one word."""
    encoding = tokenizer.encode(_probe(tokenizer))
    own = [index for index, special in enumerate(encoding.special_tokens_mask) if not special]
    return tuple(encoding.ids[: own[0]]), tuple(encoding.ids[own[-1] + 1 :])


def _probe(tokenizer: tokenizers.Tokenizer) -> str:
    """A text of which the tokenizer makes a token."""
    for probe in ("a", "0", "一", *sorted(tokenizer.get_vocab(), key=len)[:100]):
        if not all(tokenizer.encode(probe).special_tokens_mask):
            return probe
    raise ConfigError("the tokenizer turns no text into tokens; its vocabulary holds nothing but special tokens")


def _between(tokenizer: tokenizers.Tokenizer) -> tuple[int, ...]:
    """The special tokens between two texts: as the post-processor has them, else the one that is made for it."""
    word = _probe(tokenizer)
    encoding = tokenizer.encode(word, word)
    of = encoding.sequence_ids
    if between := encoding.ids[len(of) - of[::-1].index(0) : of.index(1)]:
        return tuple(between)
    known = (tokenizer.token_to_id(name) for name in _SEPARATOR_NAMES)
    return next(((index,) for index in known if index is not None), ())


def _spans(text: str, encoding: tokenizers.Encoding) -> tuple[Span | None, ...]:
    offsets = encoding.offsets
    make = _span if len(text) <= _SHORT else Span
    spans: list[Span | None] = [
        make(start, end) if end - start == 1 else _trimmed(text, start, end) for start, end in offsets
    ]
    if any(one[0] == two[0] for one, two in pairwise(offsets)):
        _drop_invented_blanks(text, spans, encoding.tokens)
    if not text.isascii():
        _take_marks(text, spans)
    return tuple(spans)


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without the blanks that a token carries at its edges; a token of nothing but blanks keeps them."""
    piece = text[start:end]
    if not piece:
        return None
    if not piece.isspace():
        end -= len(piece) - len(piece.rstrip())
        start += len(piece) - len(piece.lstrip())
    return _span(start, end)


def _drop_invented_blanks(text: str, spans: list[Span | None], tokens: Sequence[str]) -> None:
    """Some tokenizers begin every text with a blank that is not there, and give it the first character."""
    for index, (span, token) in enumerate(zip(spans, tokens, strict=True)):
        if token and not token.strip(_BLANKS) and span is not None and not text[span.start : span.end].isspace():
            spans[index] = None


def _take_marks(text: str, spans: list[Span | None]) -> None:
    """Give combining marks that no token covers to the token directly before them."""
    limit = len(text)
    for index in range(len(spans) - 1, -1, -1):
        span = spans[index]
        if span is None:
            continue
        end = span.end
        while end < limit and unicodedata.category(text[end])[0] == "M":
            end += 1
        if end != span.end:
            spans[index] = _span(span.start, end)
        limit = span.start
