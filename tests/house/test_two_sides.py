"""The language side brings no torch, the command line's help is light, and both tests can fail."""

import subprocess
import sys
import time

import pytest

HEAVY = ("torch", "transformers", "accelerate", "matplotlib")


def loaded_after(code):
    """Which heavy packages a fresh interpreter has loaded after `code`."""
    tell = f"import sys; print(*[name for name in {HEAVY!r} if name in sys.modules], sep='\\n')"
    result = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True, check=True, timeout=60
    )
    return set(result.stdout.splitlines()) & set(HEAVY)


@pytest.mark.parametrize(
    "code",
    [
        "import globalpointer",
        "import globalpointer.tasks, globalpointer.evaluation",
        "from globalpointer import Cell, Document, Entity, GlobalPointerError, Grid, Schema, Span, evaluate",
        "import globalpointer.config, globalpointer.data.readers, globalpointer.data.writers",
        "import globalpointer.data.tokenizing, globalpointer.data.check, globalpointer.data.sample",
        "import globalpointer.view.documents, globalpointer.view.grids, globalpointer.view.curves",
        "import globalpointer.cli.main",
    ],
)
def test_the_language_side_brings_no_torch(code):
    assert loaded_after(code) == set()


@pytest.mark.parametrize("code", ["import torch", "from globalpointer.nn import GlobalPointer"])
def test_that_test_can_fail(code):
    assert "torch" in loaded_after(code)


def test_the_tensor_side_has_never_heard_of_a_text():
    code = "import sys, globalpointer.nn; print(*[name for name in sys.modules if name.startswith('globalpointer.')])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    language = ("text", "tasks", "evaluation", "data", "view")
    assert not [name for name in result.stdout.split() if name.split(".")[1] in language]


def test_help_answers_at_once():
    """The limit is a second on an idle machine; processor time is what a busy one does not change."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    started = time.perf_counter()
    result = subprocess.run(
        [sys.executable, "-m", "globalpointer", "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert "evaluate" in result.stdout
    assert min(spent, time.perf_counter() - started) < 1.0
