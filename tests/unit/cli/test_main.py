"""How errors reach a person: one message, the right exit code, no traceback unless asked."""

import warnings

import pytest

from globalpointer.cli.main import explain, run
from globalpointer.errors import DataError


def test_an_error_of_ours_is_one_message(cli, predictor, gold):
    result = cli("evaluate", "no-model", gold)
    assert result.code == 1
    assert result.err == "error: no-model: not a model folder [really]\n"
    assert result.out == ""


@pytest.mark.parametrize("place", ["first", "last"])
def test_debug_shows_the_traceback(predictor, gold, place):
    words = ["evaluate", "no-model", str(gold)]
    words = ["--debug", *words] if place == "first" else [*words, "--debug"]
    with pytest.raises(Exception, match="not a model folder"):
        run(words)


@pytest.mark.parametrize(
    "words", [["evaluate"], ["nix"], ["predict", "m", "f", "--nix"], ["predict", "m", "-", "--overlap-policy", "none"]]
)
def test_wrong_usage_is_2(cli, words):
    result = cli(*words)
    assert result.code == 2
    assert "Usage: globalpointer" in result.out + result.err


def test_what_nobody_foresaw_is_told_without_a_stack(cli, predictor, gold, monkeypatch):
    def fail(folder):
        raise KeyError("[odd]")

    monkeypatch.setattr(predictor, "from_pretrained", fail)
    result = cli("evaluate", "m", gold)
    assert result.code == 1
    assert "not foreseen: KeyError: '[odd]'" in result.err
    assert "Traceback" not in result.err


def test_ctrl_c_is_130(cli, predictor, tmp_path):
    (tmp_path / "in.txt").write_text("Ann\npress Ctrl-C\n", encoding="utf-8")
    result = cli("predict", "m", tmp_path / "in.txt", "--format", "text", "--batch-size", "1")
    assert result.code == 130
    assert '"text": "Ann"' in result.out  # what was written stays
    assert result.err == "stopped; train, distill and compare go on with --resume\n"
    assert "Traceback" not in result.err


def test_version(cli):
    result = cli("--version")
    assert result.code == 0
    assert result.out.startswith("globalpointer 0.")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (IsADirectoryError(21, "Is a directory", "runs"), "runs: Is a directory; a file is expected here"),
        (OSError(28, "No space left on device", "out.jsonl"), "out.jsonl: No space left on device"),
        (
            PermissionError(13, "Permission denied", "/x"),
            "/x: Permission denied; choose another place, or change its permissions",
        ),
        (OSError("odd"), "odd"),
        (DataError("bad", path="a.jsonl", line=3), "a.jsonl:3: bad"),
    ],
)
def test_what_is_said(error, message):
    assert explain(error) == message


def test_warnings_are_one_line(cli, predictor, gold, monkeypatch):
    def warn(folder):
        warnings.warn("odd [thing]", UserWarning, stacklevel=1)
        raise DataError("bad")

    monkeypatch.setattr(predictor, "from_pretrained", warn)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        result = cli("evaluate", "m", gold)
    assert "UserWarning: odd [thing]\n" in result.err
