"""The relations of one file: how much of what, between which entities, how far apart, and what no grid tells apart."""

from collections import Counter
from collections.abc import Iterator

from globalpointer.data.check.facts import RelationFacts
from globalpointer.data.check.report import Corpus, Tally
from globalpointer.data.readers.links import describe
from globalpointer.tasks.relation import RelationTask
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document, Relation, Span
from globalpointer.text.tokens import TokenMap


def relation_facts(corpus: Corpus, tally: Tally) -> RelationFacts | None:
    """The numbers of one file, None where no relation is annotated; what is odd is told as findings."""
    documents = [each for each in corpus.documents if each.relations is not None or each.triples is not None]
    if not documents:
        return None
    relations = [relation for document in documents for relation in document.relations or ()]
    labels = Counter(relation.label for relation in relations)
    ends: dict[str, Counter[str]] = {label: Counter() for label in sorted(labels)}
    for each in relations:
        ends[each.label][f"{each.subject.label} → {each.object.label}"] += 1
    distances = [distance(relation) for relation in relations]
    itself, overlapping, confused = (sum(1 for _ in find(corpus, tally)) for find in (_selves, _overlaps, _confused))
    return RelationFacts(
        documents=len(documents),
        relations=len(relations),
        triples=sum(len(document.triples or ()) for document in documents),
        labels=dict(sorted(labels.items())),
        ends={label: dict(counts.most_common()) for label, counts in ends.items()},
        distance_mean=sum(distances) / len(distances) if distances else 0.0,
        distance_max=max(distances, default=0),
        self_relations=itself,
        overlapping=overlapping,
        same_pair=sum(_same_pairs(document) for document in documents),
        confused=confused,
    )


def distance(relation: Relation) -> int:
    """The characters between the ends of a relation, 0 where they touch or overlap."""
    subject, object_ = relation.subject.span, relation.object.span
    return max(0, object_.start - subject.end, subject.start - object_.end)


def characters(text: str) -> TokenMap:
    """A token map with a token for each character: no border is within one."""
    return TokenMap(tuple(Span(start, start + 1) for start in range(len(text))))


def _same_pairs(document: Document) -> int:
    pairs = Counter((relation.subject.span, relation.object.span) for relation in document.relations or ())
    return sum(count > 1 for count in pairs.values())


def _selves(corpus: Corpus, tally: Tally) -> Iterator[Relation]:
    for document in corpus.documents:
        for relation in document.relations or ():
            if relation.subject.span == relation.object.span:
                said = f"{corpus.place(document)} {describe(relation)}"
                tally.add("info", "self-relation", f"relations of a mention with itself in {corpus.path}", said)
                yield relation


def _overlaps(corpus: Corpus, tally: Tally) -> Iterator[Relation]:
    for document in corpus.documents:
        for relation in document.relations or ():
            subject, object_ = relation.subject.span, relation.object.span
            if subject != object_ and subject.overlaps(object_):
                said = f"{corpus.place(document)} {describe(relation)}"
                tally.add("info", "relation-overlap", f"relations whose ends overlap in {corpus.path}", said)
                yield relation


def _confused(corpus: Corpus, tally: Tally) -> Iterator[tuple[str, Span, Span]]:
    """The relations that are not there, and that head and tail links say nevertheless."""
    for document in corpus.documents:
        given = {(each.label, each.subject.span, each.object.span) for each in document.relations or ()}
        if not given:
            continue
        task, tokens = RelationTask(Schema.of([document])), characters(document.text)
        cells = task.encode(Document(document.text, document.entities, relations=document.relations), tokens).cells
        found = task.decode({name: dict.fromkeys(each, 1.0) for name, each in cells.items()}, document.text, tokens)
        for relation in found.relations or ():
            place = relation.label, relation.subject.span, relation.object.span
            if place not in given:
                said = f"{corpus.place(document)} {describe(relation)}"
                message = f"relations too many that the links of GPLinker cannot tell from those of {corpus.path}"
                tally.add("warning", "relations-confused", message, said)
                yield place
