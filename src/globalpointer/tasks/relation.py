"""Relations by three grids: entities, links between their first tokens, and links between their last (GPLinker).

```
 works_at(Ann, Acme Corp)      entity          (PER, Ann, Ann)   (ORG, Acme, Corp)
                               relation.head   (works_at, Ann, Acme)
                               relation.tail   (works_at, Ann, Corp)
```
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

from globalpointer.errors import ConfigError
from globalpointer.grid import Cell, Grid, Pair, ScoredCells, join
from globalpointer.tasks.base import Encoding, Place, annotated, place
from globalpointer.tasks.thresholds import Limits, Thresholds, check_slopes, sigmoid
from globalpointer.text.schema import Schema, index_of
from globalpointer.text.spans import Annotation, Document, Entity, Relation, Span, reading_order
from globalpointer.text.tokens import TokenMap

ENTITY, HEAD, TAIL = "entity", "relation.head", "relation.tail"
ROLES = ("subject", "object")

Entities = Literal["typed", "roles"]
Joint = Literal["sum", "minimum"]


@dataclass(frozen=True)
class RelationTask:
    """Relations, and the entities they join, as cells of "entity", "relation.head" and "relation.tail".

    `entities`: "typed" finds the entities of the schema, linked or not; "roles" finds subjects and objects apart, as
    GPLinker does, and only the ends of relations come out, with the labels that their relation joined most often.
    `joint`: the logit of a relation is the "sum" of its four terms (subject, object, head, tail) or their "minimum".
    `constrained`: only relations whose ends have labels that stood at its ends in training; typed entities only.
    `slopes`: {"entity": a, "relation": b}; a score is sigmoid(slope * logit).

    `decode(encode(document))` gives back all but what is in `lost`, whenever no two entities start at one token, or
    none end at one: then a link names its two entities. Otherwise a relation too many may appear: among the entities
    A, B, AB and C, the relations (A, C) and (B, C) have between them the links of (AB, C). An entity with two labels on
    one span joins as the better one.

    Source: Su, kexue.fm/archives/8888.
    """

    asks: ClassVar[bool] = False
    ranks: ClassVar[int | None] = None

    schema: Schema
    max_width: int | None = None
    entities: Entities = "typed"
    joint: Joint = "minimum"
    constrained: bool = False
    slopes: Mapping[str, float] = field(default_factory=dict)
    overlap_policy: str = "allow"
    kinds: tuple[str, ...] = field(default=("entity", "relation"), init=False, repr=False, compare=False)
    grids: tuple[Grid, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, given, known in (
            ("entities", self.entities, get_args(Entities)),
            ("joint", self.joint, get_args(Joint)),
        ):
            if given not in known:
                raise ConfigError(f"{name} must be one of {', '.join(known)}, not {given!r}")
        if self.constrained and self.entities != "typed":
            raise ConfigError('constrained relations need entities = "typed": roles have no labels to look at')
        check_slopes(self.slopes, self.kinds)
        labels = self.schema.entities if self.entities == "typed" else ROLES
        predicates = tuple(self.schema.relations)
        links = (Grid(name, predicates, ordered=False, links=True) for name in (HEAD, TAIL))
        object.__setattr__(self, "grids", (Grid(ENTITY, labels, True, self.max_width), *links))

    def encode(self, document: Document, tokens: TokenMap) -> Encoding:
        """The cells of a document. DataError: entities or relations not annotated; SchemaError: an unknown label."""
        annotated("entities", document.entities, document)
        annotated("relations", document.relations, document)
        pairs = {each: place(each.span, self.grids[0], tokens) for each in document.entities or ()}
        parts: dict[Annotation, tuple[Place, ...]] = {}
        lost: dict[Annotation, str] = {}
        for relation in document.relations or ():
            subject, object_ = pairs[relation.subject], pairs[relation.object]
            if isinstance(subject, str) or isinstance(object_, str):
                lost[relation] = subject if isinstance(subject, str) else str(object_)
            else:
                parts[relation] = tuple(self._places(relation, subject, object_))
        self._encode_entities(document, pairs, parts, lost)
        return Encoding.of(self.grids, parts, lost)

    def decode(self, cells: ScoredCells, text: str, tokens: TokenMap) -> Document:
        """The entities and relations that found cells stand for, each with its score, in reading order."""
        subjects, objects = self._ends(cells.get(ENTITY, {}))
        heads, tails = cells.get(HEAD, {}), cells.get(TAIL, {})
        found = _Found(text, tokens)
        if self.entities == "typed":
            for cell, logit in cells.get(ENTITY, {}).items():
                found.entity(self.schema.entities[cell.type], (cell.row, cell.col), logit)
        predicates = tuple(self.schema.relations)
        for subject, kind, object_ in join(subjects, objects, heads, tails):
            ends = self._labels(predicates[kind], subjects[subject], objects[object_])
            if ends is not None:
                links = heads[Cell(kind, subject[0], object_[0])], tails[Cell(kind, subject[1], object_[1])]
                terms = subjects[subject][ends[0]], objects[object_][ends[1]], *links
                joint = sum(terms) if self.joint == "sum" else min(terms)
                one = found.entity(self._label(predicates[kind], 0, ends[0]), subject, terms[0])
                other = found.entity(self._label(predicates[kind], 1, ends[1]), object_, terms[1])
                found.relation(predicates[kind], one, other, joint)
        return found.document(self.slopes.get("entity", 1.0), self.slopes.get("relation", 1.0))

    def limits(self, thresholds: Thresholds) -> Limits:
        """The least logits; a term of a sum may be low where the others are high, but never below 0 unasked.

        An entity may be the end of a relation below the threshold of entities; `settle` keeps it only then.
        """
        entities = thresholds.logits("entity", self.grids[0].labels, self.slopes.get("entity", 1.0))
        links = thresholds.logits("relation", self.schema.relations, self.slopes.get("relation", 1.0))
        if self.joint == "sum":
            links = tuple(min(0.0, each) for each in links)
        return {ENTITY: tuple(min(each, *links) for each in entities), HEAD: links, TAIL: links}

    def _places(self, relation: Relation, subject: Pair, object_: Pair) -> Iterator[Place]:
        kind = index_of(relation.label, self.schema.relations, "relation")
        if self.entities == "roles":
            yield ENTITY, Cell(0, *subject)
            yield ENTITY, Cell(1, *object_)
        yield HEAD, Cell(kind, subject[0], object_[0])
        yield TAIL, Cell(kind, subject[1], object_[1])

    def _encode_entities(
        self,
        document: Document,
        pairs: Mapping[Entity, Pair | str],
        parts: dict[Annotation, tuple[Place, ...]],
        lost: dict[Annotation, str],
    ) -> None:
        """Typed entities have cells of their own; of roles only the linked ones can be expressed."""
        linked = {end for relation in document.relations or () for end in (relation.subject, relation.object)}
        for entity, pair in pairs.items():
            kind = self.schema.type_of(entity.label)
            if isinstance(pair, str):
                lost[entity] = pair
            elif self.entities == "typed":
                parts[entity] = ((ENTITY, Cell(kind, *pair)),)
            elif entity not in linked:
                lost[entity] = "unlinked"

    def _ends(self, cells: Mapping[Cell, float]) -> tuple["_Ends", "_Ends"]:
        """The found subjects and the found objects: by tokens, the logit of each type; the same where typed."""
        subjects: _Ends = {}
        objects: _Ends = subjects if self.entities == "typed" else {}
        for (kind, *pair), logit in cells.items():
            side = objects if self.entities == "roles" and kind == 1 else subjects
            side.setdefault((pair[0], pair[1]), {})[kind] = logit
        return subjects, objects

    def _labels(
        self, predicate: str, subject: Mapping[int, float], object_: Mapping[int, float]
    ) -> tuple[int, int] | None:
        """The types of both ends: of those that may stand there, the ones with the highest logits."""
        if not self.constrained:
            return max(subject, key=subject.__getitem__), max(object_, key=object_.__getitem__)
        types = (tuple(map(self.schema.entities.index, pair)) for pair in self.schema.relations[predicate])
        fitting = [(one, other) for one, other in types if one in subject and other in object_]
        return max(fitting, key=lambda ends: subject[ends[0]] + object_[ends[1]], default=None)

    def _label(self, predicate: str, end: int, kind: int) -> str:
        if self.entities == "typed":
            return self.schema.entities[kind]
        return self.schema.relations[predicate][0][end]


_Ends = dict[Pair, dict[int, float]]


class _Found:
    """Entities and relations as they are found, the best logit of each."""

    def __init__(self, text: str, tokens: TokenMap) -> None:
        self.text, self.tokens = text, tokens
        self.entities: dict[tuple[str, Span], float] = {}
        self.relations: dict[tuple[str, tuple[str, Span], tuple[str, Span]], float] = {}

    def entity(self, label: str, pair: Pair, logit: float) -> tuple[str, Span]:
        key = label, self.tokens.span(*pair)
        self.entities[key] = max(logit, self.entities.get(key, -math.inf))
        return key

    def relation(self, label: str, subject: tuple[str, Span], object_: tuple[str, Span], logit: float) -> None:
        key = label, subject, object_
        self.relations[key] = max(logit, self.relations.get(key, -math.inf))

    def document(self, entity_slope: float, relation_slope: float) -> Document:
        made = {
            (label, span): Entity(label, span, self.text[span.start : span.end], sigmoid(entity_slope * logit))
            for (label, span), logit in self.entities.items()
        }
        relations = [
            Relation(label, made[subject], made[object_], sigmoid(relation_slope * logit))
            for (label, subject, object_), logit in self.relations.items()
        ]
        relations.sort(key=lambda each: (reading_order(each.subject), reading_order(each.object), each.label))
        return Document(self.text, tuple(sorted(made.values(), key=reading_order)), relations=tuple(relations))
