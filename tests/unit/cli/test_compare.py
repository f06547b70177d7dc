"""`globalpointer compare`: what is asked for becomes a plan, and what came of it is told."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from globalpointer.errors import ConfigError


@pytest.fixture
def asked(monkeypatch):
    """What the comparison was asked for; it finds nothing, and one run of it failed if the output is `failing`."""
    calls = []

    def make_plan(recipes, **options):
        if "missing.toml" in map(str, recipes):
            raise ConfigError("missing.toml: the recipe cannot be read: No such file or directory")
        return SimpleNamespace(recipes=recipes, runs=[1, 2], **options)

    def compare(plan, output, **options):
        calls.append(SimpleNamespace(plan=plan, output=output, **options))
        failures = ["out of memory"] if output == Path("failing") else []
        return SimpleNamespace(plan=plan, folder=output, rows=[], failures=failures)

    module = SimpleNamespace(make_plan=make_plan, compare=compare)
    monkeypatch.setitem(sys.modules, "globalpointer.comparison", module)
    monkeypatch.setattr("globalpointer.comparison", module, raising=False)
    return calls


def test_what_is_asked_for_becomes_a_plan(cli, asked):
    words = ("--systems", "efficient, crf", "--seeds", "42,1,2", "--set", "training.num_train_epochs=3", "--no-speed")
    result = cli("compare", "a.toml", "b", *words, "--output", "out dir", "--resume")
    assert result.code == 0, result.err
    (call,) = asked
    assert call.plan.recipes == [Path("a.toml"), Path("b")]
    assert (call.plan.heads, call.plan.seeds) == (["efficient", "crf"], [42, 1, 2])
    assert call.plan.overrides == ["training.num_train_epochs=3"]
    assert (call.output, call.resume, call.overwrite, call.speed) == (Path("out dir"), True, False, False)
    assert "'out dir/report.html'" in result.out


def test_left_alone_it_asks_for_the_recipes_as_they_are(cli, asked):
    assert cli("compare", "a.toml", "--output", "out").code == 0
    (call,) = asked
    assert (call.plan.heads, call.plan.seeds, list(call.plan.overrides), call.speed) == ([], [], [], True)


def test_a_failed_run_is_an_error_at_the_end(cli, asked):
    result = cli("compare", "a.toml", "--output", "failing")
    assert result.code == 1
    assert "1 of 2 runs failed; --resume tries them again" in result.err
    assert "report.html" in result.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["a.toml"], 2, "--output"),
        (["--output", "x"], 2, "RECIPE"),
        (["a.toml", "--output", "x", "--seeds", "1,two"], 2, "got 'two'"),
        (["a.toml", "--output", "x", "--seeds", "-1"], 2, "got '-1'"),
        (["a.toml", "--output", "x", "--seeds", ","], 2, "--seeds names nothing"),
        (["a.toml", "--output", "x", "--systems", ""], 2, "--systems names nothing"),
        (["a.toml", "--output", "x", "--resume", "--overwrite"], 2, "give one of them"),
        (["missing.toml", "--output", "x"], 1, "missing.toml: the recipe cannot be read"),
    ],
)
def test_wrong_usage_is_told(cli, asked, words, code, told):
    result = cli("compare", *words)
    assert (result.code, asked) == (code, [])
    assert told in result.err
