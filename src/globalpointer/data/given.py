"""What a user gives to be read: strings, words or documents, and perhaps a question that is asked of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from globalpointer.errors import ConfigError
from globalpointer.text.spans import Document

Text = str | Document
"""What is read; a document brings its question, if it has one."""


def documents(texts: Sequence[Text], question: str | None = None) -> list[Document]:
    """Texts as documents, `question` in the place of what they ask themselves; ConfigError for what is neither."""
    for index, each in enumerate(texts):
        if not isinstance(each, str | Document):
            kind = type(each).__name__
            raise ConfigError(f"text {index} is {kind}, expected str or Document (see is_split_into_words)")
    read = [Document(each) if isinstance(each, str) else each for each in texts]
    return read if question is None else [replace(document, question=question) for document in read]


def check_texts(texts: object) -> None:
    """Raise ConfigError for what is no collection of texts, though Python would go through it piece by piece."""
    if isinstance(texts, str | bytes | Document | Mapping) or not isinstance(texts, Iterable):
        found = "one text" if isinstance(texts, str | Document) else type(texts).__name__
        raise ConfigError(f"expected a list of texts (str or Document), found {found}")


def check_question(question: str | None, *, asks: bool, kind: str) -> None:
    """Raise ConfigError for a question that cannot be asked of every text by a model that finds `kind`."""
    if question is None:
        return
    if not asks:
        raise ConfigError(f"a question is given, and this model does not answer any: it finds {kind} annotation")
    if not isinstance(question, str):
        found = type(question).__name__
        raise ConfigError(
            f"question expects a string, which is asked of every text, and got {found}; where each text has its own, "
            "give documents: [Document(text, question=question), ...]"
        )
    if not question.strip():
        raise ConfigError("the question is empty: give one, or leave it out where the texts bring their own")


def join(words: Sequence[str], joiner: str | None) -> str:
    """The text of these words; without a joiner, with blanks between them."""
    if isinstance(words, str):
        raise ConfigError("is_split_into_words=True expects a sequence of words for each text, got a string")
    return (" " if joiner is None else joiner).join(words)
