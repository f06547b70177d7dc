"""The tables of relations and events: every system on the same data, by seeds, and where the systems differ."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from benchmarks.rows import ROOT, read_rows
from globalpointer.config import load_recipe
from globalpointer.evaluation.events import MATCHES
from globalpointer.evaluation.triple_slices import SLICES

Row = Mapping[str, Any]

SYSTEMS = {
    "efficient": "GPLinker, efficient head",
    "global_pointer": "GPLinker, standard head",
    "tplinker_plus": "TPLinker-plus",
    "tplinker": "TPLinker",
    "casrel": "CasRel",
    "casrel_norm": "CasRel, conditional layer norm",
}
"""The endings of the recipes; what follows one names what was changed."""

CHANGES = {"together": "subjects and objects together", "from_zero": "thresholds fixed at 0"}

OVERLAP = SLICES["overlap"]
TRIPLES = tuple(part for part in SLICES["triples"] if part != "0")


def system_tables() -> dict[str, str]:
    """The tables by the names of their places."""
    rows = current(read_rows("systems"))
    relations = [row for row in rows if "match" in row["test"]]
    events = [row for row in rows if "overlap" in row["test"]]
    return {
        "relations": accuracy(relations),
        "relation-slices": slices(relations),
        "events": event_scores(events),
        "joint": joint_scores(current(read_rows("joint"))),
    }


def current(rows: Sequence[Row]) -> list[Row]:
    """The newest row of each recipe and seed, of the recipes as they stand now."""
    newest = {(row["recipe"], row["seed"]): row for row in rows}
    return [newest[key] for key in sorted(newest) if newest[key]["fingerprint"] in _fingerprints(*key)]


def accuracy(rows: Sequence[Row]) -> str:
    """F1 of each system on each dataset: the mean over seeds and the standard deviation."""
    lines = [
        "| dataset | system | encoder | match | seeds | epochs | F1 | precision | recall | F1 at 0.5 "
        "| entity F1 | million parameters |",
        "|---|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (dataset, system), runs in _grouped(rows):
        first = runs[0]
        entities = [row["test"]["entity_f1"] for row in runs if "entity_f1" in row["test"]]
        lines.append(
            f"| {dataset} | {system} | {first['encoder']} | {first['test']['match']} | {len(runs)} | {first['epochs']} "
            f"| {_spread(runs, 'f1')} | {_spread(runs, 'precision')} | {_spread(runs, 'recall')} "
            f"| {values([row['undecided'].get('test', row['test'])['f1'] for row in runs])} "
            f"| {_percent(mean(entities)) if entities else ''} | {first['parameters'] / 1e6:.2f} |"
        )
    return "\n".join([*lines, "", circumstances(rows, "systems", "Micro F1")])


def slices(rows: Sequence[Row]) -> str:
    """F1 by the number of triples in the text and by how they overlap."""
    lines = [
        f"| dataset | system | {' | '.join(OVERLAP)} | {' | '.join(f'{each} triples' for each in TRIPLES)} |",
        f"|---|---|{'--:|' * (len(OVERLAP) + len(TRIPLES))}",
    ]
    for (dataset, system), runs in _grouped(rows):
        cells = [_slice(runs, "overlap", part) for part in OVERLAP] + [
            _slice(runs, "triples", part) for part in TRIPLES
        ]
        lines.append(f"| {dataset} | {system} | {' | '.join(cells)} |")
    return "\n".join(lines)


def event_scores(rows: Sequence[Row]) -> str:
    """Every score of events, each named for what it counts."""
    lines = [
        f"| dataset | system | encoder | seeds | epochs | {' | '.join(MATCHES)} | character overlap |",
        f"|---|---|---|--:|--:|{'--:|' * len(MATCHES)}--:|",
    ]
    for (dataset, system), runs in _grouped(rows):
        first = runs[0]
        found = [_mean(row["test"]["matches"][name]["f1"] for row in runs) for name in MATCHES]
        found.append(_mean(row["test"]["overlap"]["f1"] for row in runs))
        told = f"{dataset} | {system} | {first['encoder']} | {len(runs)} | {first['epochs']}"
        lines.append(f"| {told} | {' | '.join(found)} |")
    return "\n".join([*lines, "", circumstances(rows, "systems", "Micro F1")])


def joint_scores(rows: Sequence[Row]) -> str:
    """How well each joint score ranks relations."""
    ways = ("minimum", "sum")
    columns = [f"{what}, {way}" for what in ("average precision", "best F1") for way in ways]
    lines = [f"| dataset | system | models | {' | '.join(columns)} |", f"|---|---|--:|{'--:|' * len(columns)}"]
    for (dataset, system), runs in _grouped(rows):
        keys = [(way, what) for what in ("average_precision", "best_f1") for way in ways]
        found = [_mean(row[way][what] for row in runs) for way, what in keys]
        lines.append(f"| {dataset} | {system} | {len(runs)} | {' | '.join(found)} |")
    return "\n".join(lines)


def parted(row: Row) -> tuple[str, str]:
    """The dataset of a recipe and its system in words, with what was changed."""
    name = str(row["recipe"])
    told: list[str] = []
    while changed := next((change for change in CHANGES if name.endswith(f"_{change}")), None):
        name = name.removesuffix(f"_{changed}")
        told.insert(0, CHANGES[changed])
    ending = next(ending for ending in sorted(SYSTEMS, key=len, reverse=True) if name.endswith(f"_{ending}"))
    return name.removesuffix(f"_{ending}"), ", ".join([SYSTEMS[ending], *told])


def _grouped(rows: Sequence[Row]) -> Iterable[tuple[tuple[str, str], list[Row]]]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault(parted(row), []).append(row)
    return groups.items()


def _fingerprints(recipe: str, seed: int) -> list[str]:
    """Those of a recipe as it stands, with this seed said or left to it."""
    path = ROOT / "recipes" / f"{recipe}.toml"
    if not path.exists():
        return []
    return [load_recipe(path, said).fingerprint for said in ([], [f"training.seed={seed}"])]


def _slice(runs: Sequence[Row], group: str, part: str) -> str:
    cells = [row["test"]["slices"].get(group, {}).get(part, {}) for row in runs]
    # Without gold there is nothing to find, and a rate of 0 would look like a failure.
    return _mean(cell["f1"] for cell in cells if cell.get("gold"))


def _spread(runs: Sequence[Row], key: str) -> str:
    return values([row["test"][key] for row in runs])


def values(rates: Sequence[float]) -> str:
    """The mean in percent, and the standard deviation where there are several."""
    return _percent(mean(rates)) + (f" ± {_percent(stdev(rates))}" if len(rates) > 1 else "")


def _mean(values: Iterable[float]) -> str:
    listed = list(values)
    return _percent(mean(listed)) if listed else ""


def _percent(rate: float) -> str:
    return f"{100 * rate:.2f}"


def circumstances(rows: Sequence[Row], results: str, measure: str) -> str:
    """Where, when and how the rows were measured."""
    if not rows:
        return "Nothing is measured yet."

    def told(key: str) -> str:
        return "; ".join(sorted({str(row[key]) for row in rows}))

    return (
        f"Machine: {told('machine')}, one thread a run, other work beside it. Measured {told('date')}; torch "
        f"{told('torch')}, transformers {told('transformers')}. {measure} on the test part, in percent; the mean and "
        "the standard deviation over the seeds. Each line is one recipe in `recipes/`, each run a row in "
        f"`benchmarks/results/{results}.jsonl`; the notes there name the sizes of parts and subsets."
    )
