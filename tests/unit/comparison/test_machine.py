"""The digest of the sources is that of what git has of them."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

import globalpointer
from globalpointer.comparison import machine


def test_the_digest_is_made_of_the_blobs_of_git(tmp_path, monkeypatch):
    if shutil.which("git") is None:
        pytest.skip("no git")
    root = Path(globalpointer.__file__).parent
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py"))
    hashed = subprocess.run(["git", "hash-object", *files], cwd=root, capture_output=True, text=True, check=True)
    lines = sorted(f"{path} {blob}" for path, blob in zip(files, hashed.stdout.split(), strict=True))
    assert machine.code() == hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]

    changed = shutil.copytree(root, tmp_path / "package")
    monkeypatch.setattr(globalpointer, "__file__", str(changed / "__init__.py"))
    assert machine.code.__wrapped__() == machine.code()
    (changed / "grid.py").write_text("")
    assert machine.code.__wrapped__() != machine.code()
