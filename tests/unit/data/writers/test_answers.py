"""The best answers by id, as the official scripts read them."""

from globalpointer.data.writers.answers import BestAnswers
from globalpointer.text.spans import Answer, Document, Span


def asked(name, *answers):
    return Document("Ann sings.", id=name, question="Who?", answers=tuple(Answer(Span(0, 3), each) for each in answers))


def test_the_first_answer_and_none():
    best = BestAnswers()
    best.add(asked("a", "Ann", "sings"))
    best.add(asked("b"))
    assert (best.answers, best.renamed) == ({"a": "Ann", "b": ""}, 0)


def test_no_answer_is_lost_where_ids_are_given_twice():
    best = BestAnswers()
    for name, answer in (("a", "1"), ("a", "2"), ("a#2", "3"), ("a", "4")):
        best.add(asked(name, answer))
    assert best.answers == {"a": "1", "a#2": "2", "a#2#2": "3", "a#3": "4"}
    assert best.renamed == 3
