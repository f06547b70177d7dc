"""CLUENER, CMeEE, Universal NER and RuNNE: small files of the same form."""

import json

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import ConfigError, DataError


@pytest.fixture
def file(tmp_path):
    def make(content, name="a.txt"):
        path = tmp_path / name
        path.write_bytes(content.encode())
        return path

    return make


def found(document):
    return [(each.label, each.text, each.start, each.end) for each in document.entities]


def test_cluener_ends_are_inclusive(file):
    line = {
        "id": 3,
        "text": "小林在青石的小林公司",
        "label": {"name": {"小林": [[0, 1]]}, "company": {"小林公司": [[6, 9]]}, "address": {"青石": [[3, 4]]}},
    }
    (document,) = read(file(json.dumps(line)), "cluener")
    assert document.id == "3"
    assert found(document) == [("name", "小林", 0, 2), ("address", "青石", 3, 5), ("company", "小林公司", 6, 10)]


@pytest.mark.parametrize("place", [[0, 0], [1, 2], [2, 1], [0, 40], ["0", "1"], [0.0, 1], [0], "01"])
def test_cluener_spans_that_are_not_the_mention_are_left_out(file, place):
    notes = Notes()
    line = {"text": "小林在青石", "label": {"name": {"小林": [place, [0, 1]]}}}
    (document,) = read(file(json.dumps(line)), "cluener", notes=notes)
    assert found(document) == [("name", "小林", 0, 2)]
    assert notes.counts() == {"dropped": 1}


@pytest.mark.parametrize("label", [[], {"name": []}, {"name": {"小林": 3}}, "x"])
def test_cluener_labels_of_another_form(file, label):
    with pytest.raises(DataError, match=r'a\.txt:1: expected "label"'):
        list(read(file(json.dumps({"text": "小林", "label": label})), "cluener"))


def test_cmeee(file):
    content = "胸膜炎引起发热。|||0    2    dis|||0    1    bod|||5    6    sym|||\r\n只有文字。\n没有实体。|||\n没有末尾|||0    1    bod\n"
    first, second, third, fourth = read(file(content), "cmeee")
    assert found(first) == [("bod", "胸膜", 0, 2), ("dis", "胸膜炎", 0, 3), ("sym", "发热", 5, 7)]
    assert second.entities is None
    assert third.entities == ()
    assert found(fourth) == [("bod", "没有", 0, 2)]


@pytest.mark.parametrize(
    "field",
    [
        "1    0    x",
        "0    99    x",
        "-1    0    x",
        "0    x",
        "a    b    x",
        "9" * 5000 + "    0    x",
        "0    1    x    y",
    ],
)
def test_cmeee_fields_that_cannot_be_are_left_out(file, field):
    notes = Notes()
    (document,) = read(file(f"胸膜炎|||{field}|||0    1    bod|||"), "cmeee", notes=notes)
    assert found(document) == [("bod", "胸膜", 0, 2)]
    assert notes.counts() == {"dropped": 1}


def test_cmeee_does_not_take_json_for_text(file):
    with pytest.raises(DataError, match="found JSON"):
        list(read(file('{"text": "a"}'), "cmeee"))


UNER = """# newdoc id = x
# sent_id = s-1
# text = Ann's from Old Port, #1.
1\tAnn\tB-PER\t-\tx
2\t's\tO\t-\tx
3\tfrom\tO
4\tOld\tB-LOC\t-\tx
5\tPort\tI-LOC\t-\tx
6\t,\tO\t-\tx
7\t#1\tB-OTH\t-\tx
8\t.\tB-O\t-\tx

"""


def test_uner_entities_stand_in_the_raw_text(file):
    notes = Notes()
    (document,) = read(file(UNER), "uner", notes=notes)
    assert document.id == "s-1"
    assert document.text == "Ann's from Old Port, #1."
    assert found(document) == [("PER", "Ann", 0, 3), ("LOC", "Old Port", 11, 19)]
    assert [note.line for note in notes] == [10, 11]
    (document,) = read(file(UNER), "uner", outside=())
    assert [label for label, *_ in found(document)] == ["PER", "LOC", "OTH", "O"]


def test_uner_words_must_stand_in_the_text(file):
    with pytest.raises(
        DataError,
        match=r"a\.txt:7: the word 'Old' does not stand in the text at character 10, which goes on with ' New Port",
    ):
        list(read(file(UNER.replace("from Old Port", "from New Port")), "uner"))


def test_uner_without_raw_text_needs_a_joiner(file):
    content = "\n".join(line for line in UNER.split("\n") if not line.startswith("# text"))
    with pytest.raises(DataError, match="say how its words are joined"):
        list(read(file(content), "uner"))
    (document,) = read(file(content), "uner", joiner=" ")
    assert document.text == "Ann 's from Old Port , #1 ."


@pytest.mark.parametrize("line", ["1\tAnn", "x\tAnn\tO", "1-2\tAnn\tO", "1\t\tO", "1\tAnn\tE-PER", "Ann O"])
def test_uner_lines_of_another_form(file, line):
    with pytest.raises(DataError, match=r"a\.txt:2: expected"):
        list(read(file(f"# text = Ann\n{line}\n"), "uner"))


def test_runne(file):
    line = {"id": 5, "ners": [[0, 2, "PER"], [9, 16, "CITY"], [9, 11, "X"]], "sentences": "Ann from Old Port\nsings."}
    (document,) = read(file(json.dumps(line)), "runne")
    assert document.id == "5"
    assert found(document) == [("PER", "Ann", 0, 3), ("X", "Old", 9, 12), ("CITY", "Old Port", 9, 17)]


def test_runne_labels_take_their_texts_from_the_file_beside(file):
    labels = file('{"id": 1, "ners": [[0, 2, "PER"]]}\n{"id": 0, "ners": []}\n', "part_with_answers.jsonl")
    with pytest.raises(DataError, match=r"part\.jsonl is not there"):
        list(read(labels, "runne"))
    texts = file('{"id": 0, "sentences": "None."}\n{"id": 1, "sentences": "Ann sings."}\n', "part.jsonl")
    first, second = read(labels, "runne")
    assert (first.text, found(first)) == ("Ann sings.", [("PER", "Ann", 0, 3)])
    assert (second.text, second.entities) == ("None.", ())
    other = file(labels.read_text(), "labels.jsonl")
    with pytest.raises(DataError, match="name the file of the texts"):
        list(read(other, "runne"))
    assert len(list(read(other, "runne", texts=texts))) == 2
    with pytest.raises(DataError, match=r"labels\.jsonl:1: no text with the id 1"):
        list(read(other, "runne", texts=file('{"id": 0, "sentences": "None."}', "c.jsonl")))


@pytest.mark.parametrize("span", [[2, 0, "X"], [0, 99, "X"], [0, 1], [0, 1, ""], "x", [0, True, "X"]])
def test_runne_spans_that_cannot_be_are_left_out(file, span):
    notes = Notes()
    (document,) = read(file(json.dumps({"id": 0, "ners": [span], "sentences": "Ann"})), "runne", notes=notes)
    assert document.entities == ()
    assert notes.counts() == {"dropped": 1}


def test_the_joiner_of_other_formats_changes_nothing(file):
    assert next(read(file("北京"), "cmeee", joiner=" ")).text == "北京"
    with pytest.raises(ConfigError):
        read(file("北京"), "cmeee", joiner="x")
