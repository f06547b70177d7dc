"""What holds for every format: options, missing labels, empty files, notes and warnings."""

import pytest

from globalpointer.cli.options import FORMATS, WRITABLE
from globalpointer.data.readers import READERS, DataWarning, Notes, read
from globalpointer.data.writers import WRITERS
from globalpointer.errors import ConfigError, DataError

FOLDERS = ("brat", "casie")
"""Formats of many small files: a file is none of them."""


@pytest.fixture
def file(tmp_path):
    def make(content, name="file.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def test_the_format_names_are_those_of_the_command_line():
    assert ", ".join(READERS) == FORMATS
    assert ", ".join(WRITERS) == WRITABLE


def test_an_unknown_format_names_the_nearest(file):
    with pytest.raises(ConfigError, match="nearest: 'cluener'"):
        read(file(""), "clue-ner")


def test_an_unknown_option_is_refused_at_once(file):
    with pytest.raises(ConfigError, match="'joinr'"):
        read(file(""), "bio", joinr="")


@pytest.mark.parametrize("options", [{"joiner": "-"}, {"layers": 0}, {"discontinuous": "keep"}, {"mentions": "last"}])
def test_options_check_themselves(file, options):
    with pytest.raises(ConfigError):
        read(file("a O\n"), "bio", **{"joiner": "", **options})


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "  \n"])
@pytest.mark.parametrize("name", [name for name in READERS if name not in FOLDERS])
def test_an_empty_file_is_an_error(file, name, content):
    with pytest.raises(DataError, match="no document"):
        list(read(file(content), name, joiner=""))


@pytest.mark.parametrize("name", [name for name in READERS if name not in FOLDERS])
def test_latin_1_bytes_are_named_with_their_place(file, name):
    path = file(b'\n{"text": "caf\xe9"}\n')
    with pytest.raises(DataError, match=r"file\.txt:2: expected UTF-8, found byte 0xe9 at byte 14.*iconv"):
        list(read(path, name, joiner=""))


@pytest.mark.parametrize("name", ["jsonl", "cluener", "runne"])
@pytest.mark.parametrize(
    "line", ['{"text": "a"', "[]", '"text"', "nonsense", "[" * 100_000, '{"text": ' + "9" * 5000 + "}"]
)
def test_broken_json_is_an_error_with_its_line(file, name, line):
    path = file('{"text": "a", "sentences": "a"}\n' + line + "\n")
    with pytest.raises(DataError, match=r"file\.txt:2: "):
        list(read(path, name))


def test_half_a_surrogate_pair_is_refused(file):
    with pytest.raises(DataError, match=r"file\.txt:1: .*U\+D83D.*character 1"):
        list(read(file('{"text": "a\\ud83d"}'), "jsonl"))


def test_labels_can_be_demanded_and_left_aside(file):
    bare, labelled = file("北京\n", "bare"), file("北京|||0    1    LOC|||\n", "labelled")
    assert next(read(bare, "cmeee")).entities is None
    assert next(read(labelled, "cmeee", labelled=False)).entities is None
    with pytest.raises(DataError, match="not annotated"):
        list(read(bare, "cmeee", labelled=True))


def test_what_is_left_out_is_warned_of_unless_notes_are_taken(file):
    path = file("北京|||1    0    LOC|||0    1    LOC|||\n")
    with pytest.warns(DataWarning, match=r"1 annotation left out, such as:\n.*file\.txt:1: LOC 1 0"):
        (document,) = read(path, "cmeee")
    assert [entity.text for entity in document.entities] == ["北京"]
    notes = Notes()
    list(read(path, "cmeee", notes=notes))
    (note,) = notes
    assert (note.kind, note.level, note.line, note.path) == ("dropped", "error", 1, str(path))
    with pytest.raises(DataError, match=r"file\.txt:1: LOC 1 0: its last character"):
        list(read(path, "cmeee", on_error="raise"))


def test_the_summary_of_notes_is_short(file):
    path = file("北京|||1    0    LOC|||\n" * 10)
    notes = Notes()
    list(read(path, "cmeee", notes=notes))
    first, *examples, last = notes.summary()
    assert first == "10 annotations left out, such as:"
    assert len(examples) == 3
    assert last == "  ... and 7 more"


def test_ids_say_where_a_document_stands(file):
    first, second = read(file("\n一\n\n二\n"), "cmeee")
    assert (first.id, second.id) == ("file.txt:2", "file.txt:4")
