"""The parts of a benchmark: chosen on the command line, each a function that makes rows, written as they come."""

import argparse
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import torch

from benchmarks.measure import keep_memory
from benchmarks.rows import add_row

Row = dict[str, Any]


def parser(about: str, parts: Collection[str]) -> argparse.ArgumentParser:
    """`--only PART ...` and `--threads N`; `about`: the docstring of the benchmark."""
    made = argparse.ArgumentParser(description=about.partition("\n")[0])
    made.add_argument("--only", nargs="+", choices=parts, default=list(parts), help="these parts alone")
    made.add_argument("--threads", type=int, default=2)
    return made


def run_parts(
    table: str, parts: Mapping[str, Callable[..., Iterator[Row]]], chosen: argparse.Namespace, *given: Any
) -> None:
    """Run the chosen parts with what they are given, and add their rows to a table."""
    keep_memory(chosen.threads)
    torch.set_num_threads(chosen.threads)
    for part in chosen.only:
        for row in parts[part](*given):
            add_row(table, {"part": part, "threads": chosen.threads, **row})
            print(part, row, flush=True)
