"""Where a measurement was made, and by what: the machine, its threads, the versions, the code."""

import datetime
import hashlib
import os
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import torch

import globalpointer


def circumstances() -> dict[str, str | int]:
    """What is needed to judge a measurement, as JSON."""
    return {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("globalpointer", "torch", "transformers")},
        "code": code(),
    }


@cache
def code() -> str:
    """A digest of the sources of this package: between two releases the version does not tell one state from another.

    Of `path`, a blank and the SHA-1 that git has of the file, a line for each Python file in the order of the paths.
    """
    root = Path(globalpointer.__file__).parent
    lines = [f"{path.relative_to(root).as_posix()} {_blob(path.read_bytes())}" for path in root.rglob("*.py")]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:12]


def _blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def machine() -> str:
    """The processor and its cores, and the GPU where there is one."""
    device = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return f"{_processor()}, {os.cpu_count()} cores{device}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
