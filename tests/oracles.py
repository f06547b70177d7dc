"""Slow truths, written without the library: losses by math.fsum, heads by loops, and the usual formulations.

Benchmarks compare with the usual formulations below, so that a test and a benchmark mean the same thing.
"""

import itertools
import math

import torch


def legal(mask, row, col, ordered=True, max_width=None):
    """Whether (row, col) is a cell, for one example's mask (a list of bools)."""
    if not (mask[row] and mask[col]) or (ordered and row > col):
        return False
    return max_width is None or col - row < max_width


def score(factors, example, kind, row, col):
    """One score of (query, key, row_bias, col_bias), in Python floats."""
    query, key, row_bias, col_bias = factors
    plane = kind if query.shape[1] > 1 else 0
    terms = [a * b for a, b in zip(query[example, plane, row].tolist(), key[example, plane, col].tolist(), strict=True)]
    terms += [bias[example, kind, at].item() for bias, at in ((row_bias, row), (col_bias, col)) if bias is not None]
    return math.fsum(terms)


def every_score(factors, mask, ordered=True, max_width=None):
    """{(example, type, row, col): score} over the legal cells."""
    types = next(each.shape[1] for each in (factors[2], factors[3], factors[0]) if each is not None)
    examples, tokens = mask.shape
    return {
        (b, t, i, j): score(factors, b, t, i, j)
        for b in range(examples)
        for t in range(types)
        for i in range(tokens)
        for j in range(tokens)
        if legal(mask[b].tolist(), i, j, ordered, max_width)
    }


def log_sum_exp(values):
    """By math.fsum; -inf for none."""
    values = [value for value in values if value != -math.inf]
    if not values:
        return -math.inf
    peak = max(values)
    return peak + math.log(math.fsum(math.exp(value - peak) for value in values))


def multilabel_loss(scores, shape, cells, targets=None, ignore=(), threshold=None):
    """[batch][types] of log(1 + Σ_neg e^(s-TH)) + log(1 + Σ_pos e^(TH-s)). `scores`: from every_score."""
    examples, types = shape
    threshold = threshold or [0.0] * types
    gold = gold_targets(cells, targets)
    ignore = set(map(tuple, ignore))
    negative = [[[0.0] for _ in range(types)] for _ in range(examples)]
    positive = [[[0.0] for _ in range(types)] for _ in range(examples)]
    for cell, logit in scores.items():
        b, t = cell[:2]
        if cell in ignore:
            continue
        target = gold.get(cell, 0.0)
        if target < 1:
            negative[b][t].append(logit - threshold[t] + math.log1p(-target))
        if target > 0:
            positive[b][t].append(threshold[t] - logit + math.log(target))
    return [[log_sum_exp(negative[b][t]) + log_sum_exp(positive[b][t]) for t in range(types)] for b in range(examples)]


def softplus(value):
    """log(1 + e^value)."""
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))


def gold_targets(cells, targets=None):
    """{cell: its target}: of several the highest."""
    gold = {}
    for cell, target in zip(map(tuple, cells), targets or [1.0] * len(cells), strict=True):
        gold[cell] = max(target, gold.get(cell, 0.0))
    return gold


def focal_loss(scores, shape, cells, targets=None, ignore=(), gamma=0.0, alpha=None):
    """[batch][types] of Σ -α_t (1 - p_t)^γ log p_t; with γ = 0 and no α the binary cross-entropy."""
    gold, ignore = gold_targets(cells, targets), set(map(tuple, ignore))
    terms = [[[] for _ in range(shape[1])] for _ in range(shape[0])]
    weights = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    for cell, logit in scores.items():
        if cell not in ignore:
            target = gold.get(cell, 0.0)
            for share, weight, signed in ((target, weights[0], logit), (1 - target, weights[1], -logit)):
                terms[cell[0]][cell[1]].append(share * weight * sigmoid(-signed) ** gamma * softplus(-signed))
    return [[math.fsum(values) for values in row] for row in terms]


def softmax_loss(scores, shape, cells, targets=None, ignore=()):
    """[batch] of the cross-entropies of pairs of tokens whose classes are the types and "none", added up."""
    gold, ignore = gold_targets(cells, targets), set(map(tuple, ignore))
    total = [[] for _ in range(shape[0])]
    for b, i, j in {(b, i, j) for b, _, i, j in scores}:
        kept = [t for t in range(shape[1]) if (b, t, i, j) not in ignore]
        asked = {t: gold.get((b, t, i, j), 0.0) for t in kept}
        scale = max(1.0, math.fsum(asked.values()))
        partition = log_sum_exp([0.0, *(scores[b, t, i, j] for t in kept)])
        total[b] += [asked[t] / scale * (partition - scores[b, t, i, j]) for t in kept]
        total[b].append((1 - math.fsum(asked.values()) / scale) * partition)
    return [math.fsum(values) for values in total]


def joint_loss(scores, shape, cells, ignore=(), threshold=None):
    """[batch][types] of log(1 + Σ e^(s-TH)) - log Σ_gold e^(s-TH). `scores`: from every_score."""
    every, gold = softmax_classes(scores, shape, cells, ignore, threshold)
    return [
        [log_sum_exp(all_of.values()) - log_sum_exp(all_of[cell] for cell in right) for all_of, right in pairs]
        for pairs in map(zip, every, gold)
    ]


def span_f1_loss(scores, shape, cells, ignore=(), threshold=None, entropy=0.0):
    """[batch][types] of -Σ p f1 + entropy Σ p log p over all cells and "no answer", one by one."""
    every, gold = softmax_classes(scores, shape, cells, ignore, threshold)
    loss = []
    for row in zip(every, gold, strict=True):
        loss.append([])
        for classes, right in zip(*row, strict=True):
            total = log_sum_exp(classes.values())
            terms = []
            for cell, logit in classes.items():
                p = math.exp(logit - total)
                terms += [-p * max(token_f1(cell, each) for each in right), entropy * p * (logit - total)]
            loss[-1].append(math.fsum(terms))
    return loss


def softmax_classes(scores, shape, cells, ignore, threshold):
    """[batch][types] of {(row, col): logit}, and of the set of the right ones; None is "no answer", of the logit 0."""
    ignore, threshold = set(map(tuple, ignore)), threshold or [0.0] * shape[1]
    every = [[{None: 0.0} for _ in range(shape[1])] for _ in range(shape[0])]
    gold = [[set() for _ in range(shape[1])] for _ in range(shape[0])]
    for cell, logit in scores.items():
        if cell not in ignore:
            every[cell[0]][cell[1]][cell[2:]] = logit - threshold[cell[1]]
    for cell in set(map(tuple, cells)) - ignore:
        gold[cell[0]][cell[1]].add(cell[2:])
    return every, [[right or {None} for right in row] for row in gold]


def token_f1(found, gold):
    """The F1 of the tokens of two spans, as sets; "no answer" equals itself alone."""
    if found is None or gold is None:
        return float(found == gold)
    first, second = (set(range(row, col + 1)) for row, col in (found, gold))
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def divergence(first, second, shape):
    """[batch][types] of Σ (σ(s)-σ(t))(s-t)."""
    total = [[[] for _ in range(shape[1])] for _ in range(shape[0])]
    for cell, s in first.items():
        t = second[cell]
        total[cell[0]][cell[1]].append((sigmoid(s) - sigmoid(t)) * (s - t))
    return [[math.fsum(values) for values in row] for row in total]


def sigmoid(value):
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def rotary(vectors):
    """Interleaved rotary positions, pair by pair: (x + iy) e^(i·m·10000^(-2k/dim)). [tokens, dim] lists."""
    rotated = []
    for place, vector in enumerate(vectors):
        turned = []
        for k in range(len(vector) // 2):
            angle = place * 10000 ** (-2 * k / len(vector))
            value = complex(vector[2 * k], vector[2 * k + 1]) * complex(math.cos(angle), math.sin(angle))
            turned += [value.real, value.imag]
        rotated.append(turned)
    return rotated


def linear(vectors, weight, bias):
    return [
        [
            math.fsum([*(w * x for w, x in zip(row, vector, strict=True)), b])
            for row, b in zip(weight, bias, strict=True)
        ]
        for vector in vectors
    ]


def dot(first, second):
    return math.fsum(a * b for a, b in zip(first, second, strict=True))


def global_pointer(hidden, weight, bias, types, dim, rope=True):
    """Logits [types][tokens][tokens] of one example, before any mask, as bert4keras.layers.GlobalPointer has them."""
    projected = linear(hidden, weight, bias)
    logits = []
    for t in range(types):
        chunk = [vector[t * 2 * dim : (t + 1) * 2 * dim] for vector in projected]
        q, k = [vector[:dim] for vector in chunk], [vector[dim:] for vector in chunk]
        if rope:
            q, k = rotary(q), rotary(k)
        logits.append([[dot(row, col) / math.sqrt(dim) for col in k] for row in q])
    return logits


def efficient_global_pointer(hidden, first, second, types, dim, rope=True, typing_input="pairs"):
    """As global_pointer, for bert4keras.layers.EfficientGlobalPointer; first and second are (weight, bias)."""
    inputs = linear(hidden, *first)
    q, k = [vector[::2] for vector in inputs], [vector[1::2] for vector in inputs]
    if rope:
        q, k = rotary(q), rotary(k)
    bias = linear(inputs if typing_input == "pairs" else hidden, *second)
    return [
        [
            [dot(q[i], k[j]) / math.sqrt(dim) + bias[j][2 * t] / 2 + bias[i][2 * t + 1] / 2 for j in range(len(k))]
            for i in range(len(q))
        ]
        for t in range(types)
    ]


# ── the usual formulations, on a dense tensor of logits [batch types tokens tokens] ──────────────────────────────────


def usual_logits(query, key, row_bias, col_bias, mask, ordered=True):
    """All cells at once; illegal ones at -1e12, in any order that keeps it finite."""
    logits = query @ key.transpose(-1, -2)
    if row_bias is not None:
        logits = logits + row_bias[:, :, :, None] + col_bias[:, :, None, :]
    allowed = mask[:, None, :, None] & mask[:, None, None, :]
    if ordered:
        allowed = allowed & torch.ones(logits.shape[-2:], dtype=torch.bool, device=logits.device).triu()
    return logits.masked_fill(~allowed, -1e12)


def usual_dense_loss(logits, cells):
    """Labels as a dense matrix, as in kexue.fm/archives/7359: [batch types]."""
    labels = torch.zeros_like(logits)
    labels[tuple(cells.unbind(1))] = 1
    logits, labels = logits.flatten(2), labels.flatten(2)
    signed = (1 - 2 * labels) * logits
    negative = signed - labels * 1e12
    positive = signed - (1 - labels) * 1e12
    zero = torch.zeros_like(signed[..., :1])
    return torch.cat([negative, zero], -1).logsumexp(-1) + torch.cat([positive, zero], -1).logsumexp(-1)


def usual_sparse_loss(logits, cells):
    """Gold as coordinates, taken out by masked_fill: the exact form of the sparse loss, [batch types]."""
    place = tuple(cells.unbind(1))
    gold = torch.zeros(logits.shape, dtype=torch.bool, device=logits.device)
    gold[place] = True
    zero = torch.zeros_like(logits.flatten(2)[..., :1])
    negative = torch.cat([logits.masked_fill(gold, float("-inf")).flatten(2), zero], -1).logsumexp(-1)
    positive = torch.cat([(-logits).masked_fill(~gold, float("-inf")).flatten(2), zero], -1).logsumexp(-1)
    return negative + positive


def naive_join(subjects, objects, heads, tails, types, tokens):
    """GPLinker's decoding as five loops: predicate, and first and last token of subject and object."""
    found = set()
    for kind in range(types):
        for subject_head in range(tokens):
            for subject_tail in range(tokens):
                for object_head in range(tokens):
                    for object_tail in range(tokens):
                        if (
                            (subject_head, subject_tail) in subjects
                            and (object_head, object_tail) in objects
                            and (kind, subject_head, object_head) in heads
                            and (kind, subject_tail, object_tail) in tails
                        ):
                            found.add(((subject_head, subject_tail), kind, (object_head, object_tail)))
    return found


def cliques_by_subsets(neighbours):
    """Maximal cliques by looking at every subset of the nodes."""
    nodes = sorted(neighbours)
    subsets = [
        frozenset(node for index, node in enumerate(nodes) if number >> index & 1)
        for number in range(1, 2 ** len(nodes))
    ]
    cliques = [one for one in subsets if all(b in neighbours[a] for a in one for b in one if a != b)]
    return {one for one in cliques if not any(one < other for other in cliques)}


def crf_paths(scores, start, transitions, end):
    """{tags: score} of every sequence of tags, for the scores [tokens][tags] of one example."""
    paths = {}
    for path in itertools.product(range(len(start)), repeat=len(scores)):
        terms = [start[path[0]], end[path[-1]], *(row[tag] for row, tag in zip(scores, path, strict=True))]
        paths[path] = math.fsum(terms + [transitions[one][other] for one, other in itertools.pairwise(path)])
    return paths


def bio_legal(path):
    """Whether every I follows a B or an I of its type, in tags O, B-0, I-0, B-1, I-1, ..."""
    return all(tag == 0 or tag % 2 == 1 or before in (tag - 1, tag) for before, tag in itertools.pairwise((0, *path)))


def bio_names(tags, labels):
    """Tags as conlleval and seqeval write them."""
    return ["O" if tag == 0 else f"{'IB'[tag % 2]}-{labels[(tag - 1) // 2]}" for tag in tags]


def longest_apart(spans):
    """Of spans (type, first, last): the longest, of equals the first in order, if none that is taken overlaps it."""
    taken = []
    for span in sorted(spans, key=lambda each: (each[1] - each[2], each[1], each[0])):
        if all(span[2] < other[1] or other[2] < span[1] for other in taken):
            taken.append(span)
    return set(taken)


# ── answers as strings and as places ─────────────────────────────────────────────────────────────────────────────────


def squad_score(golds, found):
    """(EM, F1) as SQuAD has them, letter by letter: the best over the gold strings."""

    def tokens(text):
        kept = "".join(each for each in text.lower() if each not in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
        words, word = [], ""
        for each in kept + " ":
            if each.isalnum():  # a word ends where letters end, but only blanks part tokens
                word += each
                continue
            words += [word if word not in ("a", "an", "the") else " ", each]
            word = ""
        return "".join(words).split()

    def f1(gold, other):
        if not gold or not other:
            return float(gold == other)
        left, common = list(gold), 0
        for each in other:
            if each in left:
                left.remove(each)
                common += 1
        return 2 * common / (len(gold) + len(other))

    pairs = [(tokens(gold), tokens(found)) for gold in golds]
    return max(float(one == other) for one, other in pairs), max(f1(one, other) for one, other in pairs)


def cmrc_score(golds, found):
    """(EM, F1) as CMRC2018 has them: every substring of pieces is looked at."""
    signs = "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』"

    def normal(text):
        return "".join(each for each in text.lower().strip() if each not in signs)

    def runs(each):
        return {tuple(each[i:j]) for i in range(len(each)) for j in range(i + 1, len(each) + 1)}

    def f1(gold, other):
        if not gold or not other:
            return float(gold == other)
        return 2 * max(map(len, runs(gold) & runs(other)), default=0) / (len(gold) + len(other))

    exact = max(float(normal(gold) == normal(found)) for gold in golds)
    return exact, max(f1(_pieces(normal(gold)), _pieces(normal(found))) for gold in golds)


def _pieces(text):
    """Chinese characters, words, dots and other signs, found by walking along the text."""
    made, place = [], 0
    while place < len(text):
        start, after = place, text[place + 1 : place + 2]
        if text[place] == "." == after:
            while text[place : place + 1] == ".":
                place += 1
        elif _of_word(text[place]) or (text[place] == "." and _of_word(after)):
            place = _word_end(text, place + 1)
        else:
            place += 1
        made.append(text[start:place].strip())
    return [each for each in made if each]


def _word_end(text, place):
    while place < len(text):
        each, after = text[place], text[place + 1 : place + 2]
        inner = (each in ".'" and _of_word(after)) or (each == "," and after.isdecimal())
        if not _of_word(each) and not inner:
            break
        place += 1
    rest = text[place + 1 :]
    abbreviated = text[place : place + 1] == "." and rest[:1].isspace() and rest.strip()
    return place + 1 if abbreviated and not _chinese(rest.strip()[0]) else place


def _chinese(each):
    return "\u4e00" <= each <= "\u9fa5"


def _of_word(each):
    return bool(each) and not (each.isspace() or _chinese(each) or each in "!\"#$%&'()*,.:;<>?@[]`{}«»‒–—―‘’“”„")


def place_f1(golds, found):
    """F1 of half-open (start, end), character by character."""
    here = set(range(*found))
    return max(2 * len(here & set(range(*gold))) / (len(here) + gold[1] - gold[0]) for gold in golds)
