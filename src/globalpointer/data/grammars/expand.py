"""How a grammar becomes documents; the notation is described in this package's docstring."""

import random
import re
from collections.abc import Mapping

from globalpointer.text.spans import Argument, Document, Entity, Event, Relation, Span, reading_order

Rules = Mapping[str, tuple[str, ...]]

KEPT_BACK = 6
"""One in so many words of a kind is kept for dev and test; kinds with fewer words are used whole."""

FACT = " | "
"""What stands before each relation and each event of a pattern."""

_PIECE = re.compile(
    r"\{(?:(?P<as>\w+)=)?(?P<rule>\w+)\}"
    r"|\[(?:(?P<name>\w+)=)?(?P<labels>[A-Z+]+):|(?P<close>\])"
    r"|<(?P<trigger>[^<>]+)>|(?P<text>[^\[\]{}<>]+)"
)


def expand(rules: Rules, chance: random.Random, *, whole: bool) -> Document:
    """One document by chance. `whole`: also with the words that are kept from training."""
    draft = _Draft(rules, chance, whole=whole)
    draft.write("document")
    entities = (entity for each in draft.entities.values() for entity in each)
    return Document(
        draft.text,
        tuple(sorted(entities, key=reading_order)),
        relations=tuple(draft.relations),
        events=tuple(draft.events),
    )


class _Draft:
    """A text that grows, and what it says so far."""

    def __init__(self, rules: Rules, chance: random.Random, *, whole: bool) -> None:
        self.rules, self.chance, self.whole = rules, chance, whole
        self.text = ""
        self.entities: dict[Span, list[Entity]] = {}
        self.relations: list[Relation] = []
        self.events: list[Event] = []

    def write(self, rule: str) -> Span | None:
        """Write one of the rule's ways. Returns the longest span in it that has a name."""
        pattern, *facts = self._way(rule).split(FACT)
        names: dict[str, Span] = {}
        opened: list[tuple[re.Match[str], int]] = []
        for piece in _PIECE.finditer(pattern):
            if piece["labels"]:
                opened.append((piece, len(self.text)))
            elif piece["close"]:
                mark, start = opened.pop()
                labels = mark["labels"].split("+")
                names[mark["name"] or labels[0].lower()] = self._mark(labels, start)
            elif not piece["rule"]:
                self.text += piece["trigger"] or piece["text"]
                if piece["trigger"]:
                    names[piece["trigger"]] = Span(len(self.text) - len(piece["trigger"]), len(self.text))
            elif span := self.write(piece["rule"]):
                names[piece["as"] or piece["rule"]] = span
        for fact in facts:
            self._say(fact, names)
        return max(names.values(), key=len, default=None)

    def _way(self, rule: str) -> str:
        """One way of a rule, by chance. Words, whose rules are in capitals, are what may be kept back."""
        ways = self.rules[rule]
        kept_back = len(ways) // KEPT_BACK if rule.isupper() and not self.whole else 0
        return ways[int(self.chance.random() * (len(ways) - kept_back))]

    def _mark(self, labels: list[str], start: int) -> Span:
        """Make what was written since `start` an entity of each label."""
        span = Span(start, len(self.text))
        self.entities[span] = [Entity(label, span, self.text[start:]) for label in labels]
        return span

    def _say(self, fact: str, names: Mapping[str, Span]) -> None:
        """Add one relation, `subject label object`, or one event, `label: role=name ...`."""
        first, *words = fact.split()
        if first.endswith(":"):
            roles = (word.split("=") for word in words)
            arguments = frozenset(self._argument(role, names[name]) for role, name in roles)
            self.events.append(Event(first.removesuffix(":"), arguments))
        else:
            label, last = words
            subject, object_ = (self.entities[names[name]][0] for name in (first, last))
            self.relations.append(Relation(label, subject, object_))

    def _argument(self, role: str, span: Span) -> Argument:
        return Argument(role, span, self.text[span.start : span.end])
