"""The tables of docs/paper.md that results/paper/ holds: the mean over the seeds ± the standard deviation."""

from collections.abc import Mapping

from benchmarks.paper import ALSO
from benchmarks.paper_rows import NOT_YET, Experiment, circumstances, in_slice, markdown, score, undecided
from benchmarks.paper_sizes import sizes
from globalpointer.comparison.speed import Quartiles, Speed

DATASETS = ("peoples_daily", "cluener", "cmeee", "conll2003", "germeval2014")

NAMES = {
    "crf": "CRF",
    "softmax": "softmax tagging",
    "pointer": "two pointers, yes or no a token",
    "pointer_multilabel": "two pointers, multi-label loss",
    "efficient": "efficient head",
    "global_pointer": "standard head",
    "efficient_no_rope": "efficient head, no rotary positions",
    "global_pointer_no_rope": "standard head, no rotary positions",
    "efficient_hidden": "efficient head, types from the hidden vector",
    "additive": "additive head (TPLinker)",
    "biaffine": "biaffine head",
    "efficient_bilstm_on_top": "efficient head, BiLSTM on top of the encoder",
}
"""In the order of the tables."""

LOSSES = {
    "multilabel": ("multi-label", "learned, from 9"),
    "multilabel_from_nine": ("multi-label", "fixed at 9"),
    "multilabel_from_zero": ("multi-label, as published", "fixed at 0"),
    "binary": ("binary cross-entropy", "learned, from 9"),
    "focal": ("focal", "learned, from 9"),
    "softmax": ("softmax over types, a pair of tokens", "learned, from 9"),
    "softmax_sampled": ("the same, 30 % of the pairs without gold", "learned, from 9"),
}
"""The name of a loss, and its thresholds."""

ENCODERS = {"bilstm": "BiLSTM", "idcnn": "IDCNN", "textcnn": "TextCNN", "transformer": "transformer"}
HEADS = ("crf", "efficient", "global_pointer")

TUNED = {
    "crf": "CRF",
    "softmax": "softmax tagging",
    "pointer": "two pointers, yes or no a token",
    "efficient": "efficient head",
    "global_pointer": "standard head",
    "efficient_binary": "efficient head, binary cross-entropy",
    "efficient_focal": "efficient head, focal loss",
    "efficient_softmax": "efficient head, softmax over types",
}
RATES = ("3e-3", "6e-3")

MULTIPLIERS = (1, 10, 100)
"""Of the CRF's transitions."""

SLICES = {
    **{part: ("length", part, "f1") for part in ("L1", "L2", "L3")},
    **{part: ("density", part, "f1") for part in ("D1", "D2", "D3")},
    **{f"{part}, recall": ("nesting", part, "recall") for part in ("flat", "nested")},
}
"""Columns. Of what nests the recall: what a wrong answer belongs to depends on what else the system answers."""

DEV, TEST = score("dev", "f1"), score("test", "f1")


def paper_tables() -> dict[str, str]:
    """A table for each region of the page."""
    by_dataset = {name: Experiment.read(name) for name in DATASETS}
    others = {name: Experiment.read(name) for name in ("heads", "losses", "encoders", "rates", "transitions")}
    return {
        **{f"paper-{name}": main_results(each) for name, each in by_dataset.items()},
        **{f"paper-{name}-speed": speeds(each) for name, each in by_dataset.items()},
        **{f"paper-{name}-slices": slices(each) for name, each in by_dataset.items()},
        "paper-rope": rope(others["heads"]),
        "paper-losses": losses(others["losses"]),
        "paper-heads": heads(others["heads"]),
        "paper-sizes": sizes(),
        "paper-encoders": encoders(others["encoders"]),
        "paper-pairs": pairs({**by_dataset, **others}),
        "paper-rates": rates(others["rates"]),
        "paper-transitions": transitions(others["transitions"]),
    }


def systems(experiment: Experiment) -> list[str]:
    """Those of which a run is finished, in the order of the tables."""
    return [name for name in NAMES if name in experiment.runs]


def main_results(found: Experiment) -> str:
    """Every system on one dataset."""
    columns = ["system", "dev F1", "test F1", "against CRF", "precision", "recall", "complete documents", "F1 at 0.5"]
    rest = [score("test", key) for key in ("precision", "recall", "document_accuracy")]
    lines = [
        [NAMES[name], found.values(name, DEV), found.values(name, TEST), found.difference(name, "crf")]
        + [found.values(name, each) for each in (*rest, undecided)]
        + [found.parameters(name), found.minutes(name)]
        for name in systems(found)
    ]
    return found.table([*columns, "million parameters", "minutes"], lines)


def speeds(found: Experiment) -> str:
    """Texts a second, and how many times as fast as the CRF, with the encoder and without."""
    if found.speed is None:
        return NOT_YET
    row = found.speed
    taken = Speed(row["reference"], row["texts"], row["seconds"], {})
    columns = ["system"]
    for what in ("training", "prediction"):
        columns += [f"{what}, texts a second", "× CRF", "encoder left out, × CRF"]
    lines = [
        [NAMES[name]]
        + [
            cell
            for what in ("training", "prediction")
            for cell in (
                f"{taken.rate(name, what).median:,.0f}",
                between(taken.ratio(name, what)),
                between(taken.ratio(name, f"{what}_head")),
            )
        ]
        for name in NAMES
        if name in row["seconds"]
    ]
    return (
        f"{markdown(columns, lines)}\n\n{circumstances([row])} {row['texts']} texts; medians and quartiles of rounds."
    )


def between(found: Quartiles) -> str:
    """The median, and the quartiles behind it."""
    return f"{found.median:.2f} ({found.low:.2f}–{found.high:.2f})"


def slices(found: Experiment) -> str:
    """F1 by length and density, and the recall of what is nested and what is not."""
    lines = [
        [NAMES[name], *(found.values(name, in_slice(*each)) for each in SLICES.values())] for name in systems(found)
    ]
    return found.table(["system", *SLICES], lines)


def rope(found: Experiment) -> str:
    """Each head with rotary positions and without."""
    columns = ["head", "dev F1", "without", "test F1", "without", "difference on test", "L3", "L3 without"]
    numbers = (DEV, TEST, in_slice("length", "L3"))
    lines = []
    for name in ("efficient", "global_pointer"):
        bare = f"{name}_no_rope"
        dev, test, long = ([found.values(each, number) for each in (name, bare)] for number in numbers)
        lines.append([NAMES[name], *dev, *test, found.difference(bare, name), *long])
    return found.table(columns, lines)


def losses(found: Experiment) -> str:
    """The efficient head with other losses and other thresholds."""
    columns = ["loss", "thresholds", "dev F1", "test F1", "against the first", "precision", "recall"]
    columns += ["F1 at 0.5"]
    numbers = [*(score("test", key) for key in ("precision", "recall")), undecided]
    lines = [
        [*told, found.values(name, DEV), found.values(name, TEST), found.difference(name, "multilabel")]
        + [found.values(name, each) for each in numbers]
        for name, told in LOSSES.items()
        if name in found.runs
    ]
    return found.table(columns, lines, words=2)


def heads(found: Experiment) -> str:
    """Every head under the same loss."""
    columns = ["head", "million parameters", "dev F1", "test F1", "against the efficient head"]
    lines = [
        [NAMES[name], found.parameters(name), found.values(name, DEV), found.values(name, TEST)]
        + [found.difference(name, "efficient")]
        for name in systems(found)
    ]
    return found.table(columns, lines)


def encoders(found: Experiment) -> str:
    """The CRF and both heads over each encoder."""
    columns = ["encoder", "CRF, dev F1", "test F1"]
    for name in HEADS[1:]:
        columns += [f"{NAMES[name]}, dev F1", "test F1", "against CRF"]
    lines = []
    for encoder, told in ENCODERS.items():
        names, crf = [f"{encoder}_{head}" for head in HEADS], f"{encoder}_crf"
        cells = [[found.values(name, DEV), found.values(name, TEST), found.difference(name, crf)] for name in names]
        lines.append([told, *cells[0][:2], *cells[1], *cells[2]])
    return found.table(columns, lines)


def pairs(experiments: Mapping[str, Experiment]) -> str:
    """The differences that the other tables do not show."""
    lines = [
        [experiment, system, against, found.difference(system, against)]
        for experiment, found in experiments.items()
        for system, against in found.differences
        if ALSO.get(system) == against
    ]
    columns = ["`recipes/paper/`", "system", "against", "difference in test F1"]
    return markdown(columns, lines, words=3) if lines else NOT_YET


def rates(found: Experiment) -> str:
    """Each system at each learning rate, on dev: that is where a rate is chosen."""
    lines = [
        [told, *(found.values(f"{name}_{rate}", DEV) for rate in RATES)]
        for name, told in TUNED.items()
        if any(f"{name}_{rate}" in found.runs for rate in RATES)
    ]
    return found.table(["system", *(f"{rate}, dev F1" for rate in RATES)], lines)


def transitions(found: Experiment) -> str:
    """The CRF at each multiplier of its transitions, on dev."""
    lines = [[str(each), found.values(f"crf_{each}", DEV)] for each in MULTIPLIERS if f"crf_{each}" in found.runs]
    return found.table(["multiplier", "dev F1"], lines)
