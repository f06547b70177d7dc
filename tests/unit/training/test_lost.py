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


def taught(head, *answers, more=(), text=TEXT):
    """What is lost of questions with these answers, each a list of spans, under a reader."""
    documents = [
        Document(text, question="Who?", answers=tuple(Answer(Span(*each), text[slice(*each)]) for each in spans))
        for spans in answers
    ]
    recipe = load_recipe(None, [f"model.head={head}", "task.kind=mrc", *more], data={"format": "jsonl", "train": "x"})
    return told(encode(start(recipe, documents), documents)[1])


def test_answers_in_several_sentences_are_lost_to_a_reader_of_one():
    why = "a border of sentences lies within it, and this reader looks for answers in one sentence"
    assert taught("gnr", [WITHIN, ACROSS], [LONGER], []) == [f"2 training answers lost: {why}"]
    assert taught("gnr", [WITHIN], []) == []
    assert taught("two_pointers", [ACROSS], [LONGER]) == []


@pytest.mark.parametrize(
    ("head", "more", "answers", "why"),
    [
        ("gnr", (), [[ACROSS], [ACROSS, LONGER]], "3 training answers lost: a border of sentences"),
        ("gnr", (), [[ACROSS], []], "1 training answer lost: a border of sentences"),
        (
            "efficient",
            ("task.max_width=1",),
            [[ACROSS], [LONGER]],
            "2 training answers lost: wider than task.max_width",
        ),
        ("efficient", ("task.max_width=1",), [[ACROSS], []], "1 training answer lost: wider than task.max_width"),
    ],
)
def test_where_every_answer_is_lost_there_is_nothing_to_learn_from(head, more, answers, why):
    with pytest.raises(DataError, match=f"nothing to learn from, for all that was annotated is lost: .*{why}"):
        taught(head, *answers, more=more)


def test_silence_can_be_learned_and_no_token_cannot():
    assert taught("efficient", [], []) == []
    with pytest.raises(DataError, match="the train part has no token to learn from"):
        taught("efficient", [], text=" ")
