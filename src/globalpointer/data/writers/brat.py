"""brat standoff: a folder with `name.txt` and `name.ann` for each document, ends exclusive."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from globalpointer.data.readers.brat.links import plain_roles
from globalpointer.data.writers.files import new_folder
from globalpointer.errors import DataError
from globalpointer.text.spans import TRIGGER, Document, Event, Span

_PLAIN_NAME = re.compile(r"[\w-][\w.-]{0,100}")
_LINE_BREAK = re.compile(r"\r\n|[\r\n]")


def write(documents: Iterable[Document], path: str | Path) -> int:
    """Write a new folder, and return how many documents it has; without `.ann` where one is not annotated.

    A file is named after the id where that is a plain name of its own, else after its number. Scores and meta have no
    place in it. DataError for what brat cannot say: a label with a blank; an event without a trigger, with several, or
    with an argument that is neither an entity nor a trigger; a triple that was not found in the text.
    """
    count = 0
    names: set[str] = set()
    with new_folder(path) as folder:
        for document in documents:
            count += 1
            name = document.id or ""
            if not _PLAIN_NAME.fullmatch(name) or name.casefold() in names:
                name = f"document-{count:06d}"
            names.add(name.casefold())
            (folder / f"{name}.txt").write_bytes(document.text.encode("utf-8"))
            if any(each is not None for each in (document.entities, document.relations, document.events)):
                (folder / f"{name}.ann").write_bytes("".join(_annotation(document)).encode("utf-8"))
    return count


def _annotation(document: Document) -> Iterator[str]:
    _check_triples(document)
    where = f"document {document.id}: "
    entities = {entity: f"T{number}" for number, entity in enumerate(document.entities or (), 1)}
    for entity, identity in entities.items():
        yield _mention(identity, entity.label, entity.span, entity.text, where)
    for number, relation in enumerate(document.relations or (), 1):
        label = _plain(relation.label, where)
        yield f"R{number}\t{label} Arg1:{entities[relation.subject]} Arg2:{entities[relation.object]}\n"
    events = document.events or ()
    targets = {event.triggers[0].span: f"E{number}" for number, event in enumerate(events, 1) if event.triggers}
    targets |= {entity.span: identity for entity, identity in entities.items()}
    for number, event in enumerate(events, 1):
        trigger = f"T{len(entities) + number}"
        if len(event.triggers) != 1:
            said = f"event {event.label!r} has {len(event.triggers)} triggers, in brat it has one: use jsonl"
            raise DataError(where + said)
        (named,) = event.triggers
        yield _mention(trigger, event.label, named.span, named.text, where)
        yield f"E{number}\t{' '.join([f'{event.label}:{trigger}', *_arguments(event, targets, where)])}\n"


def _arguments(event: Event, targets: dict[Span, str], where: str) -> Iterator[str]:
    """The arguments as `role:id`; the second and later ones of a role get a number, as brat gives it."""
    arguments = [argument for argument in event.ordered() if argument.role != TRIGGER]
    for argument in arguments:
        if argument.span not in targets:
            said = f"{argument.role} {argument.text!r} is neither an entity nor a trigger: use jsonl"
            raise DataError(f"{where}event {event.label!r}: {said}")
    roles = [_plain(argument.role, where) for argument in arguments]
    times = [roles[: index + 1].count(role) for index, role in enumerate(roles)]
    written = [role if time == 1 else f"{role}{time}" for role, time in zip(roles, times, strict=True)]
    if plain_roles(written) != roles:
        said = f"its roles {', '.join(roles)} could not be told from numbered ones: use jsonl"
        raise DataError(f"{where}event {event.label!r}: {said}")
    for role, argument in zip(written, arguments, strict=True):
        yield f"{role}:{targets[argument.span]}"


def _mention(identity: str, label: str, span: Span, text: str, where: str) -> str:
    # A line break within a mention is written as a blank, as brat itself does.
    return f"{identity}\t{_plain(label, where)} {span.start} {span.end}\t{_LINE_BREAK.sub(' ', text)}\n"


def _plain(label: str, where: str) -> str:
    if re.search(r"\s", label):
        raise DataError(f"{where}a brat label has no blanks, found {label!r}")
    return label


def _check_triples(document: Document) -> None:
    said = {(each.subject.text, each.label, each.object.text) for each in document.relations or ()}
    for triple in document.triples or ():
        if (triple.subject, triple.label, triple.object) not in said:
            raise DataError(
                f"document {document.id}: the triple ({triple.subject!r}, {triple.label!r}, {triple.object!r}) stands "
                "nowhere in the text, and brat has no place for it: use jsonl"
            )
