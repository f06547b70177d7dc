"""SQuAD 1.1 and 2.0, and CMRC2018: questions about paragraphs, where an answer is a string and its first character.

`{"data": [{"title": "...", "paragraphs": [{"context": "...", "qas": [{"id": "...", "question": "...", "answers":
[{"text": "...", "answer_start": 11}], "is_impossible": false}]}]}]}`; or one question an object, as on the Hugging Face
hub: `{"id": "...", "context": "...", "question": "...", "answers": {"text": ["..."], "answer_start": [11]}}`.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeGuard

from globalpointer.data.readers.annotate import checked_text, shorten
from globalpointer.data.readers.links import objects
from globalpointer.data.readers.names import OwnNames
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Options
from globalpointer.data.readers.records import Annotated, Record, annotated, filled, listed, whole
from globalpointer.data.readers.source import file_name
from globalpointer.errors import DataError
from globalpointer.text.spans import Answer, Document, Span

_FORMS = '[{"text", "answer_start"}, ...] or {"text": [...], "answer_start": [...]} of equal lengths'

_DIGITS = 20
"""What is written with so many is no place in a text."""


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The questions of a file, each a document: its text is the context.

    `accepted` has the answers of all annotators; `answers` the places of those that stand in the text, each once. One
    that does not stand at its first character is looked for: where it stands once, it is moved and noted as repaired;
    else it is noted and stays in `accepted` alone. A question without answers, or with "" at -1 alone, says that the
    text does not tell; `plausible_answers` are no answers and go to `meta`, as all other keys. A blank question is left
    out and noted, and stays where a call may bring one; of two questions with one id the second gets a name of its own.

    Source: Rajpurkar et al., 2016 and 2018 (SQuAD 1.1 and 2.0); Cui et al., 2019 (CMRC2018).
    """
    names = _Names()
    for found in annotated(map(_spelt_out, _records(path)), "squad", options):
        document = _document(found, report, aside=options.labelled is False)
        named = document and names.once(document, found.record, report)
        if named is not None:
            yield named


def _records(path: str) -> Iterator[Record]:
    """The questions of a file in either form, with the context and the title of their paragraph."""
    numbered = list(filled(path))
    if not numbered or not _is_whole(numbered[0][1]):
        return listed(iter(numbered), path)
    value = whole(numbered, path)
    if "data" in value:
        return _questions(value, path)
    return iter([Record(value, path, None, file_name(path))])


def _spelt_out(record: Record) -> Record:
    """SQuAD 2.0 may leave out the empty list of answers of a question that it says is impossible."""
    if "context_text" in record.fields:
        said = 'of CMRC2018 the form with "context", "answers" and "answer_start" is read (its folder squad-style-data)'
        raise DataError(f'{said}, found "context_text"', path=record.path, line=record.line)
    if held := sorted(record.fields.keys() & {"paragraphs", "qas"}):
        said = f'expected a question, found an object with "{held[0]}": it belongs into {{"data": [{{"paragraphs": '
        raise DataError(said + '[{"context": ..., "qas": [...]}]}]}', path=record.path, line=record.line)
    if record.fields.get("is_impossible") is True:
        record.fields.setdefault("answers", [])
    return record


def _is_whole(line: str) -> bool:
    """Whether a file is one object of which this is the first line; else it is a list, or an object a line."""
    try:
        value = json.loads(line)
    except (RecursionError, ValueError):
        return line.lstrip().startswith("{")
    return isinstance(value, dict) and "data" in value


def _questions(value: dict[str, Any], path: str) -> Iterator[Record]:
    name = file_name(path)
    for number, article in enumerate(objects(value["data"], "data", path, None)):
        place = f"data[{number}]"
        title = {"title": article["title"]} if "title" in article else {}
        for second, paragraph in enumerate(objects(article.get("paragraphs"), "paragraphs", f"{path}: {place}", None)):
            inside = f"{place}.paragraphs[{second}]"
            context = {"context": paragraph["context"]} if "context" in paragraph else {}
            for third, asked in enumerate(objects(paragraph.get("qas"), "qas", f"{path}: {inside}", None)):
                here = f"{inside}.qas[{third}]"
                told = f"{path}: question {asked['id']}" if "id" in asked else f"{path}: {here}"
                yield Record({**title, **asked, **context}, told, None, f"{name}: {here}")


def _document(found: Annotated, report: Reporter, *, aside: bool) -> Document | None:
    """A question of a file. `aside`: annotation does not matter, nor a missing question, for a call may bring one."""
    record, text, given, name = found
    question, impossible = (record.fields.pop(key, None) for key in ("question", "is_impossible"))
    if not (aside and question is None):
        question = checked_text(question, "question", record.path, record.line)
    if given is not None and not isinstance(impossible, bool | None):
        said = f'expected true or false under "is_impossible", found {impossible!r:.60}'
        raise DataError(said, path=record.path, line=record.line)
    if not aside and not question.strip():
        report.dropped("its question is blank, so it is left out", record.line, path=record.path)
        return None
    bare = Document(text, id=name, meta=record.fields, question=question)
    if given is None:
        return bare
    pairs = _pairs(given, record)
    if pairs and all(surface == "" and _number(start) == -1 for surface, start in pairs):
        said = "its answer is empty, at -1: read as a question that the text does not answer"
        report.repaired(said, record.line, path=record.path)
        pairs = []
    elif impossible is False and not pairs:
        said = "is_impossible is false, but it has no answers: read as a question that the text does not answer"
        report.repaired(said, record.line, path=record.path)
    if impossible is True and pairs:
        report.dropped(f"is_impossible, but it has answers: {len(pairs)} left out", record.line, path=record.path)
        pairs = []
    accepted, answers = _answers(text, pairs, record, report)
    if pairs and not accepted:
        report.dropped("none of its answers can be kept, so it is left out", record.line, path=record.path)
        return None
    return Document(text, id=name, meta=record.fields, question=question, answers=answers, accepted=accepted)


def _pairs(given: Any, record: Record) -> list[tuple[Any, Any]]:
    """Each answer as its text and its first character, of which nothing is checked."""
    if isinstance(given, dict):
        texts, starts = given.get("text"), given.get("answer_start")
        if isinstance(texts, list) and isinstance(starts, list) and len(texts) == len(starts):
            return list(zip(texts, starts, strict=True))
    elif isinstance(given, list) and all(isinstance(each, dict) for each in given):
        return [(each.get("text"), each.get("answer_start")) for each in given]
    said = f'expected "answers": {_FORMS}, found {shorten(json.dumps(given, ensure_ascii=False))}'
    raise DataError(said, path=record.path, line=record.line)


def _answers(
    text: str, pairs: list[tuple[Any, Any]], record: Record, report: Reporter
) -> tuple[tuple[str, ...], tuple[Answer, ...]]:
    """The strings that can be compared, and the places of those that stand in the text, each once."""
    accepted: list[str] = []
    answers: dict[Answer, None] = {}
    for surface, given in pairs:
        if not isinstance(surface, str) or not surface.strip():
            said = f"an answer must be a string that is not blank, found {surface!r:.60}"
            report.dropped(said, record.line, path=record.path)
            continue
        surface, start = _without_blanks(surface, _number(given))
        accepted.append(surface)
        place = _place(text, surface, start, record, report)
        if place is not None:
            answers[Answer(Span(place, place + len(surface)), surface)] = None
    return tuple(accepted), tuple(answers)


def _number(start: Any) -> Any:
    """A place that was written as 11.0 or "11", as tables of numbers are, is 11; what is no number stays as it is."""
    if isinstance(start, float) and start.is_integer():
        return int(start)
    written = isinstance(start, str) and len(start) < _DIGITS and start.removeprefix("-").isdecimal()
    return int(start) if written else start


def _without_blanks(surface: str, start: Any) -> tuple[str, Any]:
    """An answer without the blanks around it, which no comparison looks at, and its place moved by those before it."""
    before = len(surface) - len(surface.lstrip())
    return surface.strip(), start + before if before and _is_number(start) else start


def _is_number(start: Any) -> TypeGuard[int]:
    return isinstance(start, int) and not isinstance(start, bool)


def _place(text: str, surface: str, start: Any, record: Record, report: Reporter) -> int | None:
    """Where an answer begins; None where it does not stand where it should, and not in exactly one other place."""
    if _is_number(start) and start >= 0 and text.startswith(surface, start):
        return start
    first = text.find(surface)
    several = first >= 0 and text.find(surface, first + 1) >= 0
    if first < 0 or several:
        where = "in several places of the text" if several else "nowhere in the text"
        said = f"the answer {shorten(surface)} stands {where}, and not at {start!r:.60}"
        report.dropped(said, record.line, path=record.path)
        return None
    said = f"the answer {shorten(surface)} stands at {first}, and not at {start!r:.60}"
    report.repaired(said, record.line, path=record.path)
    return first


class _Names:
    """The questions of a file by their names."""

    def __init__(self) -> None:
        self._known: dict[str, Document] = {}
        self._names = OwnNames()

    def once(self, document: Document, record: Record, report: Reporter) -> Document | None:
        """The document under a name of its own, or None where the same question was there."""
        name = document.id
        assert name is not None  # see `annotated`
        if self._known.get(name) == document:
            report.duplicate(f"the question {name}", record.line, path=record.path)
            return None
        own = self._names.own(name)
        if own != name:
            said = f"another question has the id {name}: this one is called {own}"
            report.repaired(said, record.line, path=record.path)
            document = replace(document, id=own)
        self._known[own] = document
        return document
