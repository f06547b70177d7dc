"""What results/paper/ holds of an experiment: the runs of its recipes as they stand, their differences, their speed."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.kernel_tables import Row
from benchmarks.rows import ROOT, read_rows
from globalpointer.comparison.tables import spread
from globalpointer.config import load_recipe
from globalpointer.data.readers.annotate import counted

NOT_YET = "Not measured yet."

Number = Callable[[Row], float | None]


@dataclass(frozen=True)
class Experiment:
    """What was measured of the recipes of a folder as they stand: runs by system, differences by two, and the speed."""

    runs: Mapping[str, Sequence[Row]]
    differences: Mapping[tuple[str, str], Row]
    speed: Row | None

    @classmethod
    def read(cls, name: str) -> "Experiment":
        """Without what is of other states of the recipes."""
        lines = read_rows(f"paper/{name}")
        runs: dict[str, list[Row]] = {}
        for line in lines:
            if line["kind"] == "run" and line["fingerprint"] == fingerprint(name, line["system"], line["seed"]):
                runs.setdefault(line["system"], []).append(line)
        known = {f"{run['system']}-{run['seed']}": run["fingerprint"] for each in runs.values() for run in each}
        differences = {
            (line["system"], line["against"]): line
            for line in lines
            if line["kind"] == "difference" and line["of"].items() <= known.items()
        }
        timed = {f"{run} {digest}" for run, digest in known.items()}
        speeds = [line for line in lines if line["kind"] == "speed" and set(line["of"].values()) <= timed]
        return cls(runs, differences, speeds[-1] if speeds else None)

    def values(self, system: str, of: Number) -> str:
        """A number of the runs of a system; nothing where there is none, as F1 where nothing is gold."""
        found = [value for run in self.runs.get(system, ()) if (value := of(run)) is not None]
        return spread(found) if found else ""

    def difference(self, system: str, against: str) -> str:
        """In F1, with the middle 95 % of the draws of documents; of how many seeds, where both systems have more."""
        if (system, against) not in self.differences:
            return ""
        found = self.differences[system, against]
        told = "{:+.2f} ({:+.2f} to {:+.2f})".format(*(100 * found[key] for key in ("difference", "low", "high")))
        both = {run["seed"] for run in self.runs[system]} & {run["seed"] for run in self.runs[against]}
        fewer = "" if len(found["seeds"]) == len(both) else f", {counted(len(found['seeds']), 'seed')}"
        return told + fewer

    def parameters(self, system: str) -> str:
        """In millions; the same for every seed."""
        return f"{self.runs[system][0]['parameters'] / 1e6:.2f}"

    def minutes(self, system: str) -> str:
        """The median, of the runs that were not stopped and taken up again; nothing where all were."""
        found = [run["minutes"] for run in self.runs[system] if not run["resumed"]]
        return f"{statistics.median(found):.1f}" if found else ""

    def table(self, columns: Sequence[str], lines: Sequence[Sequence[str]], *, words: int = 1) -> str:
        """With where and when the runs were made, how many there are of each system, and the sizes of the parts."""
        every = [run for runs in self.runs.values() for run in runs]
        if not every:
            return NOT_YET
        seeds = sorted({len(runs) for runs in self.runs.values()})
        notes = [note for note in every[0]["notes"] if all(note in run["notes"] for run in every)]
        told = f" Runs a system: {' or '.join(map(str, seeds))}; {'; '.join(notes)}."
        return f"{markdown(columns, lines, words=words)}\n\n{circumstances(every)}{told}"


def markdown(columns: Sequence[str], lines: Sequence[Sequence[str]], *, words: int = 1) -> str:
    """A table whose first columns are words, which stand left, and whose others are numbers, which stand right."""
    rule = ["---"] * words + ["--:"] * (len(columns) - words)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, rule, *lines))


def circumstances(rows: Sequence[Row]) -> str:
    """Where and when, and with what; the commits stand in the rows."""
    places = [f"{row['machine']}, {row['threads']} thread{'' if row['threads'] == 1 else 's'}" for row in rows]
    versions = [f"torch {row['torch']}, transformers {row['transformers']}" for row in rows]
    told = (sorted(set(each)) for each in (places, [row["date"] for row in rows], versions))
    return "; ".join(" and ".join(each) for each in told) + "."


@cache
def fingerprint(experiment: str, system: str, seed: int) -> str | None:
    """That of a recipe as it stands; None where it is gone."""
    path = ROOT / "recipes" / "paper" / experiment / f"{system}.toml"
    return load_recipe(path, [f"training.seed={seed}"]).fingerprint if path.is_file() else None


def undecided(run: Row) -> float:
    """Test F1 where everything above logit 0 is an answer, as the description has it."""
    return float(run["undecided"].get("test", run["test"])["f1"])


def score(part: str, key: str) -> Number:
    """F1, precision, recall or whole documents of the part that selected ("dev") or that was scored ("test")."""
    return lambda run: float(run[part][key])


def in_slice(group: str, part: str, rate: str = "f1") -> Number:
    """F1 of a slice of the test part, or another rate; None where it has no gold."""

    def number(run: Row) -> float | None:
        counts = run["test"]["slices"][group][part]
        return float(counts[rate]) if counts["gold"] else None

    return number
