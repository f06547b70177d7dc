"""Where a measurement was made: the machine, its threads, and the versions."""

import datetime
import os
import platform
from importlib.metadata import version
from pathlib import Path

import torch


def circumstances() -> dict[str, str | int]:
    """What is needed to judge a measurement, as JSON."""
    return {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("globalpointer", "torch", "transformers")},
    }


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
