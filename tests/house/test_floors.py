"""The floors hold, and the test that says so can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def lint_imports(folder):
    """Run import-linter over the package in `folder`/src with the contracts of `folder`."""
    code = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the package that a test may spoil."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_the_contracts_are_kept(house):
    result = lint_imports(house)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def spoil(file, line):
    file.write_text(file.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("place", "line", "contract"),
    [
        ("text/spans.py", "import globalpointer.tasks", "The floors"),
        ("text/spans.py", "import torch", "The language side"),
        ("nn/contracts.py", "import globalpointer.text.spans", "The tensor side"),
    ],
)
def test_a_forbidden_import_is_found(house, tmp_path, place, line, contract):
    shutil.copytree(house, tmp_path / "spoilt")
    spoil(tmp_path / "spoilt" / "src" / "globalpointer" / place, line)
    result = lint_imports(tmp_path / "spoilt")
    assert result.returncode != 0
    assert any("BROKEN" in each and contract in each for each in result.stdout.splitlines()), result.stdout


def test_a_new_top_level_file_needs_a_floor(house, tmp_path):
    shutil.copytree(house, tmp_path / "spoilt")
    (tmp_path / "spoilt" / "src" / "globalpointer" / "attic.py").write_text('"""Nowhere."""\n')
    result = lint_imports(tmp_path / "spoilt")
    assert result.returncode != 0
    assert "attic" in result.stdout
