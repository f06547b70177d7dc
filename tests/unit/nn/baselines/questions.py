"""Windows of questions and contexts as the readers of answers see them, with invented gold."""

import random

import torch

from globalpointer.grid import Grid
from globalpointer.nn import Batch

ANSWER = Grid("answer", ("answer",))
NARROW = Grid("answer", ("answer",), max_width=3)

QUESTION = 3
"""Tokens before the context: [CLS], the question, [SEP]."""


def batch(lengths=(9, 4, 12, 0), *, grid=ANSWER, seed=0, sentences=True):
    """Windows with contexts of these lengths in sentences of one to four tokens, and [SEP]; every token another word.

    The gold of a window is several answers within sentences, but of the second and of those without context none.
    """
    rng = random.Random(seed)
    tokens = QUESTION + max(lengths) + 1
    place = torch.arange(tokens)
    ends = torch.tensor(lengths)[:, None] + QUESTION
    legal = (place >= QUESTION) & (place < ends)
    of = torch.zeros(len(lengths), tokens, dtype=torch.long)
    cells = []
    for example, length in enumerate(lengths):
        numbers = [0]
        while len(numbers) < length:
            numbers += [numbers[-1] + (rng.random() < 0.4)]
        of[example, QUESTION : QUESTION + length] = torch.tensor(numbers[:length], dtype=torch.long)
        spans = [(row, col) for row in range(length) for col in range(row, length) if grid.holds(row, col)]
        whole = [span for span in spans if not sentences or numbers[span[0]] == numbers[span[1]]]
        if length and example != 1:
            cells += [
                (example, 0, row + QUESTION, col + QUESTION) for row, col in rng.sample(whole, min(3, len(whole)))
            ]
    of[~legal] = 99  # what stands there has no meaning
    words = torch.arange(legal.numel()).view(legal.shape) % 64
    gold = torch.tensor(sorted(cells), dtype=torch.long).reshape(-1, 4)
    return Batch(words, place < ends + 1, legal, {"answer": gold}, sentences=of if sentences else None)


def null(module, hidden, legal):
    """The scores of "no answer" of one window, by loops over its vectors (lists)."""
    kept = [vector for vector, yes in zip(hidden, legal, strict=True) if yes] or [[0.0] * len(hidden[0])]
    read = hidden[0] + [max(values) for values in zip(*kept, strict=True)]
    weight, bias = module.judge.weight.tolist(), module.judge.bias.tolist()
    return [sum(w * x for w, x in zip(row, read, strict=True)) + b for row, b in zip(weight, bias, strict=True)]
