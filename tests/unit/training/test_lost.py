"""What is lost is told by what it is: an entity, a soft label that its teacher would not answer, an answer too wide."""

from collections import Counter

import pytest

from globalpointer.config import load_recipe
from globalpointer.errors import DataError
from globalpointer.text.spans import Answer, Document, Span
from globalpointer.training.fit import encode
from globalpointer.training.lost import FAINT, named, told
from globalpointer.training.start import start

TEXT = "Ann sings. Bob plays. Cy eats."
WITHIN, ACROSS, LONGER = (0, 3), (0, 14), (0, 21)


@pytest.mark.parametrize(
    ("score", "soft", "name"),
    [(None, True, "Entity"), (0.5, True, "Entity"), (0.4, True, FAINT), (0.4, False, "Entity")],
)
def test_a_low_soft_label_is_faint(score, soft, name):
    assert named(Document("Ann").entity("PER", 0, 3, score=score), soft=soft) == name


def test_each_kind_and_reason_has_a_line():
    lost = Counter({("Entity", "alignment"): 1, (FAINT, "window"): 2})
    assert told(lost) == [
        "2 training soft labels below 0.5 lost: no window holds all of it: a larger model.window would, or "
        "model.overlap where texts are not cut",
        "1 training entity lost: a border lies within a token of the tokenizer",
    ]


def taught(head, *answers):
    """What is lost of questions with these answers, each a list of spans, under a reader."""
    documents = [
        Document(TEXT, question="Who?", answers=tuple(Answer(Span(*each), TEXT[slice(*each)]) for each in spans))
        for spans in answers
    ]
    recipe = load_recipe(None, [f"model.head={head}", "task.kind=mrc"], data={"format": "jsonl", "train": "x"})
    return told(encode(start(recipe, documents), documents)[1])


def test_answers_in_several_sentences_are_lost_to_a_reader_of_one():
    why = "a border of sentences lies within it, and this reader looks for answers in one sentence"
    assert taught("gnr", [WITHIN, ACROSS], [LONGER], []) == [f"2 training answers lost: {why}"]
    assert taught("gnr", [WITHIN], []) == []
    assert taught("two_pointers", [ACROSS], [LONGER]) == []


def test_nothing_but_answers_in_several_sentences_is_nothing_to_learn_from():
    with pytest.raises(DataError, match="'gnr' looks for answers in one sentence, and each of the 2 training windows"):
        taught("gnr", [ACROSS], [ACROSS, LONGER])
