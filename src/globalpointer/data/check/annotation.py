"""The annotation of one file: how much of what, how spans lie to each other, and what stands at their borders."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from globalpointer.data.check.answers import answer_facts
from globalpointer.data.check.events import event_facts
from globalpointer.data.check.facts import Facts
from globalpointer.data.check.relations import relation_facts
from globalpointer.data.check.report import Corpus, Tally, mentions
from globalpointer.data.readers.annotate import kinds, shorten
from globalpointer.text.spans import Entity

STRAY_AT_START = frozenset(",;:!?，；：！？。、》」』”’)）】〉]")
STRAY_AT_END = frozenset(",;:!?，；：！？。、《「『“‘(（【〈[")
"""Punctuation that belongs to the sentence; brackets around a whole mention, `U.S.` and `10%` are well."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the entities of one document lie to each other."""

    nested: int
    crossing: int
    several: int
    depth: int


def layout(entities: Sequence[Entity]) -> Layout:
    """Nested entities, pairs of crossing spans, spans with several labels, and the deepest nesting."""
    by_span = Counter((entity.start, -entity.end) for entity in entities)
    opened: list[tuple[int, int]] = []  # spans that reach beyond the place we are at: end, depth
    nested = crossing = deepest = 0
    for (start, minus_end), labels in sorted(by_span.items()):
        end = -minus_end
        opened = [each for each in opened if each[0] > start]
        around = [depth for other_end, depth in opened if other_end >= end]
        nested += labels if around else 0
        crossing += len(opened) - len(around)
        opened.append((end, 1 + max(around, default=0)))
        deepest = max(deepest, opened[-1][1])
    return Layout(nested, crossing, sum(count > 1 for count in by_span.values()), deepest)


def facts(corpus: Corpus, tally: Tally) -> Facts:
    """The numbers of one file; what is odd about its relations, events and answers is told as findings."""
    lengths = [len(document.text) for document in corpus.documents]
    annotated = [document for document in corpus.documents if any(kind is not None for kind in kinds(document))]
    entities = [entity for document in annotated for entity in document.entities or ()]
    layouts = [layout(document.entities) for document in annotated if document.entities]
    mean = _mean(lengths)
    return Facts(
        path=corpus.path,
        documents=len(lengths),
        annotated=len(annotated),
        empty=sum(not any(kinds(document)) for document in annotated),
        entities=len(entities),
        labels=dict(sorted(Counter(entity.label for entity in entities).items())),
        length_mean=mean,
        length_std=sqrt(_mean([(length - mean) ** 2 for length in lengths])),
        length_max=max(lengths, default=0),
        entity_length_mean=_mean([len(entity.span) for entity in entities]),
        entity_length_max=max((len(entity.span) for entity in entities), default=0),
        nested=sum(each.nested for each in layouts),
        crossing=sum(each.crossing for each in layouts),
        several_labels=sum(each.several for each in layouts),
        depth=max((each.depth for each in layouts), default=0),
        relations=relation_facts(corpus, tally),
        events=event_facts(corpus, tally),
        answers=answer_facts(corpus, tally),
    )


def borders(corpus: Corpus, tally: Tally) -> None:
    """Blanks and punctuation at the borders of mentions, and mentions of nothing else."""
    for document in corpus.documents:
        for mention in mentions(document):
            text, many = mention.text, mention.many
            first, last = text[0], text[-1]
            if first.isalnum() and last.isalnum():
                continue
            said = f"{corpus.place(document)} {mention.label} {shorten(text)}"
            if text.isspace():
                tally.add("error", f"blank-{mention.kind}", f"{many} of nothing but blanks", said)
            elif first.isspace() or last.isspace():
                tally.add("warning", "blank-border", f"{many} that begin or end with a blank", said)
            elif first in STRAY_AT_START or last in STRAY_AT_END:
                tally.add("info", "punctuation-border", f"{many} that begin or end with punctuation", said)


def surfaces(corpora: Iterable[Corpus], tally: Tally) -> None:
    """Mentions that carry different labels in different places: the context must tell them apart."""
    of_surface: dict[str, Counter[str]] = defaultdict(Counter)
    for corpus in corpora:
        for document in corpus.documents:
            for entity in document.entities or ():
                of_surface[entity.text][entity.label] += 1
    several = {text: counts for text, counts in of_surface.items() if len(counts) > 1}
    for text, counts in sorted(several.items(), key=lambda item: -sum(item[1].values())):
        said = ", ".join(f"{label} {count}" for label, count in counts.most_common())
        tally.add("info", "ambiguous-mention", "mentions that carry different labels", f"{shorten(text)}: {said}")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
