"""Two systems on the same documents, seed by seed: the difference in F1, and what other documents would make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from globalpointer.comparison.rows import Row
from globalpointer.comparison.runs import FOUND, Ground, answers, place
from globalpointer.data.readers.annotate import counted
from globalpointer.errors import DataError
from globalpointer.evaluation.counts import Counted
from globalpointer.evaluation.significance import Bootstrap, bootstrap, headline


@dataclass(frozen=True, slots=True)
class Paired:
    """`found`: over the `seeds` that both systems have."""

    seeds: tuple[int, ...]
    found: Bootstrap


def paired(folder: Path, ground: Ground, ours: Sequence[Row], theirs: Sequence[Row]) -> Paired | None:
    """The mean F1 of `ours` minus that of `theirs`, each the runs of one system; None where no seed has both."""
    seeds = tuple(sorted({row.seed for row in ours} & {row.seed for row in theirs}))
    if not seeds:
        return None
    both = ([_counts(folder, ground, row) for row in rows if row.seed in seeds] for rows in (ours, theirs))
    return Paired(seeds, bootstrap(*both))


def _counts(folder: Path, ground: Ground, row: Row) -> Sequence[Counted]:
    """The counts behind F1, document by document. DataError names the file where it is not of these documents."""
    found = answers(folder, row)
    if len(found) != len(ground.gold):
        raise DataError(
            f"{counted(len(found), 'document')}, and {len(ground.gold)} were scored: remove this file, and the run is "
            "scored again with --resume",
            path=place(folder, row) / FOUND,
        )
    return headline(ground.kind, ground.gold, found, unit=row.report.unit)
