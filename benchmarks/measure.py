"""Times taken side by side, the peak memory of a fresh process, and what this machine can do at all.

glibc gives large blocks back to the system and takes them anew at each call, so that page faults are measured instead
of arithmetic. `keep_memory` starts the script again with that turned off, for all sides alike; peaks of memory are
taken in processes that have it on, as users do.
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypedDict

import torch
from torch import Tensor

Run = Callable[[], object]

KEEP = {"MALLOC_MMAP_THRESHOLD_": str(1 << 32), "MALLOC_TRIM_THRESHOLD_": str(1 << 34)}
"""Told to glibc, which reads them when a process starts: keep what was freed."""

WIDE = 4096
"""Rows and columns of the product whose rate stands for the machine's."""

CACHED = 1 << 17
"""Numbers whose exponentials stand for the machine's rate: half a MiB, which stays in the cache of a core."""


class Spread(TypedDict):
    """Milliseconds: the median and the quartiles of some runs."""

    median: float
    low: float
    high: float
    runs: int


def keep_memory(threads: int) -> None:
    """Start this script again, unless that was done, with glibc keeping memory and this many threads."""
    wanted = {**KEEP, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **wanted})


def side_by_side(sides: Mapping[str, Run], *, rounds: int = 4, seconds: float = 0.25) -> dict[str, Spread]:
    """The times of the sides, which take turns in this process: a warm-up each, then `rounds` turns.

    A turn lasts `seconds`, or one run. Its first run pays for what the others left in the caches, and counts only where
    there is no second.
    """
    for run in sides.values():
        run()
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            found[name] += _turn(run, seconds)
    return {name: spread(times) for name, times in found.items()}


def _turn(run: Run, seconds: float) -> list[float]:
    """Milliseconds of each run of a turn."""
    times = [milliseconds(run)]
    while sum(times) < 1000 * seconds:
        times.append(milliseconds(run))
    return times[1:] or times


def milliseconds(run: Run) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def spread(times: list[float]) -> Spread:
    """The median and the quartiles, rounded to microseconds."""
    low, median, high = statistics.quantiles(times, n=4, method="inclusive") if len(times) > 1 else times * 3
    return {"median": round(median, 3), "low": round(low, 3), "high": round(high, 3), "runs": len(times)}


def gradients(loss: Callable[[], Tensor], leaves: list[Tensor]) -> Run:
    """A run forward and backward: from the leaves to their gradients."""
    return lambda: torch.autograd.grad(loss().sum(), leaves)


def rates() -> dict[str, float]:
    """Multiplications and additions of a large product, and powers of 2 in cache, in 10⁹ a second."""
    first, second = torch.randn(2, WIDE, WIDE).unbind()
    values = torch.randn(CACHED * torch.get_num_threads())
    room = torch.empty_like(values)
    times = side_by_side({"product": lambda: first @ second, "exp2": lambda: torch.exp2(values, out=room)})
    return {
        "gflops": round(2 * WIDE**3 / times["product"]["median"] / 1e6, 1),
        "gexps": round(len(values) / times["exp2"]["median"] / 1e6, 3),
    }


def extra_memory(make: Callable[[], Run], warm: Callable[[], Run]) -> float | None:
    """MiB of resident memory above what was there before, at the peak of the run that `make` prepares.

    In a process of its own, after a run of `warm`, something small that loads libraries and starts threads. None where
    the process ended without an answer, as it does when memory is short. Both arguments must pickle.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.formulations", "benchmarks.training_step"])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_peak, args=(sender, make, warm))
    with _as_users_have_it():
        process.start()
    sender.close()
    try:
        return float(receiver.recv())
    except EOFError:
        return None
    finally:
        process.join()


def _peak(sender: Connection, make: Callable[[], Run], warm: Callable[[], Run]) -> None:
    warm()()
    run = make()
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    before = _resident("VmRSS")
    run()
    sender.send(round(_resident("VmHWM") - before, 2))


def _resident(field: str) -> float:
    """MiB of a field of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


@contextmanager
def _as_users_have_it() -> Iterator[None]:
    """Without what `keep_memory` tells glibc; the server that forks the processes starts here, too."""
    kept = {name: os.environ.pop(name) for name in KEEP if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
