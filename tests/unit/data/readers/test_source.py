"""Opening files: packed, missing, damaged, in archives; and lines as they are."""

import gzip
import io
import os
import tarfile

import pytest

from globalpointer.data.readers.source import file_name, lines, read_members
from globalpointer.errors import DataError


def texts(path):
    return [line for _, line in lines(path)]


def test_lines_end_with_lf_or_crlf_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("one\r\ntwo\u2028still\x0cstill\rstill\n\nfour".encode())
    assert list(lines(path)) == [(1, "one"), (2, "two\u2028still\x0cstill\rstill"), (3, ""), (4, "four")]


def test_a_byte_order_mark_goes_at_the_beginning_of_the_file_alone(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfone\n\xef\xbb\xbftwo\n")
    assert texts(path) == ["one", "\ufefftwo"]


def test_utf_16_is_named(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("one".encode("utf-16"))
    with pytest.raises(DataError, match="UTF-16"):
        texts(path)


def test_gzip_is_seen_by_its_bytes(tmp_path):
    for name in ("a.txt.gz", "a.txt"):
        (tmp_path / name).write_bytes(gzip.compress(b"one\ntwo\n"))
        assert texts(tmp_path / name) == ["one", "two"]


def test_a_file_named_gz_that_is_none(tmp_path):
    (tmp_path / "a.gz").write_bytes(b"one\n")
    with pytest.raises(DataError, match="not a gzip file"):
        texts(tmp_path / "a.gz")


@pytest.mark.parametrize("spoil", [lambda data: data[:-20], lambda data: data[:30] + b"\xff" * 40 + data[70:]])
def test_a_damaged_gzip_file(tmp_path, spoil):
    path = tmp_path / "a.gz"
    path.write_bytes(spoil(gzip.compress("".join(f"line {i * i}\n" for i in range(300)).encode())))
    with pytest.raises(DataError, match="damaged"):
        texts(path)


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "train.json.gz").touch()
    with pytest.raises(DataError, match=r"no such file \(nearest: .*train\.json\.gz\)"):
        texts(tmp_path / "train.json")
    with pytest.raises(DataError, match=r"no such file \(nearest: .*train\.json\.gz\)"):
        texts(tmp_path / "trian.json.gz")
    with pytest.raises(DataError, match="no such file"):
        texts(tmp_path / "none" / "deeper" / "x.txt")


def test_a_folder_names_its_files(tmp_path):
    (tmp_path / "train.txt").touch()
    with pytest.raises(DataError, match=r"found a folder with train\.txt"):
        texts(tmp_path)


def test_a_name_that_no_system_allows(tmp_path):
    with pytest.raises(DataError):
        texts(tmp_path / ("x" * 5000))


def archive(path, files):
    with tarfile.open(path, "w:gz") as packed:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))


def test_a_file_inside_an_archive(tmp_path):
    path = tmp_path / "a.tar.gz"
    archive(path, {"corpus/train.txt": b"one\n", "corpus/dev.txt.gz": gzip.compress(b"two\n")})
    assert texts(f"{path}::corpus/train.txt") == ["one"]
    assert texts(f"{path}::dev.txt.gz") == ["two"]
    with pytest.raises(DataError, match=r"no such file in the archive \(nearest: corpus/train\.txt"):
        texts(f"{path}::corpus/tran.txt")
    assert set(read_members(path)) == {"corpus/train.txt", "corpus/dev.txt.gz"}


def test_an_archive_that_is_none(tmp_path):
    (tmp_path / "a.tar.gz").write_bytes(b"no archive")
    with pytest.raises(DataError, match="archive"):
        read_members(tmp_path / "a.tar.gz")
    with pytest.raises(DataError, match="archive"):
        texts(f"{tmp_path}/a.tar.gz::x")


def test_standard_input(monkeypatch):
    class Stdin:
        buffer = io.BufferedReader(io.BytesIO(b"one\ntwo\n"))

    monkeypatch.setattr("sys.stdin", Stdin)
    assert texts("-") == ["one", "two"]


def test_file_names():
    assert file_name("a/b/train.json.gz") == "train.json"
    assert file_name("a/b.tar.gz::c/train.txt") == "train.txt"
    assert file_name("-") == "stdin"
    assert file_name(os.fsdecode(b"a/caf\xe9.txt")) == "caf\ufffd.txt"


def test_a_like_ending_is_no_likeness(tmp_path):
    for name in ("unlabelled.jsonl", "train.jsonl", "train.txt"):
        (tmp_path / name).touch()
    with pytest.raises(DataError, match="nothing of a similar name"):
        list(lines(str(tmp_path / "absent.jsonl")))
    with pytest.raises(DataError, match=r"nearest: .*/train\.jsonl\)"):
        list(lines(str(tmp_path / "trian.jsonl")))
