"""Every `globalpointer ...` line in the README and docs/ is one that the command line understands."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from globalpointer.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md")), *sorted((ROOT / "recipes").glob("**/*.toml"))]


def command_lines(page):
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".toml":
        return re.findall(r"# Run: +(globalpointer .*)", text)
    fenced = "\n".join(re.findall(r"```(?:sh|bash|toml)\n(.*?)```", text, re.DOTALL)).replace("\\\n", " ")
    return re.findall(r"^(?:# Run: +)?(globalpointer .*)$", fenced, re.MULTILINE)


LINES = [(page, line) for page in PAGES for line in command_lines(page)]


def parse(line):
    """Parse a command line as the shell and typer would, and run nothing."""
    words = shlex.shlex(line, posix=True, punctuation_chars="|<>;&")
    words.whitespace_split = True
    words = list(words)
    cut = next((index for index, word in enumerate(words) if set(word) <= set("|<>;&") and word), len(words))
    group = typer.main.get_command(app)
    context = group.make_context("globalpointer", words[1:cut])
    name, command, rest = group.resolve_command(context, [*context._protected_args, *context.args])
    return command.make_context(name, list(rest), parent=context)


@pytest.mark.parametrize(("page", "line"), LINES, ids=[line[:60] for _, line in LINES])
def test_the_line_parses(page, line):
    assert parse(line).params


@pytest.mark.parametrize(
    "line", ["globalpointer predict a", "globalpointer evalute a b", "globalpointer check a --nix 1"]
)
def test_a_wrong_line_does_not(line):
    with pytest.raises(Exception, match=r"."):
        parse(line)


def test_every_command_is_shown_somewhere():
    shown = {line.split()[1] for _, line in LINES}
    assert {"demo", "check", "train", "evaluate", "predict", "convert"} <= shown
