"""Checkpoints that survive a kill at any moment: one is valid only once its last file, the mark, is there."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

CHECKPOINTS = "checkpoints"
"""The folder of them, in that of a run; where a run is finished it is gone."""

MARK = "complete"


def is_unfinished(folder: Path) -> bool:
    """Whether a run was stopped, or still goes on: its model is the best one so far, with nothing fitted."""
    return (folder / CHECKPOINTS).is_dir()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """A full or failing disk is an OSError, whichever class the library that was writing weights has for it."""
    try:
        yield
    except (SafetensorError, RuntimeError) as error:
        raise OSError(errno.EIO, f"the model cannot be written: {error}", str(folder)) from error


def seal(checkpoint: Path) -> None:
    """Mark a checkpoint as complete, after everything in it has reached the disk."""
    for file in checkpoint.iterdir():
        _flush(file)
    (checkpoint / MARK).touch()
    _flush(checkpoint)


def latest(folder: Path) -> Path | None:
    """The newest complete checkpoint; incomplete ones, left behind by a kill, are removed."""
    complete = []
    for checkpoint in folder.glob("checkpoint-*"):
        if (checkpoint / MARK).exists():
            complete.append(checkpoint)
        else:
            shutil.rmtree(checkpoint)
    return max(complete, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """The optimizer step at which a checkpoint was written."""
    return int(checkpoint.name.rpartition("-")[2])


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
