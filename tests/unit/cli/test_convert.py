"""`globalpointer convert`: from any format that is read to any that is written."""

import json

import pytest


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_columns_to_jsonl_and_back(cli, tmp_path):
    (tmp_path / "a.txt").write_text("Ann B-PER\nsings O\n\nOslo B-LOC\n")
    out, again = tmp_path / "b.jsonl", tmp_path / "c.txt"
    result = cli("convert", tmp_path / "a.txt", out, "--format", "bio", "--to", "jsonl", "--joiner", " ")
    assert result.code == 0, result.err
    assert "2 documents with 2 entities" in result.err
    assert [row["text"] for row in rows(out)] == ["Ann sings", "Oslo"]
    assert cli("convert", out, again, "--format", "jsonl", "--to", "bio", "--joiner", " ").code == 0
    assert again.read_text().split() == ["Ann", "B-PER", "sings", "O", "Oslo", "B-LOC"]


def test_leaks_are_left_out(cli, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "one", "entities": []}\n{"text": "two", "entities": []}\n')
    (tmp_path / "b.jsonl").write_text('{"text": "all in one", "entities": []}\n')
    options = ("--format", "jsonl", "--without", tmp_path / "b.jsonl")
    result = cli("convert", tmp_path / "a.jsonl", tmp_path / "c.jsonl", *options)
    assert result.code == 0, result.err
    assert [row["text"] for row in rows(tmp_path / "c.jsonl")] == ["two"]
    assert "1 document left out" in result.err


def test_labels_can_be_dropped(cli, gold, tmp_path):
    assert cli("convert", gold, tmp_path / "c.jsonl", "--format", "jsonl", "--drop-labels").code == 0
    assert all("entities" not in row for row in rows(tmp_path / "c.jsonl"))


def test_what_a_format_cannot_hold_is_refused_and_the_old_file_stays(cli, tmp_path):
    nested = {"text": "ab", "entities": [{"start": 0, "end": 2, "label": "A"}, {"start": 0, "end": 1, "label": "B"}]}
    (tmp_path / "a.jsonl").write_text(json.dumps(nested) + "\n")
    (tmp_path / "c.txt").write_text("old")
    result = cli(
        "convert", tmp_path / "a.jsonl", tmp_path / "c.txt", "--format", "jsonl", "--to", "bio", "--joiner", ""
    )
    assert result.code == 1
    assert "overlap" in result.err or "nested" in result.err
    assert (tmp_path / "c.txt").read_text() == "old"


@pytest.mark.parametrize(("given", "to"), [("jsnol", "jsonl"), ("jsonl", "boi")])
def test_unknown_formats(cli, gold, tmp_path, given, to):
    result = cli("convert", gold, tmp_path / "c", "--format", given, "--to", to)
    assert result.code == 1
    assert "nearest" in result.err


def test_relations_and_events_are_kept_or_dropped(cli, tmp_path):
    ann, oslo = {"start": 0, "end": 3, "label": "PER"}, {"start": 7, "end": 11, "label": "LOC"}
    event = {"label": "be", "arguments": [{"role": "trigger", "start": 4, "end": 6}]}
    record = {"text": "Ann in Oslo", "entities": [ann, oslo], "events": [event]}
    record["relations"] = [{"label": "in", "subject": 0, "object": 1}]
    (tmp_path / "a.jsonl").write_text(json.dumps(record))
    result = cli("convert", tmp_path / "a.jsonl", tmp_path / "b", "--format", "jsonl", "--to", "brat")
    assert "1 document with 2 entities, 1 relation, 1 event written" in result.err
    again = tmp_path / "c.jsonl"
    assert cli("convert", tmp_path / "b", again, "--format", "brat").code == 0
    assert rows(again)[0]["relations"] == record["relations"]
    refused = cli("convert", again, tmp_path / "d.txt", "--format", "jsonl", "--to", "bio", "--joiner", " ")
    assert refused.code == 1
    assert "it has 1 relation and 1 event, and bio holds entities only" in refused.err
    assert "use jsonl, or drop the links (--drop-links)" in refused.err
    options = ("--format", "jsonl", "--to", "bio", "--joiner", " ", "--drop-links")
    assert cli("convert", again, tmp_path / "d.txt", *options).code == 0
    assert (tmp_path / "d.txt").read_text().split() == ["Ann", "B-PER", "in", "O", "Oslo", "B-LOC"]
    assert cli("convert", again, tmp_path / "e.jsonl", "--format", "jsonl", "--drop-labels").code == 0
    assert set(rows(tmp_path / "e.jsonl")[0]) == {"text", "id"}


def test_a_policy_for_mentions(cli, tmp_path):
    triple = {"subject": "Ann", "label": "likes", "object": "Bo"}
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Ann, Ann and Bo", "triples": [triple]}))
    for policy, start in (("nearest", 5), ("first", 0)):
        options = ("--format", "jsonl", "--mentions", policy)
        assert cli("convert", tmp_path / "a.jsonl", tmp_path / "b.jsonl", *options).code == 0
        (row,) = rows(tmp_path / "b.jsonl")
        assert row["entities"][row["relations"][0]["subject"]]["start"] == start


def test_questions_and_their_answers(cli, tmp_path):
    asked = {"context": "Ann sings", "question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}]}
    (tmp_path / "a.json").write_text(json.dumps(asked) + "\n")
    result = cli("convert", tmp_path / "a.json", tmp_path / "b.jsonl", "--format", "squad")
    assert result.code == 0, result.err
    assert "1 document with 1 answer written" in result.err
    (row,) = rows(tmp_path / "b.jsonl")
    assert (row["question"], row["answers"], row["accepted"]) == (
        "Who?",
        [{"start": 0, "end": 3, "text": "Ann"}],
        ["Ann"],
    )
    result = cli("convert", tmp_path / "b.jsonl", tmp_path / "c.txt", "--format", "jsonl", "--to", "cmeee")
    assert result.code == 1
    assert "it has a question, and cmeee holds none: use jsonl" in result.err
    bare = cli("convert", tmp_path / "b.jsonl", tmp_path / "d.jsonl", "--format", "jsonl", "--drop-labels")
    assert "1 document with no annotation" in bare.err
    assert set(rows(tmp_path / "d.jsonl")[0]) == {"text", "id", "question"}
