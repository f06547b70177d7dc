from html.parser import HTMLParser

from globalpointer.evaluation import evaluate
from globalpointer.evaluation.page import page
from globalpointer.text.spans import Document

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
