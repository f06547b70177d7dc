"""Files appear whole or not at all; lines stay; stdout carries bytes that are always UTF-8."""

import gzip
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from globalpointer.cli.output import byte_sink, check_outputs, json_line, write_json, write_text
from globalpointer.errors import DataError


def test_a_file_is_written_whole_and_may_be_replaced(tmp_path):
    path = tmp_path / "new" / "a.txt"
    write_text(path, "eins\r\n")
    write_text(path, "zwei\n")
    assert path.read_bytes() == b"zwei\n"
    assert os.listdir(path.parent) == ["a.txt"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half \ud800")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_folder_is_refused_by_name(tmp_path):
    with pytest.raises(IsADirectoryError) as error:
        write_text(tmp_path, "x")
    assert error.value.filename == str(tmp_path)


def test_a_place_below_a_file_is_named(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "a.txt", tmp_path / "file" / "b" / "a.txt"):
        with pytest.raises(NotADirectoryError):
            write_text(path, "x")


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="no folder that nobody may write to, root neither")
def test_an_unwritable_folder_names_the_file_that_was_asked_for():
    with pytest.raises(OSError, match=r"'/proc/a\.txt'"):
        write_text("/proc/a.txt", "x")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_is_an_error_that_names_the_file():
    with pytest.raises(OSError, match="No space left") as error, byte_sink("/dev/full") as sink:
        sink.write(b"x" * 100_000)
    assert error.value.filename == "/dev/full"


@pytest.mark.parametrize("text", ["李雷 😀", "half \ud800 a pair", "\u2028\x00"])
def test_any_text_is_one_line_of_utf8_that_comes_back(text):
    line = json_line({"text": text})
    assert line.count(b"\n") == 1
    assert json.loads(line.decode("utf-8"))["text"] == text


def test_gz_by_name(tmp_path):
    with byte_sink(str(tmp_path / "a.jsonl.gz")) as sink:
        sink.write(b"line\n")
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == b"line\n"


@pytest.mark.parametrize("name", ["李", "half \ud800 a pair"])
def test_json_to_stdout_and_to_a_file(name, capfdbinary, tmp_path):
    write_json("-", {"f1": 0.5, "name": name})
    assert json.loads(capfdbinary.readouterr().out) == {"f1": 0.5, "name": name}
    write_json(str(tmp_path / "a.json"), {"f1": 0.5, "name": name})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"f1": 0.5, "name": name}


def test_a_pipe_stays_a_pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(path.read_text)
        write_text(path, "through\n")
        assert read.result(timeout=10) == "through\n"
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_results_that_would_be_lost_are_refused(tmp_path):
    out, pipe = tmp_path / "a.json", tmp_path / "pipe"
    os.mkfifo(pipe)
    for written, page, said in (
        ((str(out), str(tmp_path / "." / "a.json")), None, f"two results would be written to {out}"),
        ((str(out),), str(out), f"two results would be written to {out}"),
        (("-", "-"), None, "two results would be written to standard output"),
        ((str(tmp_path),), None, "this is a folder"),
        ((), "-", "a page is written to a file"),
    ):
        with pytest.raises(DataError) as error:
            check_outputs([], *written, page=page)
        assert said in str(error.value)
    check_outputs(["-"], str(out), "-", None, page=str(tmp_path / "a.html"))
    check_outputs([], str(pipe), page=str(pipe))
