"""Characters that make trouble: for tokenizers, for eyes, for tools that count offsets in other units."""

import re
import unicodedata

from globalpointer.data.check.report import Corpus, Level, Tally

ODD: tuple[tuple[Level, str, str, str], ...] = (
    ("warning", "replacement", "texts with U+FFFD: a character was lost when the text was converted", "\ufffd"),
    ("warning", "bom", "texts with a byte order mark within", "\ufeff"),
    ("warning", "zero-width", "texts with characters of no width", "\u200b\u2060\u180e\u00ad"),
    ("warning", "control", "texts with control characters", "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"),
    ("warning", "bidi", "texts with marks of writing direction", "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"),
    ("info", "private-use", "texts with characters of private use, whose meaning is a font's", "\ue000-\uf8ff"),
    ("info", "line-separator", "texts with unusual line ends", "\r\x85\u2028\u2029"),
    ("info", "combining", "texts with combining marks",
     "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"),
    ("info", "joiner", "texts with zero-width joiners", "\u200c\u200d"),
    ("info", "emoji", "texts with emoji", "\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\ufe0f"),
    ("info", "astral", "texts with characters beyond U+FFFF: tools that count UTF-16 units shift offsets after them",
     "\U00010000-\U0010ffff"),
)  # fmt: skip
"""Level, code, what is said, and the characters as a regular expression's class."""

_CLASSES = [(level, code, message, re.compile(f"[{characters}]")) for level, code, message, characters in ODD]
_ANY = re.compile("[" + "".join(characters for *_, characters in ODD) + "]")


def odd_characters(corpus: Corpus, tally: Tally) -> None:
    """Texts that are blank, hold odd characters, or are not in the composed normal form."""
    for document in corpus.texts:
        text = document.text
        if not text.strip():
            tally.add("warning", "blank-text", "texts that are empty or blank", corpus.place(document))
        if text.isascii() and text.isprintable():
            continue
        if not unicodedata.is_normalized("NFC", text):
            message = "texts that are not in normal form C: the same letters may be written in two ways"
            tally.add("info", "not-nfc", message, corpus.place(document))
        if _ANY.search(text):
            for level, code, message, characters in _CLASSES:
                found = characters.search(text)
                if found:
                    said = f"{corpus.place(document)} character {found.start()}: U+{ord(found[0]):04X}"
                    tally.add(level, code, message, said)
