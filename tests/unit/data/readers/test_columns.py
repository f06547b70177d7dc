"""Column files: schemes, repairs, layers, separators, and what is refused."""

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import ConfigError, DataError


@pytest.fixture
def file(tmp_path):
    def make(content):
        path = tmp_path / "a.txt"
        path.write_bytes(content.encode())
        return path

    return make


def found(document):
    return [(each.label, each.text, each.start, each.end) for each in document.entities]


def tagged(tags, tokens="abcdefgh"):
    return "\n".join(f"{token} {tag}" for token, tag in zip(tokens, tags.split(), strict=False)) + "\n"


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("iob1", "I-X I-X B-X I-X O I-Y I-Z"),
        ("bio", "B-X I-X B-X I-X O B-Y B-Z"),
        ("bioes", "B-X E-X B-X E-X O S-Y S-Z"),
        ("bmeso", "B-X E-X B-X E-X O S-Y S-Z"),
        ("bilou", "B-X L-X B-X L-X O U-Y U-Z"),
    ],
)
def test_the_same_entities_in_every_scheme(file, name, tags):
    notes = Notes()
    (document,) = read(file(tagged(tags)), name, joiner="", notes=notes)
    assert document.text == "abcdefg"
    assert found(document) == [("X", "ab", 0, 2), ("X", "cd", 2, 4), ("Y", "f", 5, 6), ("Z", "g", 6, 7)]
    assert not notes


def test_the_joiner_makes_the_text_and_must_be_said(file):
    path = file("Ann B-PER\nLee I-PER\nsings O\n\n北 B-LOC\n京 I-LOC\n")
    first, second = read(path, "bio", joiner=" ")
    assert (first.text, second.text) == ("Ann Lee sings", "北 京")
    assert found(first) == [("PER", "Ann Lee", 0, 7)]
    assert (first.id, second.id) == ("a.txt:1", "a.txt:5")
    assert [document.text for document in read(path, "bio", joiner="")] == ["AnnLeesings", "北京"]
    with pytest.raises(ConfigError, match='joiner = ""'):
        list(read(path, "bio"))


@pytest.mark.parametrize(
    ("name", "tags", "spans", "lines"),
    [
        ("bio", "O I-X I-X", [("X", 1, 3)], [2]),
        ("bio", "B-X I-Y", [("X", 0, 1), ("Y", 1, 2)], [2]),
        ("bioes", "B-X I-X O", [("X", 0, 2)], [2]),
        ("bioes", "O E-X", [("X", 1, 2)], [2]),
        ("bioes", "B-X S-X", [("X", 0, 1), ("X", 1, 2)], [1]),
        ("bmeso", "M-X E-X", [("X", 0, 2)], [1]),
        ("bilou", "B-X I-X", [("X", 0, 2)], [2]),
        ("bilou", "B-X B-X L-X", [("X", 0, 1), ("X", 1, 3)], [1]),
    ],
)
def test_repairs_are_noted_or_refused(file, name, tags, spans, lines):
    notes = Notes()
    path = file(tagged(tags))
    (document,) = read(path, name, joiner="", notes=notes)
    assert [(label, start, end) for label, _, start, end in found(document)] == spans
    assert [(note.kind, note.line) for note in notes] == [("repaired", line) for line in lines]
    with pytest.raises(DataError, match=rf"a\.txt:{lines[0]}: "):
        list(read(path, name, joiner="", on_error="raise"))


def test_iob1_has_rules_of_its_own(file):
    notes = Notes()
    (document,) = read(file(tagged("I-X I-X O I-Y I-X B-X")), "iob1", joiner="", notes=notes)
    assert [(label, start, end) for label, _, start, end in found(document)] == [
        ("X", 0, 2), ("Y", 3, 4), ("X", 4, 5), ("X", 5, 6),
    ]  # fmt: skip
    assert not notes


def test_labels_may_have_hyphens(file):
    (document,) = read(file("a B-Thing-Name\nb I-Thing-Name\n"), "bio", joiner="")
    assert found(document) == [("Thing-Name", "ab", 0, 2)]


def test_a_tag_of_another_scheme_names_the_formats_that_have_it(file):
    with pytest.raises(
        DataError,
        match=r"a\.txt:2: expected O or B-LABEL, I-LABEL \(bio\) in column 2, found 'E-X'; formats that have it: bioes, bmeso",
    ):
        list(read(file("a B-X\nb E-X\n"), "bio", joiner=""))


@pytest.mark.parametrize("tag", ["o", "B", "B-", "X", "b-X"])
def test_what_is_no_tag(file, tag):
    with pytest.raises(DataError, match=r"a\.txt:2: expected O or"):
        list(read(file(f"a O\nb {tag}\n"), "bio", joiner=""))


def test_columns_of_tags_are_layers(file):
    notes = Notes()
    path = file("Old\tB-ORG\tO\nPort\tI-ORG\tB-LOC\nruns\tO\tO\n")
    (document,) = read(path, "bio", joiner=" ", notes=notes)
    assert found(document) == [("ORG", "Old Port", 0, 8), ("LOC", "Port", 4, 8)]
    assert notes.counts() == {"ignored": 1}
    (document,) = read(path, "bio", joiner=" ", layers=1)
    assert found(document) == [("LOC", "Port", 4, 8)]
    with pytest.raises(ConfigError, match="layers = 3"):
        list(read(path, "bio", joiner=" ", layers=3))


def test_four_columns_are_conll_and_the_last_one_counts(file):
    path = file("-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n")
    notes = Notes()
    (document,) = read(path, "bio", joiner=" ", notes=notes)
    assert found(document) == [("ORG", "EU", 0, 2)]
    assert [note.line for note in notes] == [1]


def test_columns_that_are_no_tags_are_no_layers(file):
    (document,) = read(file("EU NNP B-ORG\nrejects VBZ O\n"), "bio", joiner=" ")
    assert found(document) == [("ORG", "EU", 0, 2)]


def test_a_layer_with_one_bad_tag_is_not_left_out_in_silence(file):
    rows = ["a\tO\tO"] * 30 + ["b\tB_LOC\tB-ORG"]
    with pytest.raises(DataError, match=r"a\.txt:31: .*'B_LOC'; the other lines have tags there.*layers = 1"):
        list(read(file("\n".join(rows)), "bio", joiner=""))


def test_separators(file):
    (document,) = read(file("a   B-X\n \tI-X\nNew York\tO\n\u3000 O\n"), "bio", joiner="")
    assert document.text == "a New York\u3000"
    assert found(document) == [("X", "a ", 0, 2)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a O\nb\n", "a\\.txt:2: expected 2 columns"),
        ("a O\nNew York O\n", "a\\.txt:2: expected 2 columns as in the lines before, found 3"),
        ("a\nb\n", "a\\.txt:1: expected a token and its tag"),
        ("\tO\n", "a\\.txt:1: the line has no token"),
    ],
)
def test_wrong_lines(file, content, said):
    with pytest.raises(DataError, match=said):
        list(read(file(content), "bio", joiner=" "))


def test_crlf_and_byte_order_mark(file):
    (document,) = read(file("\ufeffa B-X\r\nb O\r\n\r\n"), "bio", joiner="")
    assert (document.text, found(document)) == ("ab", [("X", "a", 0, 1)])


def test_tokens_alone_where_labels_are_left_aside(file):
    (document,) = read(file("a\nb\n"), "bio", joiner=" ", labelled=False)
    assert (document.text, document.entities) == ("a b", None)


def test_labels_that_count_as_outside(file):
    notes = Notes()
    (document,) = read(file("a B-OTH\nb B-X\n"), "bio", joiner="", outside=("OTH",), notes=notes)
    assert found(document) == [("X", "b", 1, 2)]
    assert notes.counts() == {"ignored": 1}


def test_a_sentence_with_the_token_that_parts_documents_keeps_it(file):
    (document,) = read(file("a O\n-DOCSTART- O\n"), "bio", joiner=" ")
    assert document.text == "a -DOCSTART-"
