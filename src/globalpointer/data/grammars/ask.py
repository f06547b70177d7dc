"""How what documents say becomes questions about a longer text; the notation is that of `QUESTIONS` in each grammar.

`"hire": ("person: Whom did {employer} hire?",)`: of a relation or an event `hire`, the question asks for those in the
role `person`, and names the first one in the role `employer`. The ends of a relation are its roles `subject` and
`object`.
"""

import operator
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from globalpointer.text.spans import Answer, Document, Span

Patterns = Mapping[str, tuple[str, ...]]

_ROLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Fact:
    """A relation or an event of a text: its label, and where those in each role stand, in reading order."""

    label: str
    roles: Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Context:
    """Several documents as one text, and what they say."""

    text: str
    facts: tuple[Fact, ...]

    @classmethod
    def of(cls, documents: Sequence[Document], joiner: str) -> "Context":
        """The documents one after another."""
        text = ""
        facts: list[Fact] = []
        for document in documents:
            text += joiner * bool(text)
            facts += _facts(document, len(text))
            text += document.text
        return cls(text, tuple(facts))

    def said(self, fact: Fact, role: str) -> str:
        """The first in this role, as the text has it."""
        span = fact.roles[role][0]
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: for those in one role of facts of this label in which the `given` strings play theirs."""

    text: str
    label: str
    role: str
    given: Mapping[str, str]

    def answers(self, context: Context) -> tuple[Answer, ...]:
        """Every answer that the context has, in reading order; () where it does not say."""
        return tuple(Answer(span, context.text[span.start : span.end]) for span in self._spans(context, operator.eq))

    def is_clear(self, context: Context) -> bool:
        """Whether the question does not tell its answer, and nobody would take another span for one.

        "Ann Berg" may be "Berg", who is asked about.
        """
        taken = self._spans(context, lambda one, other: one in other or other in one)
        told = any(answer.text in self.text for answer in self.answers(context))
        return taken == self._spans(context, operator.eq) and not told

    def _spans(self, context: Context, same: Callable[[str, str], bool]) -> list[Span]:
        facts = (fact for fact in context.facts if fact.label == self.label and self._fits(fact, context, same))
        return sorted({span for fact in facts for span in fact.roles.get(self.role, ())})

    def _fits(self, fact: Fact, context: Context, same: Callable[[str, str], bool]) -> bool:
        """Whether what is given plays its roles in this fact."""
        named = {role: [context.text[span.start : span.end] for span in spans] for role, spans in fact.roles.items()}
        return all(any(same(text, each) for each in named.get(role, ())) for role, text in self.given.items())


def questions(context: Context, patterns: Patterns) -> Iterator[Question]:
    """Every question that a fact of the context answers, also those that are not clear."""
    for fact in context.facts:
        for pattern in patterns.get(fact.label, ()):
            role, asked = pattern.split(": ", 1)
            named = _ROLE.findall(asked)
            if {role, *named} <= fact.roles.keys():
                given = {each: context.said(fact, each) for each in named}
                yield Question(asked.format(**given), fact.label, role, given)


def pick(asked: Iterable[Question], number: int, chance: random.Random) -> list[Question]:
    """So many different questions by chance, or all there are."""
    different = list({each.text: each for each in asked}.values())
    chance.shuffle(different)
    return different[:number]


def _facts(document: Document, moved: int) -> Iterator[Fact]:
    """What a document says, its spans as they stand in a text where it begins `moved` characters later."""
    for relation in document.relations or ():
        ends = {"subject": relation.subject.span, "object": relation.object.span}
        yield Fact(relation.label, {role: (_moved(span, moved),) for role, span in ends.items()})
    for event in document.events or ():
        roles: dict[str, tuple[Span, ...]] = {}
        for each in event.ordered():
            roles[each.role] = (*roles.get(each.role, ()), _moved(each.span, moved))
        yield Fact(event.label, roles)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
