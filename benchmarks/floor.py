"""The least time that our losses can take: their arithmetic, counted, at the rates that this machine reaches.

Per legal cell, forward and backward together, with `dim` numbers a vector:

- shared planes: 2·dim for the score and 4·dim for its two gradients, and for each type 2 in each of three products
  (the sums, the gradient of the rows' biases, that of the square): 6·(dim + types), and one exponential. The biases add
  2·types exponentials a token.
- a plane a type: 2·dim for the score and 4·dim for its two gradients: 6·dim, and one exponential.

What is below the diagonal counts nothing, nor do sums, maxima, gold cells and traffic.
"""

from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.formulations import DIM, Case, legal


class Work(NamedTuple):
    """Multiplications and additions, and exponentials, both in 10⁹."""

    gflop: float
    gexp: float


def work(case: Case) -> Work:
    """What our loss must compute, forward and backward."""
    tokens = legal(case).sum(1)
    pairs = int((tokens * (tokens + 1) // 2).sum())
    if case.head == "efficient":
        exps = pairs + 2 * case.types * int(tokens.sum())
        return Work(6 * (DIM + case.types) * pairs / 1e9, exps / 1e9)
    return Work(6 * DIM * pairs * case.types / 1e9, pairs * case.types / 1e9)


def floor_ms(case: Case, rates: Mapping[str, float]) -> float:
    """Milliseconds of that work, one kind after the other, at the rates of measure.rates."""
    gflop, gexp = work(case)
    return round(1000 * (gflop / rates["gflops"] + gexp / rates["gexps"]), 3)
