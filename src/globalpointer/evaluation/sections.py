"""A report as sections of a table: what the terminal and the page both show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import singledispatch

from globalpointer.evaluation.answers import AnswerReport
from globalpointer.evaluation.counts import Counted, Counts
from globalpointer.evaluation.events import EventReport
from globalpointer.evaluation.marks import Marks
from globalpointer.evaluation.outcome import Outcome
from globalpointer.evaluation.overlap import Overlap
from globalpointer.evaluation.relations import RelationReport
from globalpointer.evaluation.report import Report

Row = tuple[str, ...]

COLUMNS = ("F1", "precision", "recall", "gold", "found", "right")

MARKS = ("F1", "exact match", "precision", "recall", "questions", "answered")
"""The columns of reports on answers."""

UNIT_NAMES: Mapping[str, str] = {"character": "characters (code points)", "word": "words (between white space)"}

CAPTIONS: Mapping[str, Mapping[str, str]] = {
    "length": {"L1": "length < 3", "L2": "length 3-5", "L3": "length >= 6"},
    "single": {"single": "length 1", "longer": "length > 1"},
    "density": {"D1": "density <= 0.1", "D2": "density 0.1-0.3", "D3": "density > 0.3"},
    "nesting": {"flat": "overlaps no other", "nested": "overlaps another"},
    "mention": {"seen": "mention in training", "unseen": "mention not in training"},
    "triples": dict.fromkeys(("0", "1", "2", "3", "4", ">=5"), "gold relations in the text"),
    "overlap": {
        "Normal": "no overlap",
        "SEO": "single entity overlap",
        "EPO": "entity pair overlap",
        "SOO": "subject object overlap",
    },
    "distance": dict.fromkeys(("0-5", "6-10", "11-20", ">20"), "units between the ends"),
    "events": dict.fromkeys(("0", "1", "several"), "gold events in the text"),
    "sharing": {"apart": "no span in two events", "shared": "a span in two events"},
    "arguments": dict.fromkeys(("0", "1", "2", "3", "4", ">=5"), "gold arguments in the text"),
    "answer": dict.fromkeys(("1-2", "3-5", "6-10", ">10"), "units in the shortest accepted answer"),
    "context": dict.fromkeys(("<=128", "129-256", "257-512", ">512"), "units in the text"),
    "answerable": {"answerable": "the text says it", "unanswerable": "the text does not say it"},
    "wording": {"seen": "answer of a training question", "unseen": "answer of no training question"},
}
"""What each slice means, in words. Lengths, densities and distances are in the report's unit."""

_MEASURED: Mapping[str, str] = {"length": "length and density", "distance": "distance", "answer": "lengths"}
"""What the unit is the unit of, where a report has these slices."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table: rows in groups with a line between two of them. `foot`: the rows that sum the others up."""

    title: str
    columns: Row
    groups: tuple[tuple[Row, ...], ...]
    foot: tuple[Row, ...] = ()


@singledispatch
def sections(report: Outcome) -> tuple[Section, ...]:
    """The tables of a report but for that of its errors and for `details`."""
    raise NotImplementedError(f"no tables are written for a {type(report).__name__}")


@sections.register
def _entities(report: Report) -> tuple[Section, ...]:
    return _labels("Labels, exact match", report), _slices(report), _relaxed(report)


@sections.register
def _relations(report: RelationReport) -> tuple[Section, ...]:
    rows = [_counted(name, counts) for name, counts in report.matches.items()]
    if report.entities is not None:
        rows.append(_counted("entities alone", report.entities.counts))
    scores = Section("Scores", ("match", *COLUMNS), (tuple(rows),))
    return scores, _labels(f"Relation labels, {report.match} match", report), _slices(report)


@sections.register
def _events(report: EventReport) -> tuple[Section, ...]:
    rows = tuple(_counted(name, counts) for name, counts in report.matches.items())
    scores = Section("Scores", ("score", *COLUMNS), (rows, (_overlap(report.overlap),)))
    return scores, _labels("Event labels, arguments", report), _slices(report)


@sections.register
def _answers(report: AnswerReport) -> tuple[Section, ...]:
    titles = {"answer": f"the answer, as {report.official} scores it", "place": "its place, by characters"}
    rows = tuple(_counted(titles.get(name, name), marks) for name, marks in report.matches.items())
    return Section("Scores", ("match", *MARKS), (rows,)), _labels("What questions ask by", report), _slices(report)


def errors_section(report: Outcome) -> Section | None:
    """The kinds of errors, and the five most frequent confusions; None where nothing is wrong."""
    if not any(report.errors.values()):
        return None
    kinds = tuple((kind, str(count)) for kind, count in report.errors.items())
    confusions = tuple((f"{gold} found as {found}", str(count)) for gold, found, count in report.confusions[:5])
    title = "Errors, and the most frequent wrong labels" if confusions else "Errors"
    return Section(title, ("kind", "count"), (kinds, confusions) if confusions else (kinds,))


def details(report: Outcome) -> tuple[Section, ...]:
    """The tables that are too long for the terminal."""
    made = (_roles(report), _calibration(report), _confusions(report))
    return tuple(each for each in made if each is not None)


def _roles(report: Outcome) -> Section | None:
    if not isinstance(report, EventReport):
        return None
    return Section("Roles", ("event label/role", *COLUMNS), (_all_counted(report.roles),))


def _confusions(report: Outcome, limit: int = 20) -> Section | None:
    if not report.confusions:
        return None
    rows = tuple((gold, found, str(count)) for gold, found, count in report.confusions[:limit])
    title = f"Spans found under a wrong label: the {len(rows)} most frequent pairs"
    return Section(title, ("gold label", "found label", "times"), (rows,))


def _calibration(report: Outcome) -> Section | None:
    if report.calibration is None:
        return None
    rows = tuple(
        (f"{100 * each.low:.0f} to {100 * each.high:.0f}", str(each.count), percent(each.score), percent(each.right))
        for each in report.calibration.bins
    )
    title = f"Scores and how often they are right; expected calibration error {percent(report.calibration.error)}"
    return Section(title, ("score", "found", "mean score", "right"), (rows,))


def percent(rate: float) -> str:
    """A rate in [0, 1] as per cent with two places."""
    return f"{100 * rate:.2f}"


def numbers(counts: Counted) -> Row:
    """Rates and counts; a dash where a rate has nothing to be a rate of, which is no failure."""
    if isinstance(counts, Counts):
        return (*_rates(counts), str(counts.gold), str(counts.found), str(counts.right))
    assert isinstance(counts, Marks)  # there is no third kind
    rates = (counts.f1, counts.exact, counts.precision, counts.recall)
    shown = map(percent, rates) if counts.questions else "-" * len(rates)
    return (*shown, str(counts.questions), str(counts.answered))


def _columns(report: Outcome) -> Row:
    return MARKS if isinstance(report, AnswerReport) else COLUMNS


def _rates(counts: Counts | Overlap) -> Row:
    f1, recall = (percent(rate) if counts.gold else "-" for rate in (counts.f1, counts.recall))
    return f1, percent(counts.precision) if counts.found else "-", recall


def _counted(name: str, counts: Counted) -> Row:
    return name, *numbers(counts)


def _all_counted(named: Mapping[str, Counted]) -> tuple[Row, ...]:
    return tuple(_counted(name, counts) for name, counts in named.items())


def _overlap(overlap: Overlap) -> Row:
    """A partial score has no count of what is right but the sum of what each is worth."""
    name = "argument, by shared characters (DuEE)"
    return name, *_rates(overlap), str(overlap.gold), str(overlap.found), f"{overlap.score:.1f}"


def _labels(title: str, report: Outcome) -> Section:
    columns = _columns(report)
    blank: Iterable[str] = [""] * (len(columns) - 1)
    foot = (_counted("all (micro)", report.counts), ("mean (macro)", percent(report.macro_f1), *blank))
    return Section(title, ("label", *columns), (_all_counted(report.labels),), foot)


def _slices(report: Outcome) -> Section:
    """The slices that hold anything; the others, of texts that these files do not have, are in the JSON alone."""
    groups = tuple(
        tuple(_counted(f"{part}: {CAPTIONS[group][part]}", counts) for part, counts in parts.items() if _holds(counts))
        for group, parts in report.slices.items()
        if any(map(_holds, parts.values()))
    )
    measured = [f"; {what} in {UNIT_NAMES[report.unit]}" for group, what in _MEASURED.items() if group in report.slices]
    return Section(f"Slices{''.join(measured)}", ("slice", *_columns(report)), groups)


def _holds(counts: Counted) -> bool:
    """Whether there is anything to tell: gold, or finds without any."""
    return bool(counts.gold or (isinstance(counts, Counts) and counts.found))


def _relaxed(report: Report) -> Section:
    rows = tuple(
        (name, percent(each.f1), percent(each.precision), percent(each.recall))
        + tuple(map(str, (each.correct, each.incorrect, each.partial, each.missed, each.spurious)))
        for name, each in report.relaxed.items()
    )
    columns = ("match", "F1", "precision", "recall", "COR", "INC", "PAR", "MIS", "SPU")
    return Section("Relaxed matches, named as nervaluate names them", columns, (rows,))
