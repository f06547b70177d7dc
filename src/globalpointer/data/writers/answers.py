"""Answers as the official scripts of SQuAD and CMRC2018 read them: one string for each question, by its id."""

from globalpointer.data.readers.names import OwnNames
from globalpointer.text.spans import Document


class BestAnswers:
    """The best answer to each question, "" for none.

    `answers`: by id. `renamed`: how many questions have the id of an earlier one, and so a name that no script knows.

    Source: Rajpurkar et al., 2018, evaluate-v2.0.py; Cui et al., 2019, cmrc2018_evaluate.py.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.renamed = 0
        self._names = OwnNames()

    def add(self, document: Document) -> None:
        """Keep the first of the answers of a document."""
        name = str(document.id)
        own = self._names.own(name)
        self.renamed += own != name
        self.answers[own] = document.answers[0].text if document.answers else ""
