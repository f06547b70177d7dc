"""`globalpointer check`: facts, findings, an exit code that a script can use."""

import json

import pytest


def test_a_sound_file(cli, gold, tmp_path):
    result = cli("check", gold, "--json", tmp_path / "o.json")
    assert result.code == 0, result.err
    assert "PER" in result.out
    assert json.loads((tmp_path / "o.json").read_text())["files"][0]["documents"] == 2


def test_errors_are_exit_code_1_and_all_files_are_looked_at(cli, gold, tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"text": "Ann"}\n{broken\n')
    result = cli("check", broken, gold, tmp_path / "missing.jsonl", "--json", "-", "--tokenizer", "character")
    assert result.code == 1
    numbers = json.loads(result.out)
    assert len(numbers["files"]) == 3
    assert any("broken.jsonl:2" in example for error in numbers["errors"] for example in error["examples"])
    assert "PER" in result.err


@pytest.mark.parametrize("kind", ["character", "wordpiece"])
def test_a_learned_tokenizer(cli, gold, tmp_path, kind):
    result = cli("check", gold, "--tokenizer", kind, "--window", "4", "--json", tmp_path / "o.json")
    assert result.code in (0, 1), result.err
    tokens = json.loads((tmp_path / "o.json").read_text())["files"][0]["tokens"]
    assert tokens["window"] == 4
    assert tokens["windows"] > 2


def test_columns_need_a_joiner(cli, tmp_path):
    (tmp_path / "a.txt").write_text("Ann B-PER\n")
    result = cli("check", tmp_path / "a.txt", "--format", "bio")
    assert result.code == 1
    assert "joiner" in result.err
    assert cli("check", tmp_path / "a.txt", "--format", "bio", "--joiner", " ").code == 0


def test_findings_are_not_broken_into_lines(cli, tmp_path, monkeypatch):
    """What names a file must stay whole, so that it can be copied and searched for."""
    monkeypatch.setenv("COLUMNS", "40")
    twice = tmp_path / "the same text stands twice in this file.jsonl"
    twice.write_text('{"text": "Ann", "entities": []}\n' * 2)
    result = cli("check", twice)
    assert f"more than once (1)\n    {twice}:1, {twice}:2\n" in result.out


def test_model_or_tokenizer(cli, gold):
    assert cli("check", gold, "--model", "m", "--tokenizer", "character").code == 2
