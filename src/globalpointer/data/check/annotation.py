"""The annotation of one file: how much of what, how spans lie to each other, and what stands at their borders."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from globalpointer.data.check.report import Corpus, Facts, Tally
from globalpointer.data.readers.annotate import shorten
from globalpointer.text.spans import Entity

RARE = 50
"""Labels with fewer examples are hard to learn and their score is a matter of chance."""

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


def facts(corpus: Corpus) -> Facts:
    """The numbers of one file."""
    lengths = [len(document.text) for document in corpus.documents]
    annotated = [document for document in corpus.documents if document.entities is not None]
    entities = [entity for document in annotated for entity in document.entities or ()]
    layouts = [layout(document.entities) for document in annotated if document.entities]
    mean = _mean(lengths)
    return Facts(
        path=corpus.path,
        documents=len(lengths),
        annotated=len(annotated),
        empty=sum(not document.entities for document in annotated),
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
    )


def borders(corpus: Corpus, tally: Tally) -> None:
    """Blanks and punctuation at the borders of entities, and entities of nothing else."""
    for document in corpus.documents:
        for entity in document.entities or ():
            first, last = entity.text[0], entity.text[-1]
            if first.isalnum() and last.isalnum():
                continue
            said = f"{corpus.place(document)} {entity.label} {shorten(entity.text)}"
            if entity.text.isspace():
                tally.add("error", "blank-entity", "entities of nothing but blanks", said)
            elif first.isspace() or last.isspace():
                tally.add("warning", "blank-border", "entities that begin or end with a blank", said)
            elif first in STRAY_AT_START or last in STRAY_AT_END:
                tally.add("info", "punctuation-border", "entities that begin or end with punctuation", said)


def labels(files: Sequence[Facts], tally: Tally) -> None:
    """Labels that are rare in the first file, in some files only, or nearly the same word."""
    annotated = [each for each in files if each.annotated]
    if not annotated:
        tally.add("info", "no-annotation", "no document is annotated: only the texts were looked at")
        return
    for each in annotated:
        if not each.entities:
            tally.add("warning", "no-entity", "files without any entity", each.path)
    for label, count in annotated[0].labels.items():
        if count < RARE:
            message = f"labels with fewer than {RARE} examples in {annotated[0].path}"
            tally.add("warning", "rare-label", message, f"{label} ({count})")
    every = sorted({label for each in annotated for label in each.labels})
    for label in every if len(annotated) > 1 else ():
        absent = [each.path for each in annotated if label not in each.labels]
        if absent:
            message = f"labels that are not in {', '.join(absent)}"
            tally.add("warning", "label-not-everywhere", message, label)
    _alike(every, tally)


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


def _alike(every: Sequence[str], tally: Tally) -> None:
    of_plain: dict[str, list[str]] = defaultdict(list)
    for label in every:
        of_plain["".join(filter(str.isalnum, unicodedata.normalize("NFKC", label).casefold()))].append(label)
    for same in of_plain.values():
        if len(same) > 1:
            tally.add("warning", "labels-alike", "labels that differ in letter case or signs only", " / ".join(same))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
