from dataclasses import replace
from html.parser import HTMLParser

from globalpointer.evaluation import evaluate, evaluate_answers, evaluate_events, evaluate_relations
from globalpointer.evaluation.page import page
from globalpointer.text.spans import TRIGGER, Answer, Argument, Document, Event, Relation, Span, Triple

TEXT = "Ann <b>of</b> Acme Corp of Rome"


class Reader(HTMLParser):
    """Collects the drawn texts, the chips, and checks that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.chips, self.texts, self.kinds = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag not in ("meta", "input"):
            self.open.append((tag, attributes.get("class") or ""))
        if tag == "i":
            self.chips.append(attributes["data-label"])
        if tag == "p" and attributes.get("class") == "text":
            self.texts.append("")
        if tag == "section":
            self.kinds.append(attributes["data-kinds"])

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if ("p", "text") in self.open:
            self.texts[-1] += data


def read(made: str) -> Reader:
    reader = Reader()
    reader.feed(made)
    assert reader.open == []
    return reader


def document(*entities, text=TEXT, **more):
    plain = Document(text)
    return Document(text, tuple(plain.entity(*each) for each in entities), **more)


def test_wrong_examples_are_drawn_in_their_text_and_right_documents_are_not() -> None:
    gold = [document(("PER", 0, 3), ("ORG", 14, 23), ("LOC", 27, 31), id="f:1"), document(("PER", 0, 3))]
    found = [document(("PER", 0, 3), ("ORG", 14, 18), ("X&Y", 27, 31), id="f:1"), document(("PER", 0, 3))]
    made = page(evaluate(gold, found), gold, found)
    reader = read(made)
    assert reader.texts == [TEXT]
    assert sorted(reader.chips) == sorted(["PER", "+ORG", "\u2212ORG", "+X&Y", "\u2212LOC"])
    assert reader.kinds == ["wrong border|wrong label"]
    assert "Wrong documents: 1 of 2" in made
    assert "http" not in made


def test_a_long_text_is_drawn_around_its_errors_and_what_is_left_out_is_said() -> None:
    text = "x" * 1000 + "Ann" + "y" * 1000
    gold, found = [document(("PER", 1000, 1003), text=text)], [document(text=text)]
    made = page(evaluate(gold, found), gold, found)
    assert read(made).texts == ["x" * 120 + "Ann" + "y" * 120]
    assert made.count("880 characters") == 2


def test_the_limit_is_said() -> None:
    gold, found = [document(("PER", 0, 3))] * 5, [document()] * 5
    made = page(evaluate(gold, found), gold, found, limit=2)
    assert len(read(made).texts) == 2
    assert "The first 2 of 5 are drawn" in made


def test_relations_are_drawn_with_arcs_around_what_is_wrong() -> None:
    text = "x" * 1000 + "Ann <b> Acme" + "y" * 1000
    ann, acme = Document(text).entity("PER", 1000, 1003), Document(text).entity("O&G", 1008, 1012)
    gold = Document(text, (ann, acme), id="r:1", relations=(Relation("works_at", ann, acme),))
    found = Document(text, (ann, acme), id="r:1", relations=(Relation("works_at", acme, ann, 0.75),))
    made = page(evaluate_relations([gold], [found]), [gold], [found])
    reader = read(made)
    assert reader.kinds == ["wrong direction"]
    assert "<svg" in made
    assert made.count("880 characters") == 2
    assert "O&amp;G" in made
    assert "score 0.750" in made


def test_triples_that_are_not_in_the_text_are_listed() -> None:
    gold = Document("Ann", (), relations=(), triples=(Triple("Ann", "knows", "<Zoe>"),))
    found = Document("Ann", (), relations=())
    made = page(evaluate_relations([gold], [found]), [gold], [found])
    assert read(made).kinds == ["missed"]
    assert "&lt;zoe&gt;" in made


def test_events_are_drawn_and_their_roles_listed() -> None:
    hire = Event("hire", frozenset({Argument(TRIGGER, Span(4, 6), "at"), Argument("who", Span(0, 3), "Ann")}))
    gold = Document("Ann at Acme", events=(hire,))
    found = Document("Ann at Acme", events=(Event("hire", frozenset({Argument("whom", Span(0, 3), "Ann")})),))
    made = page(evaluate_events([gold], [found]), [gold], [found])
    assert read(made).kinds == ["wrong role|missed"]
    assert "<svg" in made
    assert "hire/whom" in made


def test_a_wrong_answer_is_drawn_with_its_question_and_the_runners_up() -> None:
    text = "x" * 1000 + "Ann <b> Berg" + "y" * 1000
    gold = Document(text, question="Who & why?", answers=(Answer(Span(1000, 1003), "Ann"),), accepted=("Ann", "<she>"))
    answers = (Answer(Span(1000, 1012), "Ann <b> Berg", 0.75), Answer(Span(1000, 1003), "Ann", 0.2))
    right, found = replace(gold, accepted=("Ann",)), replace(gold, answers=answers, accepted=None)
    made = page(evaluate_answers([gold, right], [found, right], unit="word"), [gold, right], [found, right])
    reader = read(made)
    assert reader.kinds == ["too long"]
    assert reader.texts == ["x" * 120 + "Ann <b> Berg" + "y" * 120]
    assert sorted(reader.chips) == ["+answer", "\u2212answer"]
    assert "Who &amp; why?" in made
    assert 'too long: <bdi class="quoted">Ann</bdi> [1000, 1003) or <bdi class="quoted">&lt;she&gt;</bdi>' in made
    assert "[1000, 1012), score 0.750" in made
    assert 'runner-up 2: <bdi class="quoted">Ann</bdi> [1000, 1003), score 0.200' in made


def test_questions_without_an_answer_and_answers_without_a_question() -> None:
    unanswerable, missed = (Document("Ann", question=f"Q{each}?", answers=()) for each in range(2))
    missed = replace(missed, accepted=("Zoe",))
    golds, founds = [unanswerable, missed], [replace(unanswerable, answers=(Answer(Span(0, 3), "Ann"),)), missed]
    made = page(evaluate_answers(golds, founds, unit="word"), golds, founds)
    assert read(made).kinds == ["answered though unanswerable", "not answered though answerable"]
    assert "answered though unanswerable: the text does not say" in made
    assert 'not answered though answerable: <bdi class="quoted">Zoe</bdi>' in made
