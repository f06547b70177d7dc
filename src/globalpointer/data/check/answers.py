"""The questions of one file: how many, how they are answered, and which of them teach nothing."""

from collections.abc import Sequence

from globalpointer.data.check.facts import AnswerFacts
from globalpointer.data.check.report import Corpus, Tally
from globalpointer.data.readers.annotate import shorten
from globalpointer.text.spans import Document


def answer_facts(corpus: Corpus, tally: Tally) -> AnswerFacts | None:
    """The numbers of one file, None where no question is answered; what is odd is told as findings."""
    documents = [each for each in corpus.documents if each.answers is not None or each.accepted is not None]
    if not documents:
        return None
    _unanswered(corpus, tally)
    written = [_written(document) for document in documents]
    lengths = [len(answer) for answers in written for answer in answers]
    asked = [len(document.question or "") for document in documents]
    return AnswerFacts(
        documents=len(documents),
        contexts=len({document.text for document in documents}),
        answers=sum(map(len, written)),
        places=sum(len(document.answers or ()) for document in documents),
        unanswerable=sum(not answers for answers in written),
        unplaced=_unplaced(corpus, documents, tally),
        answer_length_mean=sum(lengths) / len(lengths) if lengths else 0.0,
        answer_length_max=max(lengths, default=0),
        question_length_mean=sum(asked) / len(asked),
        question_length_max=max(asked),
    )


def _unanswered(corpus: Corpus, tally: Tally) -> None:
    """Tell the questions that nobody answered, among those that somebody did."""
    for document in corpus.documents:
        if document.question is not None and document.answers is None and document.accepted is None:
            message = (
                f"questions of {corpus.path} without answers, so that nobody can train on the file; "
                "where the text does not say, the list of answers is empty"
            )
            tally.add("error", "unanswered", message, f"{corpus.place(document)} {shorten(document.question)}")


def _written(document: Document) -> Sequence[str]:
    """The answers as people wrote them, else as they stand in the text."""
    return document.accepted or tuple(each.text for each in document.answers or ())


def _unplaced(corpus: Corpus, documents: Sequence[Document], tally: Tally) -> int:
    count = 0
    for document in documents:
        if document.accepted and not document.answers:
            said = f"{corpus.place(document)} {shorten(document.accepted[0])}"
            message = f"questions of {corpus.path} whose answers have no place in the text: they teach nothing"
            tally.add("warning", "unplaced", message, said)
            count += 1
    return count
