"""Whether one model is really better than another, or was lucky with the documents: the paired bootstrap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from globalpointer.errors import ConfigError, DataError
from globalpointer.evaluation.answers import answer_marks
from globalpointer.evaluation.counts import Counted
from globalpointer.evaluation.events import event_counts
from globalpointer.evaluation.relations import relation_counts
from globalpointer.evaluation.report import entity_counts
from globalpointer.text.spans import Document

TASKS = ("ner", "relation", "event", "mrc")

# A block of resamples takes block * documents * 8 bytes; this keeps it near 10 MB for 10,000 documents.
_BLOCK = 128


def headline(
    task: str, gold: Sequence[Document], found: Sequence[Document], *, unit: str | None = None
) -> Sequence[Counted]:
    """The counts behind the headline F1 of a task, document by document.

    `unit`: by which answers are compared, as `evaluate_answers` has it. Raises ConfigError for an unknown task.
    """
    match task:
        case "ner":
            return entity_counts(gold, found)
        case "relation":
            return relation_counts(gold, found)
        case "event":
            return event_counts(gold, found)
        case "mrc":
            return answer_marks(gold, found, unit=unit)
    raise ConfigError(f"task must be one of {', '.join(TASKS)}, not {task!r}")


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """How much better the first model's F1 is. All numbers are F1 in [-1, 1] but `p_value`, a probability.

    `difference`: first minus second on the documents as they are. `low`, `high`: the middle 95 % of the resampled
    differences. `p_value`: two-sided; small where resampling hardly ever turns the difference round.
    """

    difference: float
    low: float
    high: float
    p_value: float
    samples: int

    def to_dict(self) -> dict[str, float]:
        """As JSON."""
        return {name: getattr(self, name) for name in Bootstrap.__slots__}


def paired_bootstrap(
    gold: Sequence[Document],
    first: Sequence[Document],
    second: Sequence[Document],
    *,
    task: str = "ner",
    unit: str | None = None,
    samples: int = 1000,
    seed: int = 0,
) -> Bootstrap:
    """Draw the documents anew, with replacement, `samples` times, and compare the two models on each draw.

    `unit`: by which answers are compared, as `evaluate_answers` has it. The same seed gives the same numbers. DataError
    where the three lists are not about the same texts.
    """
    one, other = (headline(task, gold, found, unit=unit) for found in (first, second))
    return bootstrap([one], [other], samples=samples, seed=seed)


def bootstrap(
    first: Sequence[Sequence[Counted]], second: Sequence[Sequence[Counted]], *, samples: int = 1000, seed: int = 0
) -> Bootstrap:
    """`paired_bootstrap` of counts, document by document: of each model perhaps several runs, whose mean F1 counts.

    Every run is scored on the same draw, so that three runs do not make three times as many documents.

    Source: Koehn, 2004, Statistical Significance Tests for Machine Translation Evaluation; the p-value with one sample
    added to both tails, so that it is never 0 (Davison and Hinkley, 1997, section 4.2).
    """
    if samples < 1:
        raise ConfigError(f"the bootstrap needs at least 1 sample, not {samples}")
    sizes = {len(run) for run in (*first, *second)}
    if not first or not second or len(sizes) != 1 or sizes == {0}:
        raise DataError(
            "the bootstrap needs at least one document, and the counts of each from every run: "
            f"{[len(run) for run in first]} and {[len(run) for run in second]} given"
        )
    counts = np.hstack([_rows(run) for run in (*first, *second)])
    weights = np.array([1 / len(first)] * len(first) + [-1 / len(second)] * len(second))
    difference = float(_difference(counts.sum(0), weights))
    drawn = _draw(counts, weights, samples, np.random.default_rng(seed))
    low, high = (float(each) for each in np.quantile(drawn, (0.025, 0.975)))
    tail = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return Bootstrap(difference, low, high, min(1.0, 2 * (tail + 1) / (samples + 1)), samples)


def _rows(counts: Sequence[Counted]) -> np.ndarray:
    """F1 as a fraction, a row for each document."""
    return np.array([each.fraction for each in counts], dtype=np.float64)


def _draw(counts: np.ndarray, runs: np.ndarray, samples: int, generator: np.random.Generator) -> np.ndarray:
    """The difference on each of `samples` draws. How often a document was drawn is its weight: one product does it."""
    documents, differences = len(counts), []
    for start in range(0, samples, _BLOCK):
        size = min(_BLOCK, samples - start)
        picks = generator.integers(documents, size=(size, documents))
        weights = np.stack([np.bincount(row, minlength=documents) for row in picks])
        differences.append(_difference(weights @ counts, runs))
    return np.concatenate(differences)


def _difference(sums: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """The F1 of every run by its weight in `runs`, from the sums of their fractions."""
    part, whole = sums[..., 0::2], sums[..., 1::2]
    f1 = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return np.asarray(f1 @ runs)
