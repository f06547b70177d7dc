"""Every reader of questions learns a small task: the answer stands behind the word that is asked for."""

import random
from functools import partial

import pytest
import torch

from globalpointer.grid import Grid
from globalpointer.nn import Batch, GlobalPointer, TokenPairModel
from globalpointer.nn.baselines.gnr import GloballyNormalizedReader
from globalpointer.nn.baselines.two_pointers import TwoPointers
from globalpointer.nn.encoders.recurrent import BiLstmEncoder
from globalpointer.nn.heads.null import Null
from globalpointer.nn.losses.joint import joint_crossentropy
from globalpointer.nn.losses.span_f1 import span_f1_loss

ANSWER = Grid("answer", ("answer",))
HIDDEN = 48
KEYS, WORDS = range(4, 10), range(10, 24)
CLS, SEP = 1, 2
FACTS = 3


def window(rng, answered):
    """[CLS] key [SEP] facts [SEP]; a fact is a key and one or two words, a sentence; its words are the answer."""
    keys = rng.sample(KEYS, FACTS + 1)
    asked = rng.choice(keys[:FACTS]) if answered else keys[FACTS]
    tokens, of, answer = [CLS, asked, SEP], [0, 0, 0], None
    for number, key in enumerate(keys[:FACTS]):
        words = rng.choices(WORDS, k=rng.randrange(1, 3))
        if key == asked:
            answer = len(tokens) + 1, len(tokens) + len(words)
        tokens += [key, *words]
        of += [number] * (1 + len(words))
    return [*tokens, SEP], [*of, 0], answer


def questions(windows=16):
    """A batch, every fourth window without an answer; and the answers."""
    rng = random.Random(0)
    made = [window(rng, answered=bool(number % 4)) for number in range(windows)]
    longest = max(len(tokens) for tokens, _, _ in made)
    tokens, of = (torch.tensor([each[part] + [0] * (longest - len(each[part])) for each in made]) for part in range(2))
    lengths, place = torch.tensor([[len(tokens)] for tokens, _, _ in made]), torch.arange(longest)
    cells = [(example, 0, *answer) for example, (_, _, answer) in enumerate(made) if answer]
    legal = (place >= 3) & (place < lengths - 1)
    batch = Batch(tokens, place < lengths, legal, {"answer": torch.tensor(cells)}, sentences=of)
    return batch, [answer for _, _, answer in made]


def encoder():
    options = {"token_dim": 24, "bigram_dim": 8, "bigrams": 64, "dropout": 0.0}
    return BiLstmEncoder(24, hidden=HIDDEN, dropout=0.0, embedding=options)


def pointer(loss):
    return TokenPairModel(
        encoder(), {"answer": Null(GlobalPointer(HIDDEN, 1, dim=16), HIDDEN)}, losses={"answer": loss}
    )


READERS = {
    "joint": lambda: pointer(joint_crossentropy),
    "two_pointers": lambda: TwoPointers(encoder(), [ANSWER]),
    "gnr": lambda: GloballyNormalizedReader(encoder(), [ANSWER], beam=4, size=24),
}


def learn(model, batch, steps):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        model.loss(batch).backward()
        optimizer.step()


def right(model, batch, answers):
    """The share of the windows whose best answer is gold, or that have none and where none is above 0."""
    found = [next(iter(each["answer"]), None) for each in model.find(batch, limit=1)]
    return sum((cell and cell[1:]) == answer for cell, answer in zip(found, answers, strict=True)) / len(answers)


@pytest.mark.parametrize("name", READERS)
def test_it_learns_what_is_asked(name):
    torch.manual_seed(2)
    batch, answers = questions()
    model = READERS[name]()
    assert right(model, batch, answers) <= 0.25
    learn(model, batch, 100)
    assert right(model, batch, answers) == 1.0


def test_the_f1_loss_goes_on_from_the_joint_one():
    torch.manual_seed(1)
    batch, answers = questions()
    model = pointer(joint_crossentropy)
    learn(model, batch, 30)
    begun, f1 = right(model, batch, answers), expected_f1(model, batch)
    model.losses["answer"] = partial(span_f1_loss, entropy=0.1)
    learn(model, batch, 100)
    assert begun < right(model, batch, answers) == 1.0
    assert f1 < 0.8 < 0.95 < expected_f1(model, batch)


def expected_f1(model, batch):
    """Σ p f1, the mean over windows."""
    with torch.no_grad():
        return -span_f1_loss(model.scores(batch)["answer"], batch.cells["answer"], entropy=0.0).mean().item()
