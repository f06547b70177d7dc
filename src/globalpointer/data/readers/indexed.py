"""Relations that name their ends by index into the entities of a sentence: CoNLL04 and SpERT."""

from collections.abc import Iterator, Sequence
from typing import Any

from globalpointer.data.readers.annotate import label_fault
from globalpointer.data.readers.links import end_fault, once
from globalpointer.data.readers.notes import Reporter
from globalpointer.data.readers.records import Record
from globalpointer.errors import DataError
from globalpointer.text.spans import Entity, Relation


def relations(
    given: Any, entities: Sequence[Entity | None], report: Reporter, record: Record
) -> tuple[Relation, ...] | None:
    """The relations of `[{"type", "head", "tail"}]`, head and tail being subject and object; None where not annotated.

    `entities` has None for one that could not be kept: a relation from or to it is left out and noted. So is one to an
    entity that is not there. One from an entity to itself is kept: it is rare, but some data means it.
    """
    if given is None:
        return None
    if not isinstance(given, list):
        raise DataError(f'expected a list under "relations", found {given!r:.60}', path=record.path, line=record.line)
    return once(((each, record.line) for each in _kept(given, entities, report, record)), report, path=record.path)


def _kept(given: list[Any], entities: Sequence[Entity | None], report: Reporter, record: Record) -> Iterator[Relation]:
    for index, relation in enumerate(given):
        fault = _fault(relation, entities)
        if fault:
            report.dropped(f"relation {index}: {fault}", record.line, path=record.path)
            continue
        subject, object_ = entities[relation["head"]], entities[relation["tail"]]
        assert subject is not None  # no fault: see `_fault`
        assert object_ is not None
        yield Relation(relation["type"], subject, object_)


def _fault(relation: Any, entities: Sequence[Entity | None]) -> str | None:
    if not isinstance(relation, dict) or not {"type", "head", "tail"} <= set(relation):
        return f'expected {{"type", "head", "tail"}}, found {relation!r:.60}'
    ends = (end_fault(end, relation[end], entities) for end in ("head", "tail"))
    return next(filter(None, ends), None) or label_fault(relation["type"])
