"""A text as a model will see it: its tokens, what stands around its windows, and the question that is asked of it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from globalpointer.data.tokenizing import Frame, TextTokenizer, Tokenized
from globalpointer.errors import DataError
from globalpointer.text.sentences import sentences
from globalpointer.text.spans import Document
from globalpointer.text.tokens import TokenMap
from globalpointer.text.windows import Window


@dataclass(frozen=True, slots=True)
class Framed:
    """A text as tokens, what stands around its windows, and the sentences of its tokens where something is asked."""

    tokenized: Tokenized
    frame: Frame
    windows: tuple[Window, ...]
    sentences: tuple[int, ...] | None = None

    @classmethod
    def of(cls, text: str, tokenized: Tokenized, question: Tokenized | None, tokenizer: TextTokenizer) -> "Framed":
        """How a text is read, alone or with a question."""
        frame = tokenizer.frame(question)
        counted = None if question is None else _sentences(text, tokenized.tokens)
        return cls(tokenized, frame, tokenizer.windows(tokenized, frame), counted)


def frame_texts(documents: Sequence[Document], tokenizer: TextTokenizer, *, asks: bool) -> list[Framed]:
    """Texts as tokens, with their questions where the model `asks`. DataError where a question is missing."""
    tokenized = tokenizer.tokenize_batch(document.text for document in documents)
    asked: Sequence[Tokenized | None] = [None] * len(documents)
    if asks:
        asked = tokenizer.tokenize_batch(map(_question, documents))
    return [
        Framed.of(document.text, each, question, tokenizer)
        for document, each, question in zip(documents, tokenized, asked, strict=True)
    ]


def _question(document: Document) -> str:
    question = document.question or ""
    if not question.strip():
        name = "a text" if document.id is None else f"document {document.id!r}"
        raise DataError(f"{name} has no question, and this model answers questions: give one with each text")
    return question


def _sentences(text: str, tokens: TokenMap) -> tuple[int, ...]:
    """The index of the sentence that each token begins in; a token without characters goes with the one before it."""
    starts = [sentence.start for sentence in sentences(text)]
    counted: list[int] = []
    for span in tokens.offsets:
        counted.append(bisect_right(starts, span.start) - 1 if span is not None else counted[-1] if counted else 0)
    return tuple(counted)
