"""CASIE: a folder or an archive of documents, offsets that are one too far."""

import io
import json
import tarfile

import pytest

from globalpointer.data.readers import Notes, read
from globalpointer.errors import DataError

TEXT = "In May a hacker stole the data."


def mention(text, start, role=None, **more):
    given = {"startOffset": start, "endOffset": start + len(text), "text": text, **more}
    return given if role is None else {**given, "role": {"type": role}, "type": "Thing"}


def event(nugget, *arguments, subtype="Databreach"):
    return {"type": "Attack", "subtype": subtype, "nugget": nugget, "argument": list(arguments), "realis": "Actual"}


@pytest.fixture
def folder(tmp_path):
    def make(*groups, name="7.json"):
        path = tmp_path / "annotation"
        path.mkdir(exist_ok=True)
        hopper = [{"index": index, "events": group} for index, group in enumerate(groups)]
        record = {"content": TEXT, "sourcefile": "9.txt", "cyberevent": {"hopper": hopper}, "info": {"type": "text"}}
        (path / name).write_text(json.dumps(record))
        return path

    return make


def found(document):
    return [(each.label, [(one.role, one.text) for one in each.ordered()]) for each in document.events]


STOLE = mention("stole", 16)


def test_the_events_of_all_groups(folder):
    more = event(STOLE, mention("the data", 22, "Goods"), mention("In May", 0, "Time"))
    bare = {"type": "Attack", "subtype": "Ransom", "nugget": mention("hacker", 9)}
    folder([more], [bare, event(STOLE)])
    first, second = read(folder(name="10.json"), "casie")
    assert found(second) == [
        ("Databreach", [("Time", "In May"), ("trigger", "stole"), ("Goods", "the data")]),
        ("Ransom", [("trigger", "hacker")]),
        ("Databreach", [("trigger", "stole")]),
    ]
    assert (first.id, first.events, second.id, second.entities) == ("10", (), "7", None)
    assert second.meta == {"sourcefile": "9.txt", "info": {"type": "text"}}


def test_one_character_too_far_is_repaired_and_the_rest_left_out(folder):
    path = folder([
        event(mention("stole", 17), mention("In May", 1, "Time"), mention("data", 28, "Goods"), mention("x", 3, "X")),
        event(mention("stole", 18), mention("In May", 0, "Time")),
    ])  # fmt: skip
    notes = Notes()
    (document,) = read(path, "casie", notes=notes)
    assert found(document) == [("Databreach", [("Time", "In May"), ("trigger", "stole")])]
    assert notes.counts() == {"repaired": 2, "dropped": 3}
    said = [str(note) for note in notes]
    assert said[0] == f"{path}/7.json:1: trigger 'stole' at 17:22 stands one character to the left"
    assert "left out whole: trigger 'stole': the mention is 'stole', but the text has 'ole t' at 18:23" in said[4]
    with pytest.raises(DataError, match=r"7\.json:1: trigger 'stole' at 17:22"):
        list(read(path, "casie", on_error="raise"))


def test_archives(folder, tmp_path):
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as packed:
        for name in ("top/annotation/7.json", "top/other/8.json", "top/annotation/notes.txt"):
            data = (folder([event(STOLE)]) / "7.json").read_bytes()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
    for place in (f"{path}::annotation/", f"{path}::top/annotation"):
        assert [document.id for document in read(place, "casie")] == ["7"]
    assert [document.id for document in read(path, "casie")] == ["7", "8"]
    assert next(read(path, "casie", labelled=False)).events is None


@pytest.mark.parametrize(
    "cyberevent", [3, {"hopper": 3}, {"hopper": [{"events": [1]}]}, {"hopper": [{"events": [{"nugget": 1}]}]}]
)
def test_files_that_are_none(tmp_path, cyberevent):
    (tmp_path / "a.json").write_text(json.dumps({"content": TEXT, "cyberevent": cyberevent}))
    with pytest.raises(DataError, match=r"a\.json:1: expected a list of objects under"):
        list(read(tmp_path, "casie"))


def test_places_without_a_document(tmp_path):
    with pytest.raises(DataError, match="no document in it"):
        list(read(tmp_path, "casie"))
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(DataError, match="broken JSON"):
        list(read(tmp_path, "casie"))
    with pytest.raises(DataError, match="no such file"):
        list(read(tmp_path / "none", "casie"))
