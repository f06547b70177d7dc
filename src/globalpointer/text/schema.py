"""Which labels may be found, in the order in which the model puts them out."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from globalpointer.errors import SchemaError
from globalpointer.text.spans import TRIGGER, Document

Ends = tuple[tuple[str, str], ...]
"""The (subject label, object label) pairs that a relation joins, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The labels of a task. The order is that of the model's types and never changes once a model is trained.

    `relations`: each relation label with the entity labels that stood at its ends. `events`: each event label with its
    roles, the trigger first where there is one.
    """

    entities: tuple[str, ...] = ()
    relations: Mapping[str, Ends] = field(default_factory=dict)
    events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, documents: Iterable[Document]) -> "Schema":
        """The schema that the annotation of `documents` uses, labels sorted."""
        entities: set[str] = set()
        ends: dict[str, Counter[tuple[str, str]]] = {}
        roles: dict[str, set[str]] = {}
        for document in documents:
            entities.update(entity.label for entity in document.entities or ())
            for relation in document.relations or ():
                ends.setdefault(relation.label, Counter())[relation.subject.label, relation.object.label] += 1
            for event in document.events or ():
                roles.setdefault(event.label, set()).update(each.role for each in event.arguments)
        return cls(
            tuple(sorted(entities)),
            {label: _by_frequency(ends[label]) for label in sorted(ends)},
            {label: tuple(sorted(roles[label], key=lambda role: (role != TRIGGER, role))) for label in sorted(roles)},
        )

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Schema":
        """The inverse of `to_dict`."""
        relations = {
            label: tuple((subject, object_) for subject, object_ in ends)
            for label, ends in plain.get("relations", {}).items()
        }
        events = {label: tuple(roles) for label, roles in plain.get("events", {}).items()}
        return cls(tuple(plain.get("entities", ())), relations, events)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; relations and events are left out where there are none."""
        plain: dict[str, Any] = {"entities": list(self.entities)}
        if self.relations:
            plain["relations"] = {label: [list(pair) for pair in ends] for label, ends in self.relations.items()}
        if self.events:
            plain["events"] = {label: list(roles) for label, roles in self.events.items()}
        return plain

    def unknown(self, documents: Iterable[Document]) -> Counter[str]:
        """The labels of annotation that this schema lacks, with how often they stand; only of kinds that it has.

        Of an event whose label is known also its roles, as `role_name` has them, each once an event.
        """
        missing: Counter[str] = Counter()
        for document in documents:
            for annotations, known in (
                (document.entities, self.entities),
                (document.relations, self.relations),
                (document.events, self.events),
            ):
                missing.update(each.label for each in annotations or () if known and each.label not in known)
            for event in document.events or ():
                roles = self.events.get(event.label, ())
                names = {each.role for each in event.arguments if roles} - set(roles)
                missing.update(role_name(event.label, name) for name in names)
        return missing

    def type_of(self, label: str) -> int:
        """The index of an entity label; SchemaError names the nearest known one."""
        return index_of(label, self.entities, "label")


def role_name(event: str, role: str) -> str:
    r"""An event label and a role of it as one name, "hire/who".

    A slash within either is escaped, and so is what escapes it: the role c of a/b is "a\/b/c", the role b/c of a
    "a/b\/c", and no two pairs have one name.
    """
    return "/".join(name.replace("\\", r"\\").replace("/", r"\/") for name in (event, role))


def told(missing: Counter[str], where: str) -> str:
    """A line about labels that a schema lacks; empty where it lacks none."""
    if not missing:
        return ""
    named = ", ".join(f"{label!r} ({count})" for label, count in missing.most_common(5))
    more = f" and {len(missing) - 5} more" * (len(missing) > 5)
    return f"{missing.total()} annotations of {where} have labels that the model does not know: {named}{more}"


def index_of(label: str, known: Iterable[str], what: str) -> int:
    """The index of a label among the known ones of its kind; SchemaError names the nearest."""
    listed = tuple(known)
    try:
        return listed.index(label)
    except ValueError:
        near = difflib.get_close_matches(label, listed, n=1)
        hint = f" (nearest: {near[0]!r})" if near else f" (known: {', '.join(listed) or 'none'})"
        raise SchemaError(f"{what} {label!r} is not in the schema{hint}") from None


def _by_frequency(counted: Counter[tuple[str, str]]) -> Ends:
    return tuple(sorted(counted, key=lambda pair: (-counted[pair], pair)))
