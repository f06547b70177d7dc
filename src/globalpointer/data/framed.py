"""A text as a model will see it: its tokens, what stands around its windows, and the question that is asked of it."""

import warnings
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from globalpointer.data.readers.annotate import counted
from globalpointer.data.tokenizing import Frame, TextTokenizer, Tokenized, TruncationWarning
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


def frame_texts(documents: Sequence[Document], tokenizer: TextTokenizer, *, asks: bool) -> list[Framed]:
    """Texts as tokens, with their questions where the model `asks`. DataError where a question is missing.

    A TruncationWarning counts what is too long to be read wholly.
    """
    framed = _with_questions(documents, tokenizer) if asks else _alone(documents, tokenizer)
    _tell("question", documents, [each.frame.lost for each in framed])
    _tell("text", documents, [len(each.tokenized) - each.windows[-1].end if each.windows else 0 for each in framed])
    return framed


def _alone(documents: Sequence[Document], tokenizer: TextTokenizer) -> list[Framed]:
    frame = tokenizer.frame()
    tokenized = tokenizer.tokenize_batch(document.text for document in documents)
    return [Framed(each, frame, tokenizer.windows(each, frame)) for each in tokenized]


def _tell(what: str, documents: Sequence[Document], lost: Sequence[int]) -> None:
    """One warning for all: where one is too long many are. `lost`: so many tokens of each."""
    count = sum(map(bool, lost))
    if count:
        most, longest = max(zip(lost, documents, strict=True), key=lambda each: each[0])
        said = f"{counted(count, what)} too long for the window, of which the end is not read: {most:,} tokens"
        which = f" ({longest.id})" if longest.id is not None else ""
        warnings.warn(f"{said}{' of the longest' * (count > 1)}{which}", TruncationWarning, stacklevel=4)


def _with_questions(documents: Sequence[Document], tokenizer: TextTokenizer) -> list[Framed]:
    """A text of which several questions are asked is made tokens and sentences once."""
    asked = tokenizer.tokenize_batch(map(_question, documents))
    texts = list(dict.fromkeys(document.text for document in documents))
    read = dict(zip(texts, tokenizer.tokenize_batch(texts), strict=True))
    counted = {text: _sentences(text, tokenized.tokens) for text, tokenized in read.items()}
    framed = []
    for document, question in zip(documents, asked, strict=True):
        tokenized = read[document.text]
        frame = tokenizer.frame(question, tokenized)
        framed.append(Framed(tokenized, frame, tokenizer.windows(tokenized, frame), counted[document.text]))
    return framed


def _question(document: Document) -> str:
    question = document.question or ""
    if not question.strip():
        name = "a text" if document.id is None else f"document {document.id!r}"
        said = "give one with each text, as Document(text, question=...), or one for all with question=..."
        raise DataError(f"{name} has no question, and this model answers questions: {said}")
    return question


def _sentences(text: str, tokens: TokenMap) -> tuple[int, ...]:
    """The index of the sentence that each token begins in; a token without characters goes with the one before it."""
    starts = [sentence.start for sentence in sentences(text)]
    counted: list[int] = []
    for span in tokens.offsets:
        counted.append(bisect_right(starts, span.start) - 1 if span is not None else counted[-1] if counted else 0)
    return tuple(counted)
