"""What a data check found: facts about each file, and findings with a level."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from globalpointer.data.check.facts import Facts
from globalpointer.data.readers.source import file_name
from globalpointer.text.schema import role_name
from globalpointer.text.spans import Document, Span

Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")
EXAMPLES = 5
"""How many places a finding names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of thing that a person should know: how often, and its first few places."""

    level: Level
    code: str
    message: str
    count: int = 1
    examples: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "level": self.level,
            "code": self.code,
            "message": self.message,
            "count": self.count,
            "examples": list(self.examples),
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Facts by file, and findings, the grave ones first. Errors mean that annotation is lost or a file unreadable."""

    files: tuple[Facts, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What loses annotation or cannot be read."""
        return self._of("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What probably spoils a training or its score."""
        return self._of("warning")

    @property
    def infos(self) -> tuple[Finding, ...]:
        """What is good to know."""
        return self._of("info")

    @property
    def exit_code(self) -> int:
        """1 where there are errors, else 0."""
        return 1 if self.errors else 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "files": [facts.to_dict() for facts in self.files],
            "errors": [finding.to_dict() for finding in self.errors],
            "warnings": [finding.to_dict() for finding in self.warnings],
            "infos": [finding.to_dict() for finding in self.infos],
        }

    def _of(self, level: Level) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == level)


@dataclass(slots=True)
class Tally:
    """Counts findings of many kinds while keeping only their first few places."""

    counts: Counter[tuple[Level, str, str]] = field(default_factory=Counter)
    examples: dict[tuple[Level, str, str], list[str]] = field(default_factory=dict)

    def add(self, level: Level, code: str, message: str, example: str | None = None, count: int = 1) -> None:
        """One more of this kind, at this place."""
        key = (level, code, message)
        self.counts[key] += count
        kept = self.examples.setdefault(key, [])
        if example is not None and len(kept) < EXAMPLES:
            kept.append(example)

    def findings(self) -> list[Finding]:
        """All kinds, the grave ones first, in the order in which they came."""
        found = [Finding(*key, count, tuple(self.examples[key])) for key, count in self.counts.items()]
        return sorted(found, key=lambda finding: LEVELS.index(finding.level))


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity, an argument with the label "event/role", or an answer."""

    kind: Literal["entity", "argument", "answer"]
    label: str
    span: Span
    text: str

    @property
    def many(self) -> str:
        """The kind in the plural."""
        return "entities" if self.kind == "entity" else f"{self.kind}s"


def mentions(document: Document) -> Iterator[Mention]:
    """Everything that has a place in the text: what is checked of an entity holds for arguments and answers too."""
    for entity in document.entities or ():
        yield Mention("entity", entity.label, entity.span, entity.text)
    for event in document.events or ():
        for argument in event.ordered():
            yield Mention("argument", role_name(event.label, argument.role), argument.span, argument.text)
    for answer in document.answers or ():
        yield Mention("answer", "answer", answer.span, answer.text)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of one file, and how it is called."""

    path: str
    documents: list[Document]

    @property
    def asked(self) -> bool:
        """Whether these are questions, of which several may be asked about one text."""
        return any(document.question is not None for document in self.documents)

    @property
    def texts(self) -> list[Document]:
        """The documents; of questions the first about each text."""
        if not self.asked:
            return self.documents
        firsts: dict[str, Document] = {}
        for document in self.documents:
            firsts.setdefault(document.text, document)
        return list(firsts.values())

    def place(self, document: Document) -> str:
        """Where a document stands: file and line where the format has no ids."""
        name, _, line = (document.id or "").rpartition(":")
        return f"{self.path}:{line}" if name == file_name(self.path) else f"{self.path} ({document.id})"
