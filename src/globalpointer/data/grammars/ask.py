"""How what documents say becomes questions about a longer text; the notation is that of `QUESTIONS` in each grammar.

`"hire": ("person: Whom did {employer} hire?",)`: of a relation or an event `hire`, the question asks for those in the
role `person`, and names the first one in the role `employer`. The ends of a relation are its roles `subject` and
`object`.
"""

import itertools
import operator
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from globalpointer.text.spans import Answer, Document, Entity, Span

Patterns = Mapping[str, tuple[str, ...]]

KIN: Mapping[str, frozenset[str]] = {
    "works_for": frozenset({"join", "hire", "has_title", "founded"}),
    "has_title": frozenset({"join", "hire"}),
    "join": frozenset({"hire", "works_for"}),
    "hire": frozenset({"join", "works_for"}),
    "launch": frozenset({"makes"}),
    "makes": frozenset({"launch"}),
    "resign": frozenset({"move"}),
}
"""What else may be taken to say it: who was hired by a firm may be said to have joined it."""

IN_PASSING: frozenset[str] = frozenset({"move"})
"""What texts say also where no fact tells it: on the train to Oban."""

_ROLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Fact:
    """A relation or an event of a text: its label, and those in each role, in reading order."""

    label: str
    roles: Mapping[str, tuple[Entity, ...]]


@dataclass(frozen=True, slots=True)
class Context:
    """Several documents as one text, what they mention and what they say."""

    text: str
    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...]

    @classmethod
    def of(cls, documents: Sequence[Document], joiner: str) -> "Context":
        """The documents one after another."""
        text = ""
        entities: list[Entity] = []
        facts: list[Fact] = []
        for document in documents:
            text += joiner * bool(text)
            entities += (_moved(each, len(text)) for each in document.entities or ())
            facts += _facts(document, len(text))
            text += document.text
        return cls(text, tuple(entities), tuple(facts))

    def others(self, entity: Entity) -> list[Entity]:
        """Every entity of the text with this label, one for each wording."""
        return list({each.text: each for each in self.entities if each.label == entity.label}.values())


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: for those in one role of facts of this label in which the `given` play theirs."""

    asked: str
    label: str
    role: str
    given: Mapping[str, Entity]

    @property
    def text(self) -> str:
        """The question as it is put."""
        return self.asked.format(**{role: each.text for role, each in self.given.items()})

    def answers(self, context: Context) -> tuple[Answer, ...]:
        """Every answer that the context has, in reading order; () where it does not say."""
        found = self._found(context, operator.eq)
        return tuple(Answer(span, context.text[span.start : span.end]) for span in found)

    def is_clear(self, context: Context) -> bool:
        """Whether the context answers it, nobody would take another span for an answer, and it does not tell it.

        "Ann Berg" may be "Berg", who is asked about.
        """
        found = self._found(context, operator.eq)
        told = any(context.text[span.start : span.end] in self.text for span in found)
        return bool(found) and found == self._found(context, _alike) and not told

    def is_open(self, context: Context) -> bool:
        """Whether nobody would take anything that the context says for an answer."""
        near = {self.label, *KIN.get(self.label, ())}
        taken = any(self._concerns(fact) for fact in context.facts if fact.label in near)
        return self.label not in IN_PASSING and not taken

    def about_others(self, context: Context) -> "Iterator[Question]":
        """The same asked of whatever the context mentions that could be meant."""
        for given in itertools.product(*map(context.others, self.given.values())):
            yield replace(self, given=dict(zip(self.given, given, strict=True)))

    def _found(self, context: Context, same: Callable[[str, str], bool]) -> list[Span]:
        facts = (fact for fact in context.facts if fact.label == self.label and self._fits(fact, same))
        return sorted({each.span for fact in facts for each in fact.roles.get(self.role, ())})

    def _fits(self, fact: Fact, same: Callable[[str, str], bool]) -> bool:
        """Whether what is given plays its roles in this fact."""
        return all(
            any(same(given.text, each.text) for each in fact.roles.get(role, ())) for role, given in self.given.items()
        )

    def _concerns(self, fact: Fact) -> bool:
        """Whether what is given plays any roles in this fact."""
        named = [each.text for those in fact.roles.values() for each in those]
        return all(any(_alike(given.text, each) for each in named) for given in self.given.values())


def questions(context: Context, patterns: Patterns) -> Iterator[Question]:
    """Every question that a fact of the context answers, also those that are not clear."""
    for fact in context.facts:
        for pattern in patterns.get(fact.label, ()):
            role, asked = pattern.split(": ", 1)
            named = _ROLE.findall(asked)
            if {role, *named} <= fact.roles.keys():
                yield Question(asked, fact.label, role, {each: fact.roles[each][0] for each in named})


def pick(asked: Iterable[Question], number: int, chance: random.Random) -> list[Question]:
    """So many different questions by chance, or all there are."""
    different = list({each.text: each for each in asked}.values())
    chance.shuffle(different)
    return different[:number]


def _facts(document: Document, by: int) -> Iterator[Fact]:
    """What a document says, as it stands in a text where it begins `by` characters later."""
    for relation in document.relations or ():
        yield Fact(
            relation.label, {"subject": (_moved(relation.subject, by),), "object": (_moved(relation.object, by),)}
        )
    labels = {each.span: each.label for each in reversed(document.entities or ())}
    for event in document.events or ():
        roles: dict[str, tuple[Entity, ...]] = {}
        for each in event.ordered():
            entity = Entity(labels.get(each.span, each.role), each.span, each.text)
            roles[each.role] = (*roles.get(each.role, ()), _moved(entity, by))
        yield Fact(event.label, roles)


def _moved(entity: Entity, by: int) -> Entity:
    return replace(entity, span=Span(entity.start + by, entity.end + by))


def _alike(one: str, other: str) -> bool:
    return one in other or other in one
