"""What the flows share: the real command line, in this process."""

from types import SimpleNamespace

import pytest

from globalpointer.cli.main import run


@pytest.fixture
def cli(capfdbinary, monkeypatch):
    """Run a command line in this process: exit code, standard output, standard error."""
    monkeypatch.setenv("COLUMNS", "160")

    def call(*words):
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            run([str(word) for word in words])
        out, err = capfdbinary.readouterr()
        return SimpleNamespace(code=left.value.code, out=out.decode(), err=err.decode())

    return call
