"""Answers as a page and in the terminal: the best one marked, the runners-up with their probabilities."""

from dataclasses import replace

from globalpointer.text.spans import Answer, Document, Entity, Relation, Span
from globalpointer.view.answers import listing, question, with_answers
from globalpointer.view.console import console
from globalpointer.view.documents import html

TEXT = "Ann met <Bob> in Oslo."
ANN, BOB = Answer(Span(0, 3), "Ann", 0.7), Answer(Span(8, 13), "<Bob>", 0.25)


def asked(*answers):
    return Document(TEXT, question="Who & why?", answers=answers)


def test_answers_are_drawn_as_entities_in_their_order():
    assert [(each.label, each.text, each.score) for each in with_answers(asked(ANN, BOB)).entities] == [
        ("answer", "Ann", 0.7),
        ("2", "<Bob>", 0.25),
    ]


def test_answers_are_drawn_beside_what_else_is_annotated():
    ann, oslo = Entity("PER", Span(0, 3), "Ann"), Entity("LOC", Span(17, 21), "Oslo")
    both = replace(asked(BOB), entities=(ann, oslo))
    page = html([both])
    assert [f'data-label="{label}"' in page for label in ("PER", "LOC", "answer")] == [True] * 3
    assert console(both).plain.splitlines()[0] == "[Ann]PER met [<Bob>]answer in [Oslo]LOC."
    linked = replace(both, relations=(Relation("lives_in", ann, oslo),))
    page = html([linked])
    assert [label in page for label in ("lives_in", 'class="answers"', "answer</text>")] == [True] * 3
    assert console(linked).plain.splitlines()[1:] == ["    Ann ─lives_in→ Oslo", "    Who & why?", "    25 % <Bob>"]


def test_the_list_has_every_probability_and_the_rest():
    drawn = listing(asked(ANN, BOB))
    assert [part in drawn for part in ("70.0 %", "25.0 %", "5.0 %", "&lt;Bob&gt;", "width:70.0%")] == [True] * 5
    assert "no answer</p>" in listing(asked())
    assert "no answer (the best one is 12.0 % probable)</p>" in listing(replace(asked(), answerable=0.12))
    assert "%" not in listing(asked(Answer(Span(0, 3), "Ann")))
    assert question(asked()) == '<p class="question" dir="auto">Who &amp; why?</p>'
    assert question(Document(TEXT)) == ""


def test_a_page_counts_questions_and_answers():
    page = html([asked(ANN, BOB), asked()])
    assert "2 documents, 2 questions, 1 answered" in page
    assert 'data-label="answer"' in page
    assert 'class="answers"' in page
    assert ".answers" not in html([Document(TEXT, ())])


def test_the_terminal_shows_question_answers_and_silence():
    assert console(asked(ANN, BOB)).plain.splitlines() == [
        "[Ann]answer met <Bob> in Oslo.", "    Who & why?", "    70 % Ann", "    25 % <Bob>",
    ]  # fmt: skip
    assert console(asked()).plain.endswith("no answer")
