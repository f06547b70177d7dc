"""The compared systems as loops over Python numbers, and a batch of invented gold to try them on."""

import itertools
import math
import random

import pytest
import torch
from torch import nn

import oracles
from globalpointer.grid import Grid, join
from globalpointer.nn import Batch

PREDICATES = ("in", "of", "by")
ENTITY, HEAD, TAIL = "entity", "relation.head", "relation.tail"


def grids(labels=("subject", "object"), max_width=None):
    """The three grids of relations."""
    entity = Grid(ENTITY, labels, max_width=max_width)
    return (entity, *(Grid(name, PREDICATES, ordered=False, links=True) for name in (HEAD, TAIL)))


class Lookup(nn.Module):
    """The simplest encoder: a vector for each token id."""

    hidden = 24

    def __init__(self, words=64):
        super().__init__()
        self.table = nn.Embedding(words, self.hidden)

    def forward(self, tokens, attention):
        return self.table(tokens)


def sentence(seed, tokens):
    """Triples (subject, predicate, object): short spans that do not overlap, each predicate once, no object a subject.

    More than that CasRel cannot learn, whatever its encoder.
    """
    rng = random.Random(seed)
    starts = range(1, tokens - 2, 2)
    spans = [(start, start + rng.randrange(2)) for start in starts if rng.random() < 0.8]
    rng.shuffle(spans)
    pairs = list(itertools.product(spans[::2], spans[1::2]))
    return [(subject, p, other) for p, (subject, other) in enumerate(rng.sample(pairs, min(3, len(pairs))))]


def cells_of(triples, labels=("subject", "object")):
    """The gold cells of one example, by grid."""
    last = len(labels) - 1
    return {
        ENTITY: {(0, *s) for s, _, _ in triples} | {(last, *o) for _, _, o in triples},
        HEAD: {(p, s[0], o[0]) for s, p, o in triples},
        TAIL: {(p, s[1], o[1]) for s, p, o in triples},
    }


def batch(lengths=(11, 4, 8, 14), labels=("subject", "object")):
    """Sentences of these lengths, padded, every token its own word; their gold cells, and those as sets."""
    longest = max(lengths)
    attention = torch.arange(longest) < torch.tensor(lengths)[:, None]
    # [CLS] and [SEP], as it were
    legal = attention & (torch.arange(longest) > 0) & (torch.arange(longest) < torch.tensor(lengths)[:, None] - 1)
    legal |= attention & (torch.tensor(lengths)[:, None] < 3)
    tokens = torch.arange(attention.numel()).view(attention.shape) % 64 * attention
    sets = [cells_of(sentence(example, length - 1), labels) for example, length in enumerate(lengths)]
    rows = {
        name: torch.tensor(
            [(example, *cell) for example, cells in enumerate(sets) for cell in sorted(cells[name])], dtype=torch.long
        ).reshape(-1, 4)
        for name in (ENTITY, HEAD, TAIL)
    }
    return Batch(tokens, attention, legal, rows), sets


def plain(linear):
    """Weight and bias as lists."""
    return linear.weight.tolist(), linear.bias.tolist()


def additive(hidden, combine, score):
    """Scores [outputs][tokens][tokens] of one example: w · tanh(W [h_i; h_j] + b) + c."""
    tokens = range(len(hidden))
    weight, bias = combine
    pair = [[oracles.linear([hidden[i] + hidden[j]], weight, bias)[0] for j in tokens] for i in tokens]
    scores = [[oracles.linear([list(map(math.tanh, pair[i][j]))], *score)[0] for j in tokens] for i in tokens]
    return [[[scores[i][j][each] for j in tokens] for i in tokens] for each in range(len(score[1]))]


def tplinker_classes(model, grid, hidden):
    """{(label, i, j): scores of the classes} of one example for the pairs i <= j."""
    scores = additive(hidden, plain(model.handshaking.combine), plain(model.classify[grid.name.replace(".", "-")]))
    labels, tokens = len(grid.labels), range(len(hidden))
    return {
        (label, i, j): [scores[each][i][j] for each in range(label, len(scores), labels)]
        for label in range(labels)
        for i in tokens
        for j in tokens
        if i <= j
    }


def tplinker_target(grid, gold, label, i, j):
    """The gold class of a pair."""
    if (label, i, j) in gold:
        return 1
    return 2 if not grid.ordered and (label, j, i) in gold else 0


def casrel_ends(model, hidden, subject=None):
    """[start or end][predicate][token] of logits of one example: subjects, or the objects of a subject."""
    if subject is not None and model.norm is not None:
        (changes,) = oracles.linear([hidden[subject[0]] + hidden[subject[1]]], *plain(model.norm))
        hidden = [layer_norm(vector, changes[: len(vector)], changes[len(vector) :]) for vector in hidden]
    elif subject is not None:
        middle = [(a + b) / 2 for a, b in zip(hidden[subject[0]], hidden[subject[1]], strict=True)]
        hidden = [[a + b for a, b in zip(vector, middle, strict=True)] for vector in hidden]
    logits = oracles.linear(hidden, *plain(model.subject if subject is None else model.object))
    half = len(logits[0]) // 2
    return [[[vector[end * half + p] for vector in logits] for p in range(half)] for end in range(2)]


def layer_norm(vector, gain, shift):
    """(x - mean) / deviation · (1 + gain) + shift."""
    mean = math.fsum(vector) / len(vector)
    deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in vector) / len(vector) + 1e-5)
    return [(x - mean) / deviation * (1 + g) + b for x, g, b in zip(vector, gain, shift, strict=True)]


def nearest_ends(starts, ends, legal, start_over, end_over):
    """[(first, last)]: each start with the nearest end at or behind it."""
    found = []
    for first, logit in enumerate(starts):
        behind = [last for last in range(first, len(ends)) if legal[last] and ends[last] > end_over]
        if legal[first] and logit > start_over and behind:
            found.append((first, behind[0]))
    return found


def casrel_cells(model, hidden, legal, threshold):
    """{grid: {cell: logit}} of one example, by loops over subjects and predicates."""
    found = {ENTITY: {}, HEAD: {}, TAIL: {}}

    def add(name, cell, logit):
        found[name][cell] = max(logit, found[name].get(cell, -math.inf))

    (starts,), (ends,) = casrel_ends(model, hidden)
    for subject in nearest_ends(starts, ends, legal, threshold[ENTITY], threshold[ENTITY]):
        add(ENTITY, (0, *subject), min(starts[subject[0]], ends[subject[1]]))
        for p, (own_starts, own_ends) in enumerate(zip(*casrel_ends(model, hidden, subject), strict=True)):
            for first, last in nearest_ends(own_starts, own_ends, legal, threshold[HEAD], threshold[TAIL]):
                if (logit := min(own_starts[first], own_ends[last])) > threshold[ENTITY]:
                    add(ENTITY, (model.object_type, first, last), logit)
                add(HEAD, (p, subject[0], first), own_starts[first])
                add(TAIL, (p, subject[1], last), own_ends[last])
    return found


def casrel_loss(model, hidden, legal, gold, chosen):
    """The loss of a batch (lists of examples), where `chosen` holds the subject of each example, or None."""
    total = 0.0
    tokens = sum(map(sum, legal))
    looked = sum(sum(each) for each, subject in zip(legal, chosen, strict=True) if subject is not None)
    for vectors, mask, cells, subject in zip(hidden, legal, gold, chosen, strict=True):
        subjects = [cell[1:] for cell in cells[ENTITY] if cell[0] == 0]
        objects = [cell[1:] for cell in cells[ENTITY] if cell[0] == model.object_type]
        triples = set(join(subjects, objects, cells[HEAD], cells[TAIL]))
        own = [{s[end] for s, _, _ in triples} for end in range(2)]
        total += _surprise(casrel_ends(model, vectors), [[each] for each in own], mask) / tokens
        if subject is not None:
            marks = [
                [{o[end] for s, p, o in triples if s == subject and p == each} for each in range(len(PREDICATES))]
                for end in range(2)
            ]
            total += _surprise(casrel_ends(model, vectors, subject), marks, mask) / looked
    return total


def _surprise(logits, marks, legal):
    terms = [
        -math.log(oracles.sigmoid(logit if token in gold else -logit))
        for planes, golds in zip(logits, marks, strict=True)
        for plane, gold in zip(planes, golds, strict=True)
        for token, logit in enumerate(plane)
        if legal[token]
    ]
    return math.fsum(terms)


def check_padding(made):
    """Each example has in a batch the cells that it has alone."""
    several, _ = batch()
    together = made.find(several)
    assert any(cells for example in together for cells in example.values())
    for example, length in enumerate(several.attention.sum(1).tolist()):
        cut = [each[example : example + 1, :length] for each in (several.tokens, several.attention, several.legal)]
        alone = made.find(Batch(*cut, {}))[0]
        for name, cells in together[example].items():
            assert dict(alone[name]) == pytest.approx(dict(cells))


def check_finite(made, lengths):
    """Loss, gradients and cells of texts so short, some without relations."""
    several, _ = batch(lengths)
    loss = made.loss(several)
    loss.backward()
    assert loss.isfinite()
    assert all(parameter.grad.isfinite().all() for parameter in made.parameters())
    assert len(made.find(several)) == len(lengths)
