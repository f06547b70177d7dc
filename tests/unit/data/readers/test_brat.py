"""brat: folders and archives, discontinuous mentions, spilled lines, shifted documents, relations, events."""

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
    assert (
        "the whole document, whose offsets are shifted (mentions that fit: 1, that do not: 1)" in list(notes)[1].message
    )


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
    with pytest.raises(DataError, match=r"expected the folder of the files, or a \.tar .*opened successfully$"):
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


LINKED = "Sony and Ericsson formed a venture, the merger pleased Ann."
MENTIONS = (
    "T1\tORG 0 4\tSony\nT2\tORG 9 17\tEricsson\nT3\tMERGE 27 34\tventure\nT4\tJOY 47 54\tpleased\nT5\tPER 55 58\tAnn\n"
)


def relations(document):
    return [(each.label, each.subject.text, each.object.text) for each in document.relations]


def events(document):
    return [(each.label, [(argument.role, argument.text) for argument in each.ordered()]) for each in document.events]


def test_relations(folder):
    lines = "R1\tpartner Arg1:T1 Arg2:T2\t\nR2\tknows Arg2:T1 Arg1:T5\nR3\tpartner Arg1:T1 Arg2:T2\nR4\tself Arg1:T5 Arg2:T5\n"
    notes = Notes()
    (document,) = read(folder({"a.txt": LINKED, "a.ann": lines + MENTIONS}), "brat", notes=notes)
    assert relations(document) == [("partner", "Sony", "Ericsson"), ("knows", "Ann", "Sony"), ("self", "Ann", "Ann")]
    assert document.events is None
    assert [(note.kind, note.line, note.message) for note in notes] == [
        ("duplicate", 3, "partner from 'Sony' to 'Ericsson'")
    ]


def test_relations_are_annotated_where_the_folder_has_one(folder):
    files = {"a.txt": "Ann", "a.ann": "T1\tPER 0 3\tAnn\n", "b.txt": "Bob", "c.txt": LINKED, "c.ann": MENTIONS}
    assert [document.relations for document in read(folder(files), "brat")] == [None, None, None]
    files["c.ann"] += "R1\tpartner Arg1:T1 Arg2:T2\n"
    first, second, third = read(folder(files), "brat")
    assert (first.relations, second.relations, len(third.relations)) == ((), None, 1)
    assert all(document.events is None for document in (first, second, third))
    first, *_ = read(folder(files), "brat", labelled=False)
    assert first.relations is None


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ("R1\tx Arg1:T1 Arg2:T9\n", "T9"),
        ("R1\tx Arg1:T8 Arg2:T9\n", "T8 and T9"),
        ("T9\tPER 0 2;5 8\tSo and\nR1\tx Arg1:T9 Arg2:T1\n", "T9"),
        ("T1\tPER 55 58\tAnn\nR1\tx Arg1:T1 Arg2:T2\n", "T1"),
        ("E1\tMERGE:T3 Org1:T1\nR1\tx Arg1:T3 Arg2:T1\n", "T3"),
        ("E1\tMERGE:T3 Org1:T1\nR1\tx Arg1:T1 Arg2:E1\n", "E1"),
    ],
    ids=["unknown", "both unknown", "left out", "an id of two mentions", "a trigger", "an event"],
)
def test_a_relation_without_its_entity_is_left_out(folder, lines, missing):
    notes = Notes()
    path = folder({"a.txt": LINKED, "a.ann": MENTIONS + lines})
    (document,) = read(path, "brat", notes=notes, discontinuous="skip")
    assert document.relations == ()
    assert [note.message for note in notes if note.message.startswith("relation")] == [
        f"relation x: {missing} is no entity that was kept"
    ]
    with pytest.raises(DataError, match=r"a\.ann:\d: "):
        list(read(path, "brat", on_error="raise", discontinuous="skip"))


def test_events(folder):
    lines = "E1\tMERGE:T3 Org1:T1 Org2:T2\nE2\tJOY:T4 Who:T5 Why:E1\nE3\tMERGE:T3 Party:T1 Party2:T2 Site2:T5\n"
    notes = Notes()
    (document,) = read(folder({"a.txt": LINKED, "a.ann": MENTIONS + lines}), "brat", notes=notes)
    assert events(document) == [
        ("MERGE", [("Org1", "Sony"), ("Org2", "Ericsson"), ("trigger", "venture")]),
        ("JOY", [("Why", "venture"), ("trigger", "pleased"), ("Who", "Ann")]),
        ("MERGE", [("Party", "Sony"), ("Party", "Ericsson"), ("trigger", "venture"), ("Site2", "Ann")]),
    ]
    assert found(document) == [("ORG", "Sony", 0, 4), ("ORG", "Ericsson", 9, 17), ("PER", "Ann", 55, 58)]
    assert document.relations is None
    assert not notes


def test_what_is_wrong_with_an_event(folder):
    lines = "E1\tMERGE:T9 Org1:T1\nE2\tJOY:T4 Who:T8 Why:E1\nE3\tJOY:T4\nE4\tJOY:T4\nE5\tMERGE:T3 A:T1 A:T1\n"
    notes = Notes()
    (document,) = read(folder({"a.txt": LINKED, "a.ann": MENTIONS + lines}), "brat", notes=notes)
    assert events(document) == [("JOY", [("trigger", "pleased")]), ("MERGE", [("A", "Sony"), ("trigger", "venture")])]
    assert [(note.kind, note.line, note.message) for note in notes] == [
        ("dropped", 6, "event MERGE: its trigger T9 is no mention that was kept"),
        ("dropped", 7, "event JOY: its Who T8 is no mention that was kept"),
        ("dropped", 7, "event JOY: its Why E1 is no mention that was kept"),
        ("duplicate", 8, "event JOY with trigger 'pleased' at 47:54"),
        ("duplicate", 9, "event JOY with trigger 'pleased' at 47:54"),
        ("duplicate", 10, "event MERGE: A 'Sony' at 0:4"),
    ]


@pytest.mark.parametrize("line", ["R1\tx T1 T2", "R1\tx Arg1:T1", "E1\tMERGE", "E1\tMERGE:T3 T1", "E1\tMERGE:E2"])
def test_links_that_are_none(folder, line):
    with pytest.raises(DataError, match=r"a\.ann:6: expected 'id<TAB>label"):
        list(read(folder({"a.txt": LINKED, "a.ann": MENTIONS + line}), "brat"))


def test_kinds_of_lines_that_are_not_read_are_counted(folder):
    lines = "*\tEquiv T1 T2\nA1\tNegation E1\nM1\tSure E1\nN1\tReference T1 X:1\tSony\n#1\tAnnotatorNotes T1\tnote\n"
    notes = Notes()
    list(read(folder({"a.txt": LINKED, "a.ann": MENTIONS + lines}), "brat", notes=notes))
    assert [note.message for note in notes] == [
        "2 attributes are not read", "1 equivalences are not read", "1 normalizations are not read"
    ]  # fmt: skip
    assert {note.kind for note in notes} == {"ignored"}


def test_what_hangs_on_a_shifted_document_is_told(folder):
    lines = "T1\tX 0 1\ta\nT2\tX 2 3\td\nR1\tx Arg1:T1 Arg2:T2\n"
    notes = Notes()
    list(read(folder({"a.txt": "abcdef", "a.ann": lines, "b.txt": "ok", "b.ann": ""}), "brat", notes=notes))
    assert "(mentions that fit: 1, that do not: 1, relations and events: 1)" in list(notes)[1].message
