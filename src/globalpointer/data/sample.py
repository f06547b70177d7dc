"""The sample corpus: sentences of two small grammars of ours, for the demo, the tests and first steps.

It holds what makes entities hard, in little: nested mentions up to three deep, long and short ones, two labels on one
span (a country that acts), and words whose label only their context tells (Kestrel: place, firm, novel or device).
Always the same, to the last character. No two documents have the same text, in whatever parts they are, and one in six
words of a kind is kept from the training part, so that dev and test have mentions that training never saw.
"""

import random
import re
from collections.abc import Iterator, Mapping
from typing import Literal

from globalpointer.data.grammars import en, zh
from globalpointer.errors import ConfigError
from globalpointer.text.spans import Document, Entity, Span

__all__ = ["NEW_SENTENCES", "sample"]

Split = Literal["train", "dev", "test"]
Language = Literal["zh", "en", "both"]
Rules = Mapping[str, tuple[str, ...]]

SIZES: dict[str, int] = {"train": 450, "dev": 75, "test": 75}
"""Documents of one language."""

GRAMMARS: dict[str, Rules] = {"zh": zh.RULES, "en": en.RULES}

NEW_SENTENCES: dict[str, tuple[str, ...]] = {"zh": zh.NEW_SENTENCES, "en": en.NEW_SENTENCES}
"""Sentences by language that are not in the corpus and that its grammars do not make."""

KEPT_BACK = 6
"""One in so many words of a kind is kept for dev and test; kinds with fewer words are used whole."""

_PIECE = re.compile(r"\{(?P<rule>\w+)\}|\[(?P<labels>[A-Z+]+):|(?P<close>\])|(?P<text>[^\[\]{}]+)")


def sample(split: Split, language: Language = "both") -> list[Document]:
    """The documents of one part: 900, 150 and 150 in both languages, half of them Chinese; else half as many."""
    if split not in SIZES:
        raise ConfigError(f"split must be one of {', '.join(SIZES)}, got {split!r}")
    if language not in ("zh", "en", "both"):
        raise ConfigError(f"language must be zh, en or both, got {language!r}")
    names = tuple(GRAMMARS) if language == "both" else (language,)
    parts = [_part(name, split) for name in names]
    return [document for together in zip(*parts, strict=True) for document in together]


def _part(language: str, split: str) -> list[Document]:
    """All parts are made in order, for a later one must know the texts of those before."""
    seen: set[str] = set(NEW_SENTENCES[language])
    for part, size in SIZES.items():
        chance = random.Random(f"{language} {part}")
        documents: list[Document] = []
        while len(documents) < size:
            text, entities = _expand(GRAMMARS[language], chance, whole=part != "train")
            if text not in seen:
                seen.add(text)
                documents.append(Document(text, entities, f"{language}-{part}-{len(documents) + 1:03d}"))
        if part == split:
            return documents
    raise AssertionError(split)


def _expand(rules: Rules, chance: random.Random, *, whole: bool) -> tuple[str, tuple[Entity, ...]]:
    """One text with its entities. `whole`: also with the words that are kept from training."""
    text = ""
    opened: list[tuple[list[str], int]] = []
    spans: list[tuple[int, int, str]] = []
    for piece in _pieces("{document}", rules, chance, whole=whole):
        if piece["text"]:
            text += piece["text"]
        elif piece["labels"]:
            opened.append((piece["labels"].split("+"), len(text)))
        else:
            labels, start = opened.pop()
            spans += [(start, len(text), label) for label in labels]
    entities = tuple(Entity(label, Span(start, end), text[start:end]) for start, end, label in sorted(set(spans)))
    return text, entities


def _pieces(template: str, rules: Rules, chance: random.Random, *, whole: bool) -> Iterator[re.Match[str]]:
    """The template in pieces, every `{rule}` replaced by one of its ways, chosen by chance."""
    for piece in _PIECE.finditer(template):
        if piece["rule"]:
            ways = rules[piece["rule"]]
            # Rules with small letters are sentence patterns; words, in capitals, are what may be kept back.
            kept_back = len(ways) // KEPT_BACK if piece["rule"].isupper() and not whole else 0
            way = ways[int(chance.random() * (len(ways) - kept_back))]
            yield from _pieces(way, rules, chance, whole=whole)
        else:
            yield piece
