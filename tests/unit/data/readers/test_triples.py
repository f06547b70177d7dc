"""NYT and WebNLG: a JSON list, or one object a line; and how such files are wrong."""

import gzip
import json
import tarfile

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import DataError
from globalpointer.text.spans import Triple

FIRST = {"text": "Ann Berg lives in Port .", "triple_list": [["Ann Berg", "lives in", "Port"]]}
SECOND = {
    "text": "Port Airport serves Port .",
    "id": "b",
    "source": 3,
    "triple_list": [["Port Airport", "city", "Port"]],
}


@pytest.fixture
def file(tmp_path):
    def make(content, name="a.json"):
        path = tmp_path / name
        content = content if isinstance(content, bytes | str) else json.dumps(content, indent=1)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def found(document):
    return [(each.subject.text, each.subject.start, each.label, each.object.text, each.object.start)
            for each in document.relations]  # fmt: skip


def check(documents, name):
    first, second = documents
    assert found(first) == [("Ann Berg", 0, "lives in", "Port", 18)]
    assert found(second) == [("Port Airport", 0, "city", "Port", 20)]
    assert second.triples == (Triple("Port Airport", "city", "Port"),)
    assert {each.label for each in first.entities} == {"entity"}
    assert (first.id, second.id) == (name, "b")
    assert second.meta == {"source": 3}


def test_a_list_and_one_object_a_line(file):
    lines = "\n".join(map(json.dumps, (FIRST, SECOND)))
    check(read(file([FIRST, SECOND]), "triples"), "a.json[0]")
    check(read(file(json.dumps([FIRST, SECOND])), "triples"), "a.json[0]")
    check(read(file("\ufeff\r\n" + lines.replace("\n", "\r\n\r\n")), "triples"), "a.json:2")
    check(read(file(gzip.compress(json.dumps([FIRST, SECOND]).encode())), "triples"), "a.json[0]")


def test_in_an_archive(file, tmp_path):
    path = file([FIRST, SECOND])
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(path, "corpus/a.json")
    check(read(f"{tmp_path}/a.tar.gz::corpus/a.json", "triples"), "a.json[0]")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[", r"a\.json:1: broken JSON at column 2"),
        ('\n\n[{"text": "a"},\n\nnonsense]', r"a\.json:5: broken JSON at column 1"),
        ('[{"text": "a"}]\n[]', r"a\.json:2: broken JSON at column 1: Extra data"),
        ('[{"text": "a"}, 3]', r"a\.json\[1\]: expected a list of JSON objects, found '3'"),
        ("[" * 100_000, r"a\.json: broken JSON"),
        ("[" + "9" * 5000 + "]", r"a\.json: broken JSON"),
        ("[]", "no document in it"),
        ('[{"texts": "a"}]', r"a\.json\[0\]: expected the keys .* \(triples\), found the keys 'texts'$"),
        ('[{"text": "a\\ud83d"}]', r"a\.json\[0\]: the text holds half of a surrogate pair"),
        ('[{"text": "a", "triple_list": {}}]', r"a\.json\[0\]: expected a list under 'triple_list'|\"triple_list\""),
        ('{"text": "a"}\n[]', r"a\.json:2: expected one JSON object a line"),
    ],
)
def test_what_is_no_such_file(file, content, said):
    with pytest.raises(DataError, match=said):
        list(read(file(content), "triples"))


@pytest.mark.parametrize(
    "entry", ["x", ["Ann", "in"], ["Ann", "in", "Port", "x"], ["Ann", "", "Port"], ["Ann", 3, "Port"], [" ", "in", "Port"], ["Ann", "in", "\ud83d"], ["Ann", "in", None]]
)  # fmt: skip
def test_a_wrong_triple_is_left_out_and_named(file, entry):
    notes = Notes()
    path = file([FIRST, {"text": "Ann in Port", "triple_list": [["Ann", "in", "Port"], entry]}])
    _, document = read(path, "triples", notes=notes)
    assert len(document.triples) == len(document.relations) == 1
    (note,) = notes
    assert note.kind == "dropped"
    assert str(note).startswith(f"{path}[1]: triple 1: ")
    with pytest.raises(DataError, match=r"a\.json\[1\]: triple 1: "):
        list(read(path, "triples", on_error="raise"))


def test_a_triple_from_a_mention_to_itself(file):
    (document,) = read(file([{"text": "Ann knows herself", "triple_list": [["Ann", "knows", "Ann"]]}]), "triples")
    (relation,) = document.relations
    assert relation.subject == relation.object
    assert len(document.entities) == 1


def test_annotated_or_not(file):
    bare, labelled = {"text": "Ann"}, {**FIRST, "triple_list": []}
    assert next(read(file([bare]), "triples")).triples is None
    assert next(read(file([labelled]), "triples")).relations == ()
    assert next(read(file([FIRST]), "triples", labelled=False)).entities is None
