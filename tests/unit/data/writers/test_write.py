"""Writing: refusals that name the document, and files that are whole or not there."""

import errno
import gzip
import io
import os
from dataclasses import replace

import pytest

from globalpointer.data.readers import read
from globalpointer.data.writers import write
from globalpointer.errors import ConfigError, DataError
from globalpointer.text.spans import Argument, Document, Event, Relation, Span, Triple

TEXT = "Ann from Old Port"
PLAIN = Document(TEXT, (Document(TEXT).entity("PER", 0, 3), Document(TEXT).entity("LOC", 9, 17)), "one")
NESTED = Document(TEXT, (*PLAIN.entities, Document(TEXT).entity("X", 9, 12)), "two")


def test_the_bytes_of_each_format(tmp_path):
    expected = {
        "jsonl": '{"text": "Ann from Old Port", "id": "one", "entities": [{"start": 0, "end": 3, "label": "PER", "text": "Ann"}, '
        '{"start": 9, "end": 17, "label": "LOC", "text": "Old Port"}]}\n',
        "cluener": '{"text": "Ann from Old Port", "id": "one", "label": {"PER": {"Ann": [[0, 2]]}, "LOC": {"Old Port": [[9, 16]]}}}\n',
        "cmeee": "Ann from Old Port|||0    2    PER|||9    16    LOC|||\n",
        "bio": "Ann B-PER\nfrom O\nOld B-LOC\nPort I-LOC\n\n",
        "bilou": "Ann U-PER\nfrom O\nOld B-LOC\nPort L-LOC\n\n",
    }
    for name, content in expected.items():
        assert write([PLAIN], tmp_path / name, name, joiner=" ") == 1
        assert (tmp_path / name).read_text() == content


def test_brat_is_a_folder(tmp_path):
    named = Document("b", (), "../x")
    assert write([PLAIN, named, Document("c", None, "ONE")], tmp_path / "out", "brat") == 3
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "one.txt", "one.ann", "document-000002.txt", "document-000002.ann", "document-000003.txt",
    }  # fmt: skip
    assert (tmp_path / "out" / "one.ann").read_text() == "T1\tPER 0 3\tAnn\nT2\tLOC 9 17\tOld Port\n"
    with pytest.raises(DataError, match="something of this name already"):
        write([PLAIN], tmp_path / "out", "brat")
    with pytest.raises(ConfigError, match="folder"):
        write([PLAIN], io.StringIO(), "brat")


def test_a_stream_is_written_line_by_line():
    stream = io.StringIO()
    assert write(iter([PLAIN, NESTED]), stream, "jsonl") == 2
    assert stream.getvalue().count("\n") == 2


def test_gzip_by_name_and_the_same_bytes_each_time(tmp_path):
    write([PLAIN], tmp_path / "a.jsonl.gz", "jsonl")
    write([PLAIN], tmp_path / "b.jsonl.gz", "jsonl")
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()).startswith(b'{"text"')
    assert next(read(tmp_path / "a.jsonl.gz", "jsonl")) == PLAIN


@pytest.mark.parametrize(
    ("document", "name", "joiner", "said"),
    [
        (NESTED, "bio", " ", "document two: X 'Old' overlaps another entity|document two: LOC 'Old Port' overlaps"),
        (Document("ab", (Document("ab").entity("X", 0, 1),), "d"), "bio", " ", "document d: X 'a' ends within a token"),
        (Document("a", None, "d"), "bio", " ", "document d: it is not annotated"),
        (Document("a  b", (), "d"), "bio", " ", "document d: '' cannot be a token"),
        (Document("a\nb", (), "d"), "bio", "", "cannot be a token"),
        (Document("a\nb", (), "d"), "cmeee", None, "document d: a cmeee text is one line"),
        (Document("a|||b", (), "d"), "cmeee", None, "document d: a cmeee text is one line"),
        (Document("ab", (Document("ab").entity("x y", 0, 1),), "d"), "cmeee", None, "label has no blanks"),
        (Document("ab", (Document("ab").entity("x y", 0, 1),), "d"), "brat", None, "label has no blanks"),
        (Document("\ud83d", (), "d"), "jsonl", None, "document 'd': .*surrogate"),
        (Document("a", (), "\ud83d"), "jsonl", None, "its id .*surrogate"),
    ],
)
def test_what_a_format_cannot_say_is_refused_and_nothing_is_left(tmp_path, document, name, joiner, said):
    with pytest.raises(DataError, match=said):
        write([PLAIN, document], tmp_path / "out", name, joiner=joiner)
    assert list(tmp_path.iterdir()) == []


def test_unknown_formats_and_missing_joiners(tmp_path):
    with pytest.raises(ConfigError, match="nearest: 'bioes'"):
        write([PLAIN], tmp_path / "a", "bioess")
    with pytest.raises(ConfigError, match="known: jsonl"):
        write([PLAIN], tmp_path / "a", "uner")
    with pytest.raises(ConfigError, match="needs a joiner"):
        write([PLAIN], tmp_path / "a", "bio")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.jsonl"
    write([PLAIN], path, "jsonl")
    before = path.read_bytes()

    def broken():
        yield NESTED
        raise DataError("from the reader")

    with pytest.raises(DataError, match="from the reader"):
        write(broken(), path, "jsonl")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_full_disk_is_a_clear_error_and_leaves_nothing(tmp_path, monkeypatch, name):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="cannot be written: No space left"):
        write([PLAIN], tmp_path / name, "jsonl")
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "none" / "a.jsonl", tmp_path / "file" / "a.jsonl"):
        for name in ("jsonl", "brat"):
            with pytest.raises(DataError, match="cannot be written"):
                write([PLAIN], path, name)
    with pytest.raises(DataError, match="found a folder"):
        write([PLAIN], tmp_path, "jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_new_files_have_the_usual_rights(tmp_path):
    (tmp_path / "plain").touch()
    write([PLAIN], tmp_path / "a.jsonl", "jsonl")
    assert (tmp_path / "a.jsonl").stat().st_mode == (tmp_path / "plain").stat().st_mode


def argument(role, start, end):
    return Argument(role, Span(start, end), TEXT[start:end])


ANN, PORT = PLAIN.entities
LEAVING = Event("leave", frozenset([argument("trigger", 4, 8), argument("Who", 0, 3), argument("Where", 9, 17)]))
LINKED = Document(TEXT, PLAIN.entities, "d", relations=(Relation("from", ANN, PORT),), events=(LEAVING,))


def test_brat_has_lines_for_relations_and_events(tmp_path):
    write([LINKED], tmp_path / "out", "brat")
    assert (tmp_path / "out" / "d.ann").read_text() == (
        "T1\tPER 0 3\tAnn\nT2\tLOC 9 17\tOld Port\nR1\tfrom Arg1:T1 Arg2:T2\n"
        "T3\tleave 4 8\tfrom\nE1\tleave:T3 Who:T1 Where:T2\n"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"events": (Event("x", frozenset([argument("Who", 0, 3)])),)}, "event 'x' has 0 triggers"),
        (
            {"events": (Event("x", frozenset([argument("trigger", 0, 3), argument("trigger", 4, 8)])),)},
            "has 2 triggers",
        ),
        ({"events": (Event("x", frozenset([argument("trigger", 0, 3), argument("Who", 4, 8)])),)}, "neither an entity"),
        ({"events": (Event("x", frozenset([argument("trigger", 4, 8), argument("a b", 0, 3)])),)}, "no blanks"),
        ({"relations": (Relation("a b", ANN, PORT),)}, "no blanks, found 'a b'"),
        ({"triples": (Triple("Ann", "from", "Newport"),)}, "'Newport'\\) stands nowhere in the text"),
    ],
)
def test_what_brat_has_no_place_for(tmp_path, change, said):
    with pytest.raises(DataError, match="document d: .*" + said):
        write([replace(LINKED, **change)], tmp_path / "out", "brat")
    assert list(tmp_path.iterdir()) == []


def test_roles_that_look_numbered(tmp_path):
    roles = ("Who", "Who", "Who2")
    event = Event("x", frozenset([argument("trigger", 4, 8), *map(argument, roles, (0, 9, 0), (3, 17, 3))]))
    with pytest.raises(DataError, match="could not be told from numbered ones"):
        write([replace(LINKED, events=(event,))], tmp_path / "out", "brat")


@pytest.mark.parametrize("name", ["cluener", "cmeee", "bio"])
def test_formats_of_entities_refuse_relations_and_events(tmp_path, name):
    with pytest.raises(DataError, match=f"document d: it has 1 relation and 1 event, and {name} holds entities only"):
        write([LINKED], tmp_path / "out", name, joiner=" ")
    assert write([replace(PLAIN, relations=(), events=())], tmp_path / "out", name, joiner=" ") == 1
