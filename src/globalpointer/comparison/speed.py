"""How fast the systems train and answer: measured in turns in one process, on real texts."""

import json
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import torch
from rich.console import Console
from rich.progress import track

from globalpointer.comparison.machine import circumstances
from globalpointer.comparison.turns import MEASURED, Turn, turns_of
from globalpointer.data.batching import encode_documents
from globalpointer.data.writers.files import new_file
from globalpointer.errors import SchemaError
from globalpointer.predictor import Predictor
from globalpointer.text.spans import Document

SPEED = "speed.json"

TEXTS, ROUNDS = 128, 7

Seconds = Mapping[str, Mapping[str, list[float]]]
"""By system and what is measured (see MEASURED), the time of all texts in each round."""


class Quartiles(NamedTuple):
    """Of several rounds."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds for all `texts`; `reference`: the system that ratios are of."""

    reference: str
    texts: int
    seconds: Seconds
    circumstances: Mapping[str, Any]

    def rate(self, system: str, what: str) -> Quartiles:
        """Texts a second."""
        return _quartiles([self.texts / spent for spent in self.seconds[system][what]])

    def ratio(self, system: str, what: str) -> Quartiles:
        """How many times as fast as the reference, round by round."""
        pairs = zip(self.seconds[self.reference][what], self.seconds[system][what], strict=True)
        return _quartiles([theirs / ours for theirs, ours in pairs])


def timed(folders: Mapping[str, Path], gold: Sequence[Document], reference: str, console: Console) -> Speed | None:
    """The speed of the models in these folders, by system; None where no document can be measured on."""
    predictors = {name: Predictor.from_pretrained(folder) for name, folder in folders.items()}
    documents = sample(gold, predictors)
    if not documents:
        return None
    turns = {name: turns_of(predictor, documents) for name, predictor in predictors.items()}
    return Speed(reference, len(documents), measure(turns, console), circumstances())


def sample(gold: Sequence[Document], predictors: Mapping[str, Predictor]) -> list[Document]:
    """At most TEXTS documents with a text, always the same ones, whose labels every model has learned."""
    shuffled = random.Random(42).sample(gold, len(gold))
    usable = (
        document
        for document in shuffled
        if document.text.strip() and all(_learnable(document, each) for each in predictors.values())
    )
    return list(islice(usable, TEXTS))


def _learnable(document: Document, predictor: Predictor) -> bool:
    try:
        encode_documents([document], predictor.model.task, predictor.tokenizer)
    except SchemaError:  # a label or a role that the training part has not
        return False
    return True


def measure(turns: Mapping[str, Mapping[str, Turn]], console: Console) -> Seconds:
    """ROUNDS rounds after one to warm up; in each the systems take turns, and each time another one begins."""
    order = list(turns)
    taken: dict[str, dict[str, list[float]]] = {name: {what: [] for what in MEASURED} for name in order}
    hidden = not console.is_terminal
    rounds = range(ROUNDS + 1)
    for number in track(rounds, "Measuring the speed", console=console, transient=True, disable=hidden):
        for what in MEASURED:
            for name in order:
                spent = _seconds(turns[name][what])
                if number:
                    taken[name][what].append(spent)
        order = order[1:] + order[:1]
    return taken


def keep(speed: Speed, of: Mapping[str, str], path: Path) -> None:
    """Write a measurement, and of which runs it is."""
    with new_file(path) as file:
        json.dump({"of": of, **{name: getattr(speed, name) for name in Speed.__slots__}}, file)


def kept(of: Mapping[str, str], reference: str, path: Path) -> Speed | None:
    """What was measured before of the same runs against the same one, on this machine and by this code.

    None where there is nothing such, also where the file is damaged: then it is measured anew.
    """
    if not path.is_file():
        return None
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        here = {**circumstances(), "date": plain["circumstances"]["date"]}
        same = (plain["of"], plain["reference"], plain["circumstances"]) == (dict(of), reference, here)
        return Speed(**{name: plain[name] for name in Speed.__slots__}) if same else None
    except (KeyError, TypeError, ValueError):
        return None


def _quartiles(values: Sequence[float]) -> Quartiles:
    return Quartiles(*statistics.quantiles(values, n=4, method="inclusive"))


def _seconds(turn: Turn) -> float:
    _wait()
    start = time.perf_counter()
    turn()
    _wait()
    return time.perf_counter() - start


def _wait() -> None:
    """Until the device has done what it was asked for."""
    if torch.accelerator.is_available():
        torch.accelerator.synchronize()
