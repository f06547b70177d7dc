"""Questions apart by what they ask for, by the lengths of answer and text, and by whether there is an answer at all."""

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping

from globalpointer.evaluation.ledger import Totals
from globalpointer.evaluation.marks import Marks
from globalpointer.evaluation.slices import Ruler
from globalpointer.evaluation.surfaces import surface
from globalpointer.text.spans import Document

SLICES: Mapping[str, tuple[str, ...]] = {
    "answer": ("1-2", "3-5", "6-10", ">10"),
    "context": ("<=128", "129-256", "257-512", ">512"),
    "answerable": ("answerable", "unanswerable"),
    "wording": ("seen", "unseen"),
}
"""Every group of slices, lengths in units.

answer: the length of the shortest accepted answer; questions without one are in none. context: the length of the text.
answerable: whether the text has an answer; only where there are questions of both kinds. wording: whether one of the
accepted answers is, as a string, among those seen in training.
"""

_SHORT, _LONG = (2, 5, 10), (128, 256, 512)

KINDS: Mapping[str, Mapping[str, str]] = {
    "word": {
        "how many": r"how (?:many|much)", "how": r"how", "what": r"what", "when": r"when", "where": r"where",
        "which": r"which", "who": r"who(?:m|se)?", "why": r"why",
    },
    "character": {
        "为什么": "为什么|为何|为啥", "何时": "什么时候|何时|哪一?年|哪一?天", "什么": "什么|何",
        "多少": "多少|几", "谁": "谁", "哪": "哪", "怎": "怎|如何",
    },
}  # fmt: skip
"""By unit, what questions ask by: each kind and the words that tell it."""

OTHER = "other"
"""The kind of a question without any of them."""

_ASKED = {
    "word": re.compile(rf"\b(?:{'|'.join(f'({said})' for said in KINDS['word'].values())})\b", re.IGNORECASE),
    "character": re.compile("|".join(f"({said})" for said in KINDS["character"].values())),
}


def kind_of(question: str, unit: str) -> str:
    """What a question asks by: its first question word in English, its last one in Chinese, which has it in its place.

    "其中的人物是谁？" asks by "谁", "《什么是数学》的作者是谁？" too.
    """
    found = [match.lastindex for match in _ASKED[unit].finditer(question)]
    chosen = found and found[0 if unit == "word" else -1]
    return list(KINDS[unit])[chosen - 1] if chosen else OTHER


class AnswerSlices:
    """Marks by slice, grown question by question."""

    def __init__(self, unit: str, seen: Collection[str] | None) -> None:
        self.unit = unit
        self._seen = None if seen is None else frozenset(map(surface, seen))
        self._totals = Totals(SLICES, Marks())

    def add(self, document: Document, accepted: Collection[str], marks: Marks) -> None:
        """Count one question and the answers that it accepts."""
        length = Ruler(document.text, self.unit).units
        self._totals.add("context", {SLICES["context"][bisect_left(_LONG, length)]: marks})
        self._totals.add("answerable", {SLICES["answerable"][not accepted]: marks})
        if not accepted:
            return
        shortest = min(Ruler(each, self.unit).units for each in accepted)
        self._totals.add("answer", {SLICES["answer"][bisect_left(_SHORT, shortest)]: marks})
        if self._seen is not None:
            unseen = self._seen.isdisjoint(map(surface, accepted))
            self._totals.add("wording", {SLICES["wording"][unseen]: marks})

    def slices(self) -> Mapping[str, Mapping[str, Marks]]:
        """Every slice of the groups that part these questions, also the empty ones."""
        made = dict(self._totals.slices())
        if not made["answerable"]["unanswerable"].questions:
            del made["answerable"]
        if self._seen is None:
            del made["wording"]
        return made
