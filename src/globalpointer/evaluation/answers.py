"""Gold documents against found ones: every number that is reported about answers to questions."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from globalpointer.evaluation.answer_errors import ERRORS, error
from globalpointer.evaluation.answer_marks import BEST, accepted, mark, mark_best, mark_place, surfaces
from globalpointer.evaluation.answer_slices import KINDS, OTHER, AnswerSlices, kind_of
from globalpointer.evaluation.calibration import Calibration, calibrate
from globalpointer.evaluation.marks import Marks
from globalpointer.evaluation.official import Official, official
from globalpointer.evaluation.outcome import Outcome
from globalpointer.evaluation.pairs import ANNOTATION, pairs
from globalpointer.text.spans import Document
from globalpointer.text.units import unit_of

MATCHES = ("answer", f"best of {BEST}", "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReport(Outcome):
    """The scores of answers: F1, the headline, is the mean over questions, and so are precision and recall.

    `official`: whose comparison of strings it is, "SQuAD" or "CMRC2018". `matches` has the marks under each comparison.
    "answer": the best answer by its string, which is the headline. "best of 5": the best of the first five. "place":
    the best answer by the characters it shares with gold; questions whose gold has no place are left out. `labels`: by
    what is asked (`kind_of`). `errors` and `calibration` are about the best answer; right means an exact match.
    """

    task: ClassVar[str] = "mrc"
    counting: ClassVar[type[Marks]] = Marks
    whole: ClassVar[str] = "exact match"

    counts: Marks
    labels: Mapping[str, Marks]
    slices: Mapping[str, Mapping[str, Marks]]
    official: str
    matches: Mapping[str, Marks]

    @property
    def measure(self) -> str:
        """Two languages have two ways of counting, so the name says which it is."""
        return f"{self.official} F1"

    @property
    def exact(self) -> float:
        """The share of questions that is exactly right (EM)."""
        return self.counts.exact

    def _own(self) -> dict[str, Any]:
        return {
            "official": self.official,
            "matches": {name: marks.to_dict() for name, marks in self.matches.items()},
        }

    @classmethod
    def _read(cls, plain: Mapping[str, Any]) -> dict[str, Any]:
        matches = {name: Marks.from_dict(each) for name, each in plain["matches"].items()}
        return {"official": plain["official"], "matches": matches}


def evaluate_answers(
    gold: Sequence[Document],
    found: Sequence[Document],
    *,
    unit: str | None = None,
    seen: Collection[str] | None = None,
) -> AnswerReport:
    """Compare found documents with gold ones, pair by pair in order; each is a question, its best answer the first.

    `unit`: "word" scores as SQuAD does, "character" as CMRC2018 does; None: as the texts look (`unit_of`). `seen`: the
    answers in the training set (`mentions`). DataError where the two lists do not fit, or a question has no annotation.
    """
    unit = _unit(gold) if unit is None else unit
    script, slices = official(unit), AnswerSlices(unit, seen)
    labels = dict.fromkeys([*KINDS[unit], OTHER], Marks())
    both = pairs(gold, found, *ANNOTATION["mrc"])
    judged = [_judge(one, other, script) for one, other in both]
    for (one, _), each in zip(both, judged, strict=True):
        labels[kind_of(one.question or "", unit)] += each.marks["answer"]
        slices.add(one, script.answers(accepted(one)), each.marks["answer"])
    matches = {name: sum((each.marks[name] for each in judged), Marks()) for name in MATCHES}
    wrong = Counter(each.wrong for each in judged)
    return AnswerReport(
        documents=len(both),
        complete=matches["answer"].right,
        counts=matches["answer"],
        labels={kind: marks for kind, marks in labels.items() if marks.questions},
        unit=unit,
        slices=slices.slices(),
        errors={kind: wrong[kind] for kind in ERRORS},
        calibration=_calibration(judged),
        official=script.name,
        matches=matches,
    )


def answer_marks(gold: Sequence[Document], found: Sequence[Document], *, unit: str | None = None) -> list[Marks]:
    """The marks behind `AnswerReport.f1`, question by question; `unit` as for `evaluate_answers`."""
    script = official(_unit(gold) if unit is None else unit)
    return [
        mark(accepted(one), surfaces(other)[0] if other.answers else None, script)
        for one, other in pairs(gold, found, *ANNOTATION["mrc"])
    ]


def _unit(gold: Sequence[Document]) -> str:
    return unit_of(document.text for document in gold)


@dataclass(frozen=True, slots=True)
class _Judged:
    """One question. `marks`: by match. `wrong`: the kind of the error, if any. `score`: of the best answer."""

    marks: Mapping[str, Marks]
    wrong: str | None
    score: float | None


def _judge(gold: Document, found: Document, script: Official) -> _Judged:
    right, answers = script.answers(accepted(gold)), surfaces(found)
    best = found.answers[0] if found.answers else None
    span, score = (best.span, best.score) if best else (None, None)
    placed = bool(gold.answers) or not right
    marks = {
        "answer": mark(right, answers[0] if answers else None, script),
        f"best of {BEST}": mark_best(right, answers[:BEST], script),
        "place": mark_place([each.span for each in gold.answers or ()], span) if placed else Marks(),
    }
    wrong = error(gold, found, script)
    return _Judged(marks, wrong.kind if wrong else None, score)


def _calibration(judged: Sequence[_Judged]) -> Calibration | None:
    scored = [(each.score, bool(each.marks["answer"].right)) for each in judged if each.score is not None]
    return calibrate([score for score, _ in scored], [right for _, right in scored]) if scored else None
