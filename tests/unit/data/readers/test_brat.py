"""brat: folders and archives, discontinuous mentions, spilled lines, shifted documents."""

import io
import tarfile

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import DataError


def found(document):
    return [(each.label, each.text, each.start, each.end) for each in document.entities]


@pytest.fixture
def folder(tmp_path):
    def make(files, name="corpus"):
        root = tmp_path / name
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content.encode())
        return root

    return make


def test_a_folder(folder):
    path = folder({
        "b.txt": "Sony met Ericsson.\r\nThen 🎵 Ann sang.",
        "b.ann": "T1\tORG 0 4\tSony\nT2\tORG 9 17\tEricsson\nR1\tmet Arg1:T1 Arg2:T2\n*\tEquiv T1 T2\n#1\tAnnotatorNotes T1\tnote\nT3\tPER 27 30\tAnn\r\n",
        "a.txt": "Not annotated.",
        "c.txt": "Nothing.",
        "c.ann": "",
        "annotation.conf": "[entities]",
    })  # fmt: skip
    first, second, third = read(path, "brat")
    assert (first.id, first.entities) == ("a", None)
    assert (second.id, second.text) == ("b", "Sony met Ericsson.\r\nThen 🎵 Ann sang.")
    assert found(second) == [("ORG", "Sony", 0, 4), ("ORG", "Ericsson", 9, 17), ("PER", "Ann", 27, 30)]
    assert third.entities == ()


def test_discontinuous_mentions(folder):
    path = folder(
        {"a.txt": "north and south Korea", "a.ann": "T1\tLOC 0 5;16 21\tnorth Korea\nT2\tLOC 10 21\tsouth Korea\n"}
    )
    with pytest.raises(DataError, match=r'a\.ann:1: .*discontinuous = "envelope"'):
        list(read(path, "brat"))
    (document,) = read(path, "brat", discontinuous="envelope")
    assert found(document) == [("LOC", "north and south Korea", 0, 21), ("LOC", "south Korea", 10, 21)]
    notes = Notes()
    (document,) = read(path, "brat", discontinuous="skip", notes=notes)
    assert found(document) == [("LOC", "south Korea", 10, 21)]
    assert notes.counts() == {"dropped": 1}


def test_mentions_with_a_line_break(folder):
    path = folder({
        "a.txt": "the Old\nPort and\r\nsea",
        "a.ann": "T1\tLOC 4 12\tOld\nPort\nT2\tLOC 4 12\tOld Port\nT3\tX 13 21\tand sea\nT4\tX 4 7\tOld\nPort\n",
    })  # fmt: skip
    notes = Notes()
    (document,) = read(path, "brat", notes=notes)
    assert found(document) == [("X", "Old", 4, 7), ("LOC", "Old\nPort", 4, 12), ("X", "and\r\nsea", 13, 21)]
    assert notes.counts() == {"duplicate": 1, "ignored": 1}


def test_a_mention_that_is_not_in_its_place_is_left_out(folder):
    good = "".join(f"T{i}\tX {i} {i + 1}\t{'abcdefghijklmnop'[i]}\n" for i in range(1, 12))
    path = folder({"a.txt": "abcdefghijklmnop", "a.ann": good + "T90\tX 0 1\tz\n"})
    notes = Notes()
    (document,) = read(path, "brat", notes=notes)
    assert len(document.entities) == 11
    (note,) = notes
    assert note.line == 12
    assert "the mention is 'z', but the text has 'a'" in note.message
    with pytest.raises(DataError, match=r"a\.ann:12: T90 X"):
        list(read(path, "brat", on_error="raise"))


def test_a_shifted_document_is_left_out_whole(folder):
    path = folder({"a.txt": "abcdef", "a.ann": "T1\tX 0 1\ta\nT2\tX 2 3\td\n", "b.txt": "ok", "b.ann": ""})
    notes = Notes()
    (document,) = read(path, "brat", notes=notes)
    assert document.id == "b"
    assert [note.kind for note in notes] == ["dropped", "dropped"]
    assert "the whole document, with 1 mentions that fit: 1 do not" in list(notes)[1].message


@pytest.mark.parametrize("line", ["T1\tX 3 1\ta", "T1\tX 0 99\ta", "T1\tX 1 1\t"])
def test_spans_that_cannot_be(folder, line):
    notes = Notes()
    with pytest.raises(DataError, match="no document in it"):
        list(read(folder({"a.txt": "abc", "a.ann": line}), "brat", notes=notes))
    assert "dropped" in notes.counts()


@pytest.mark.parametrize("line", ["T1\tX a b\ta", "T1\tX 1\ta", "T1\tX", "T1\tX 0 1;2\ta"])
def test_mention_lines_that_are_none(folder, line):
    with pytest.raises(DataError, match=r"a\.ann:1: expected"):
        list(read(folder({"a.txt": "abc", "a.ann": line}), "brat"))


def test_several_folders_are_not_put_together(folder):
    path = folder({"train/a.txt": "a", "train/a.ann": "", "test/b.txt": "b", "test/b.ann": ""})
    with pytest.raises(DataError, match="name one: test, train"):
        list(read(path, "brat"))
    assert [document.id for document in read(path / "train", "brat")] == ["a"]
    assert [document.id for document in read(f"{path}::test", "brat")] == ["b"]


def test_archives(tmp_path):
    path = tmp_path / "c.tar.gz"
    with tarfile.open(path, "w:gz") as packed:
        for name, data in {
            "top/train/a.txt": b"Ann",
            "top/train/a.ann": b"T1\tPER 0 3\tAnn\n",
            "top/dev/b.txt": b"b",
            "top/x.conf": b"",
        }.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
    for inside in ("train/", "top/train", "train"):
        (document,) = read(f"{path}::{inside}", "brat")
        assert found(document) == [("PER", "Ann", 0, 3)]
    with pytest.raises(DataError, match="found 0; there are: top/dev, top/train"):
        list(read(f"{path}::test/", "brat"))
    with pytest.raises(DataError, match="found them in 2 folders"):
        list(read(path, "brat"))


def test_what_is_no_brat_folder(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no \\.txt file"):
        list(read(tmp_path / "empty", "brat"))
    (tmp_path / "file.txt").write_text("a")
    with pytest.raises(DataError, match="archive"):
        list(read(tmp_path / "file.txt", "brat"))
    with pytest.raises(DataError, match="annotation without its text"):
        list(read(folder({"a.ann": ""}), "brat"))
    with pytest.raises(DataError, match="no such file"):
        list(read(tmp_path / "nothing", "brat"))


def test_a_folder_named_like_a_text(tmp_path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        list(read(tmp_path, "brat"))


def test_bytes_that_are_not_utf_8(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"one\ntw\xe9\n")
    with pytest.raises(DataError, match=r"a\.txt:2: expected UTF-8, found byte 0xe9 at byte 3"):
        list(read(tmp_path, "brat"))
