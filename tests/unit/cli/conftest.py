"""A predictor and a training that cost nothing, in the places where the commands look for the real ones."""

import json
import re
import sys
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import pytest

from globalpointer.cli.main import run
from globalpointer.config import Recipe
from globalpointer.errors import ModelError
from globalpointer.evaluation import evaluate
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document

ANN = "Ann sings in Oslo."
GOLD = [
    {"text": ANN, "entities": [{"start": 0, "end": 3, "label": "PER"}, {"start": 13, "end": 17, "label": "LOC"}]},
    {"text": "Nobody is here.", "entities": []},
]


class FakePredictor:
    """Finds every "Ann" as PER with the score 0.9; remembers how it was asked."""

    asked: ClassVar[dict] = {}
    format, joiner = "jsonl", None

    @classmethod
    def from_pretrained(cls, folder):
        if folder == "no-model":
            raise ModelError(f"{folder}: not a model folder [really]")
        return cls()

    model = SimpleNamespace(config=SimpleNamespace(text={"unit": "character"}))
    threshold = 0.5
    task = "ner"
    schema = Schema(("LOC", "PER"))
    overlap_policy = "nested"

    @property
    def recipe(self):
        return Recipe.model_validate(
            {"data": {"format": self.format, "train": "x", "joiner": self.joiner}, "task": {"kind": self.task}}
        )

    def predict(self, texts, *, show_progress_bar=False, **options):
        return list(self.predict_stream(texts, **options))

    def predict_stream(self, texts, **options):
        FakePredictor.asked = options
        for given in texts:
            document = given if isinstance(given, Document) else Document(given)
            text = document.text
            if text == "press Ctrl-C":
                raise KeyboardInterrupt
            empty = Document(text)
            found = (empty.entity("PER", *match.span(), score=0.9) for match in re.finditer("Ann", text))
            yield Document(text, tuple(found), document.id, document.meta)


@pytest.fixture
def predictor(monkeypatch):
    module = ModuleType("globalpointer.predictor")
    module.Predictor = FakePredictor
    monkeypatch.setitem(sys.modules, "globalpointer.predictor", module)
    monkeypatch.setattr(FakePredictor, "format", "jsonl")
    monkeypatch.setattr(FakePredictor, "joiner", None)
    return FakePredictor


@pytest.fixture
def fitted(monkeypatch):
    """What `fit` was called with; its answer is a report of perfect scores."""
    calls = []
    document = Document("Ann", (Document("Ann").entity("PER", 0, 3),))

    def fit(recipe, output, **options):
        calls.append(SimpleNamespace(recipe=recipe, output=output, **options))
        report = evaluate([document], [document])
        taught = {"dev": {"f1": 0.8, "document_accuracy": 0.5}} if recipe.distillation else {}
        return SimpleNamespace(
            dev=report, test=None, folder=output, seconds=1.5, notes=[], undecided={}, teacher=taught
        )

    module = ModuleType("globalpointer.training.fit")
    module.fit = fit
    monkeypatch.setitem(sys.modules, "globalpointer.training.fit", module)
    return calls


@pytest.fixture
def cli(capfdbinary, monkeypatch):
    """Run a command line: its exit code, standard output and standard error."""
    monkeypatch.setenv("COLUMNS", "160")

    def call(*words):
        with pytest.raises(SystemExit) as left:
            run([str(word) for word in words])
        out, err = capfdbinary.readouterr()
        return SimpleNamespace(code=left.value.code, out=out.decode(), err=err.decode())

    return call


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in GOLD), encoding="utf-8")
    return path
