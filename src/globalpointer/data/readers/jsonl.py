"""Our own form: one JSON object a line, offsets in code points, ends exclusive.

`{"text": "Ann sings.", "entities": [{"start": 0, "end": 3, "label": "PER", "text": "Ann"}], "id": "7", "meta": {}}`.
"text" of an entity, "id" and "meta" may be absent, and so may every kind of annotation: it was not annotated then.

- `"relations": [{"label": "likes", "subject": 0, "object": 1}]`: the ends are indices into "entities";
- `"triples": [{"subject": "Ann", "label": "likes", "object": "tea"}]`: relations of data without offsets, which are
  looked for in the text where there are neither "entities" nor "relations"; beside "entities" alone they are refused;
- `"events": [{"label": "sing", "arguments": [{"role": "trigger", "start": 4, "end": 9, "text": "sings"}]}]`;
- `"question": "Who sings?", "answers": [{"start": 0, "end": 3, "text": "Ann"}]`, and perhaps `"accepted": ["Ann", "Ann
  does"]`: the answers as people wrote them, where these are not what stands in the text.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from globalpointer.data.readers.annotate import checked_name, checked_text, parse_object, unique
from globalpointer.data.readers.forms import FORMS, check_form
from globalpointer.data.readers.line import Line, accepted, answers, entity, events, relations, triples
from globalpointer.data.readers.links import once
from globalpointer.data.readers.locate import TypedTriple, locate
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.options import Mentions, Options
from globalpointer.data.readers.source import file_name, lines
from globalpointer.errors import DataError
from globalpointer.text.spans import Document

_SINGULAR = {
    "entity": "entities",
    "relation": "relations",
    "triple": "triples",
    "event": "events",
    "answer": "answers",
}
"""Keys that are nearly ours: what they hold would be lost in `meta`."""

_LOOSE = (
    'expected "relations" beside "entities" and "triples": strings do not say which entities are meant; give '
    '"relations" as indices into "entities", or leave "entities" out, and the triples are looked for in the text'
)


def read(path: str, report: Reporter, options: Options) -> Iterator[Document]:
    """The documents of a file in our own form. It is exact: by itself, a wrong annotation is a DataError."""
    name = file_name(path)
    for number, line in lines(path):
        if line.strip():
            yield parse(line, report, options, number, name)


def looks_ours(line: str) -> bool:
    """Whether a line that is to be a text is rather one of this format."""
    return line.startswith("{") and '"text"' in line


def parse(line: str, report: Reporter, options: Options, number: int, name: str) -> Document:
    """One line as a document; keys we do not know are kept in `meta`."""
    record = parse_object(line, report.path, number)
    check_form("jsonl", record, options.labelled, report.path, number)
    text = checked_text(record.pop("text"), "text", report.path, number)
    identity, meta = record.pop("id", None), record.pop("meta", None)
    aside = options.labelled is False
    question = _question(record, report.path, number, aside=aside)
    if not isinstance(meta, Mapping | None):
        raise DataError(f'expected an object under "meta", found {meta!r}', path=report.path, line=number)
    kinds = {kind: record.pop(kind, None) for kind in FORMS["jsonl"].annotation}
    for kind, value in kinds.items():
        if not (aside or isinstance(value, list | None)):
            raise DataError(f'expected a list under "{kind}", found {value!r:.60}', path=report.path, line=number)
    if meant := [key for key in record if key in _SINGULAR]:
        said = (
            f"unknown key {meant[0]!r} (nearest: {_SINGULAR[meant[0]]!r}); other data of yours may stand under 'meta'"
        )
        raise DataError(said, path=report.path, line=number)
    identity = checked_name(identity, "id", report.path, number, otherwise=f"{name}:{number}")
    answerable = record.pop("answerable", None)
    place = Line(text, number, report)
    annotation: dict[str, Any] = {} if aside else _annotation(place, kinds, options.mentions)
    if annotation.get("answers") is not None and answerable is not None:
        annotation["answerable"] = _answerable(place, answerable)
    return Document(text, id=identity, meta={**record, **(meta or {})}, question=question, **annotation)


def _answerable(line: Line, given: Any) -> float:
    """How probable a model held its best answer, against none."""
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given <= 1:
        return float(given)
    said = f'expected a probability between 0 and 1 under "answerable", found {given!r:.60}'
    raise DataError(said, path=line.report.path, line=line.number)


def _question(record: dict[str, Any], path: str, number: int, *, aside: bool) -> str | None:
    """What is asked, which must be there where there are answers, unless these are left `aside`."""
    question = record.pop("question", None)
    if question is None and (aside or (record.get("answers") is None and record.get("accepted") is None)):
        return None
    question = checked_text(question, "question", path, number)
    if not question.strip():
        if aside:
            return None
        raise DataError(f'expected a question under "question", found {question!r}', path=path, line=number)
    return question


def _annotation(line: Line, given: Mapping[str, list[Any] | None], mentions: Mentions) -> dict[str, Any]:
    """The kinds of annotation that are given, as a document holds them: checked, each once.

    Triples without entities and relations are looked for in the text.
    """
    if given["triples"] and given["entities"] is not None and given["relations"] is None:
        raise DataError(_LOOSE, path=line.report.path, line=line.number)
    entities = [entity(line, index, each) for index, each in enumerate(given["entities"] or ())]
    made: dict[str, tuple[Any, ...]] = {}
    if given["entities"] is not None:
        made["entities"] = unique(filter(None, entities), line.report, line.number)
    if given["relations"] is not None:
        made["relations"] = _once(line, relations(line, given["relations"], entities))
    if given["triples"] is not None:
        made["triples"] = _once(line, triples(line, given["triples"]))
        if not made.keys() & {"entities", "relations"}:
            typed = map(TypedTriple, made["triples"])
            made |= locate(line.text, typed, mentions, line.report, line.number)._asdict()
    if given["events"] is not None:
        made["events"] = _once(line, events(line, given["events"]))
    if given["answers"] is not None:
        made["answers"] = _once(line, answers(line, given["answers"]))
    if given["accepted"] is not None:
        made["accepted"] = tuple(accepted(line, given["accepted"]))
    return made


def _once(line: Line, links: Iterator[Any]) -> tuple[Any, ...]:
    return once(((link, line.number) for link in links), line.report)
