"""The R and E lines of a brat file: `R1<TAB>label Arg1:T1 Arg2:T2`, `E1<TAB>label:T3 Role:T1 Role2:T2`."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from globalpointer.data.readers.annotate import shorten
from globalpointer.data.readers.links import event, once
from globalpointer.data.readers.notes import Reporter
from globalpointer.errors import DataError
from globalpointer.text.spans import TRIGGER, Argument, Entity, Event, Relation

_RELATION = re.compile(r"R\d+\t(\S+) (\S+):(\S+) (\S+):(\S+)\s*")
_EVENT = re.compile(r"(E\d+)\t(\S+):(T\d+)((?: +\S+:[TE]\d+)*)\s*")
_NUMBER = re.compile(r"[2-9]|[1-9][0-9]+")
_UNREAD = re.compile(r"([AMN])\d+\t|(\*)\t")
_UNREAD_SAID = {"A": "attributes", "M": "attributes", "N": "normalizations", "*": "equivalences"}


@dataclass(frozen=True, slots=True)
class EventLine:
    """An E line: its id, the id of its trigger, and role and id of each argument, which may be an event."""

    number: int
    identity: str
    label: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]


def relations(
    annotation: str, mentions: Mapping[str, Entity], entities: Sequence[Entity], report: Reporter, path: str
) -> tuple[Relation, ...]:
    """The relations, each once. One with an end that is not among the entities is dropped."""
    known = set(entities)

    def made() -> Iterator[tuple[Relation, int]]:
        for number, line in _lines(annotation, "R"):
            found = _RELATION.fullmatch(line)
            if found is None:
                said = f"expected 'id<TAB>label Arg1:id Arg2:id', found {shorten(line)}"
                raise DataError(said, path=path, line=number)
            label, first, subject, second, object_ = found.groups()
            if (first, second) == ("Arg2", "Arg1"):
                subject, object_ = object_, subject
            absent = [each for each in (subject, object_) if mentions.get(each) not in known]
            if absent:
                said = f"relation {label}: {' and '.join(absent)} is no entity that was kept"
                report.dropped(said, number, path=path)
            else:
                yield Relation(label, mentions[subject], mentions[object_]), number

    return once(made(), report, path=path)


def event_lines(annotation: str, path: str) -> list[EventLine]:
    """The E lines; DataError for one that begins like it and is none."""
    found = []
    for number, line in _lines(annotation, "E"):
        match = _EVENT.fullmatch(line)
        if match is None:
            said = f"expected 'id<TAB>label:id role:id ...', found {shorten(line)}"
            raise DataError(said, path=path, line=number)
        given = [each.rpartition(":")[::2] for each in match[4].split()]
        roles = plain_roles([role for role, _ in given])
        arguments = tuple(zip(roles, (target for _, target in given), strict=True))
        found.append(EventLine(number, match[1], match[2], match[3], arguments))
    return found


def plain_roles(roles: Sequence[str]) -> list[str]:
    """The roles of one event without the numbers that brat gives to the second and later arguments of a role.

    `Theme2` is a `Theme` where the event has a `Theme` too; `Org1` and `Org2` are two roles.
    """

    def plain(role: str) -> str:
        bases = (base for base in roles if role.startswith(base) and _NUMBER.fullmatch(role, len(base)))
        return next(bases, role)

    return [plain(role) for role in roles]


def events(
    lines: Sequence[EventLine], mentions: Mapping[str, Entity], report: Reporter, path: str
) -> tuple[Event, ...]:
    """The events, each once. An argument that is an event is the trigger of that one, as its span.

    An argument whose mention was left out is dropped; where it is the trigger, so is the event.
    """
    triggers = {each.identity: each.trigger for each in lines}

    def made() -> Iterator[tuple[Event, int]]:
        for line in lines:
            if line.trigger not in mentions:
                said = f"event {line.label}: its trigger {line.trigger} is no mention that was kept"
                report.dropped(said, line.number, path=path)
                continue
            arguments = [_argument(TRIGGER, mentions[line.trigger])]
            for role, target in line.arguments:
                mention = mentions.get(triggers.get(target, target))
                if mention is None:
                    said = f"event {line.label}: its {role} {target} is no mention that was kept"
                    report.dropped(said, line.number, path=path)
                else:
                    arguments.append(_argument(role, mention))
            whole = event(line.label, arguments, report, line.number, path=path)
            if whole is not None:
                yield whole, line.number

    return once(made(), report, path=path)


def tell_unread(annotation: str, report: Reporter, path: str) -> None:
    """Note how many lines there are of the kinds that have no place in a document."""
    kinds = (_UNREAD.match(line) for line in annotation.split("\n"))
    counted = Counter(_UNREAD_SAID[kind[1] or kind[2]] for kind in kinds if kind)
    for name, count in sorted(counted.items()):
        report.ignored(f"{count} {name} are not read", None, path=path)


def _argument(role: str, mention: Entity) -> Argument:
    return Argument(role, mention.span, mention.text)


def _lines(annotation: str, kind: str) -> Iterator[tuple[int, str]]:
    begins = re.compile(rf"{kind}\d+\t")
    for number, line in enumerate(annotation.split("\n"), 1):
        if begins.match(line):
            yield number, line
