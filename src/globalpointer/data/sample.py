"""The sample corpus: sentences of two small grammars of ours, for the demo, the tests and first steps.

It holds what makes extraction hard, in little. Entities: nested mentions up to three deep, long and short ones, two
labels on one span (a country that acts), and words whose label only their context tells (Kestrel: place, firm, novel
or device). Relations: a subject within its object or the reverse, two between the same two entities, many from one.
Events: a role that several fill, two events in a sentence that share an argument, words that name one event here and
another there. Every document is annotated with all three, the same wording always in the same way.

Always the same, to the last character. No two documents have the same text, in whatever parts they are, and one in six
words of a kind is kept from the training part, so that dev and test have mentions that training never saw.
"""

import random
from dataclasses import replace
from typing import Literal

from globalpointer.data.grammars import en, zh
from globalpointer.data.grammars.expand import Rules, expand
from globalpointer.errors import ConfigError
from globalpointer.text.spans import Document

__all__ = ["NEW_SENTENCES", "sample"]

Split = Literal["train", "dev", "test"]
Language = Literal["zh", "en", "both"]

SIZES: dict[str, int] = {"train": 450, "dev": 75, "test": 75}
"""Documents of one language."""

GRAMMARS: dict[str, Rules] = {"zh": zh.RULES, "en": en.RULES}

NEW_SENTENCES: dict[str, tuple[str, ...]] = {"zh": zh.NEW_SENTENCES, "en": en.NEW_SENTENCES}
"""Sentences by language that are not in the corpus and that its grammars do not make."""


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
            document = expand(GRAMMARS[language], chance, whole=part != "train")
            if document.text not in seen:
                seen.add(document.text)
                documents.append(replace(document, id=f"{language}-{part}-{len(documents) + 1:03d}"))
        if part == split:
            return documents
    raise AssertionError(split)
