"""The sample corpus: sentences of two small grammars of ours, for the demo, the tests and first steps.

It holds what makes extraction hard, in little. Entities: nested mentions up to three deep, long and short ones, two
labels on one span (a country that acts), and words whose label only their context tells (Kestrel: place, firm, novel
or device). Relations: a subject within its object or the reverse, two between the same two entities, many from one.
Events: a role that several fill, two events in a sentence that share an argument, words that name one event here and
another there. Every document is annotated with all three, the same wording always in the same way. Questions: about
several documents put together, with one answer or more, and some that the text does not answer though it mentions
whoever is asked about.

Always the same, to the last character. No two documents have the same text, in whatever parts they are, and one in six
words of a kind is kept from the training part, so that dev and test have mentions that training never saw.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from globalpointer.data.grammars import en, zh
from globalpointer.data.grammars.ask import Context, Patterns, pick, questions
from globalpointer.data.grammars.expand import Rules, expand
from globalpointer.errors import ConfigError
from globalpointer.text.spans import Document

__all__ = ["NEW_SENTENCES", "new_questions", "sample", "sample_questions"]

Split = Literal["train", "dev", "test"]
Language = Literal["zh", "en", "both"]

SIZES: dict[str, int] = {"train": 450, "dev": 75, "test": 75}
"""Documents of one language."""

GRAMMARS: dict[str, Rules] = {"zh": zh.RULES, "en": en.RULES}

QUESTIONS: dict[str, Patterns] = {"zh": zh.QUESTIONS, "en": en.QUESTIONS}

JOINERS: dict[str, str] = {"zh": "", "en": " "}
"""What stands between two sentences."""

TOGETHER = 4
"""So many documents are one text that questions are asked about."""

ROUNDS = 3
"""So often each document is put together with others."""

ASKED = 3
"""At most so many questions with an answer are asked about a text, and one without.

For every third text the latter is one that the text before it answers. Else it is a question about one of the two,
asked of persons, firms and so on that this text does mention: a model must see that they do nothing of the kind.
"""

NEW_SENTENCES: dict[str, tuple[str, ...]] = {"zh": zh.NEW_SENTENCES, "en": en.NEW_SENTENCES}
"""Sentences by language that are not in the corpus and that its grammars do not make."""

NEW_QUESTIONS: dict[str, tuple[str, ...]] = {"zh": zh.NEW_QUESTIONS, "en": en.NEW_QUESTIONS}


def sample(split: Split, language: Language = "both") -> list[Document]:
    """The documents of one part: 900, 150 and 150 in both languages, half of them Chinese; else half as many."""
    parts = [_part(name, split) for name in _names(split, language)]
    return [document for together in zip(*parts, strict=True) for document in together]


def sample_questions(split: Split, language: Language = "both") -> list[Document]:
    """Questions about texts of one part, Chinese ones first; every answer that a text has is among `answers`."""
    return [question for name in _names(split, language) for question in _asked(name, split)]


def new_questions(language: Language = "both") -> list[Document]:
    """Questions about the new sentences, which nobody has answered; Chinese ones first."""
    return [
        Document(JOINERS[name].join(NEW_SENTENCES[name]), question=question)
        for name in _languages(language)
        for question in NEW_QUESTIONS[name]
    ]


def _names(split: str, language: str) -> tuple[str, ...]:
    if split not in SIZES:
        raise ConfigError(f"split must be one of {', '.join(SIZES)}, got {split!r}")
    return _languages(language)


def _languages(language: str) -> tuple[str, ...]:
    if language not in ("zh", "en", "both"):
        raise ConfigError(f"language must be zh, en or both, got {language!r}")
    return tuple(GRAMMARS) if language == "both" else (language,)


def _asked(language: str, split: str) -> Iterator[Document]:
    chance = random.Random(f"{language} {split} questions")
    contexts = list(_contexts(_part(language, split), JOINERS[language], chance))
    number = 0
    for place, context in enumerate(contexts):
        own, elsewhere = (list(questions(each, QUESTIONS[language])) for each in (context, contexts[place - 1]))
        near = (other for each in own + elsewhere for other in each.about_others(context))
        answered = pick((each for each in own if each.is_clear(context)), ASKED, chance)
        unanswered = pick((each for each in (near if place % 3 else elsewhere) if each.is_open(context)), 1, chance)
        for question in answered + unanswered:
            number += 1
            name = f"{language}-{split}-question-{number:04d}"
            yield Document(context.text, id=name, question=question.text, answers=question.answers(context))


def _contexts(documents: list[Document], joiner: str, chance: random.Random) -> Iterator[Context]:
    """Texts of `TOGETHER` documents each; the few that are left over in a round are left out of it."""
    for _ in range(ROUNDS):
        chance.shuffle(documents)
        for start in range(0, len(documents) - TOGETHER + 1, TOGETHER):
            yield Context.of(documents[start : start + TOGETHER], joiner)


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
