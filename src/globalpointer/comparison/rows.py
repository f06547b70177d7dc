"""`rows.jsonl`: one line a finished run, written as it comes, whole or not at all."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from globalpointer.errors import DataError
from globalpointer.evaluation import read_report
from globalpointer.evaluation.outcome import Outcome

Part = Literal["test", "dev"]

SHOWN = ("date", "machine", "threads", "python", "globalpointer", "torch", "transformers")
"""The circumstances that every report tells."""


@dataclass(frozen=True, slots=True)
class Row:
    """A finished run.

    `report`: of `part`, "test" or, where there is none, "dev". `dev_f1`: of the kept epoch. `seconds`: of training,
    evaluations included; `resumed`: it was stopped, and they are those after its last stop. `parameters`: all trainable
    numbers. `notes`: what was left out or lost. `circumstances`: date, machine, threads, versions, code.
    """

    system: str
    seed: int
    fingerprint: str
    part: Part
    report: Outcome
    dev_f1: float
    seconds: float
    resumed: bool
    parameters: int
    threshold: float
    notes: tuple[str, ...]
    circumstances: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Of the folder of the run, as `Run.name`."""
        return f"{self.system}-{self.seed}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {**{each.name: getattr(self, each.name) for each in fields(self)}, "report": self.report.to_dict()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Row":
        """The inverse of `to_dict`; an error of Python for what is none."""
        if not isinstance(plain["system"], str) or not isinstance(plain["seed"], int):
            raise TypeError("system is a name, and seed a whole number")
        if missing := [name for name in SHOWN if name not in plain["circumstances"]]:
            raise KeyError(f"circumstances.{missing[0]}")
        return cls(**{**plain, "report": read_report(plain["report"]), "notes": tuple(plain["notes"])})


def append(path: Path, row: Row) -> None:
    """Add a row by a single write that has reached the disk when this returns."""
    line = json.dumps(row.to_dict()).encode() + b"\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def repair(path: Path) -> None:
    """Take back a last line that a kill cut short; only for the one process that writes."""
    content = path.read_bytes()
    os.truncate(path, content.rfind(b"\n") + 1)


def read(path: Path) -> dict[tuple[str, int], Row]:
    """The newest row of each (system, seed). A last line without an end is left aside: see `repair`.

    Raises DataError for a line that is no row.
    """
    if not path.exists():
        return {}
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    found = {}
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            row = Row.from_dict(json.loads(line))
        except (AttributeError, ValueError, TypeError, KeyError) as error:
            said = f"no row of a comparison ({error}); remove the line, and its run is scored again"
            raise DataError(said, path=path, line=number) from None
        found[row.system, row.seed] = row
    return found
