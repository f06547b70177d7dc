"""`globalpointer demo`: the whole road on the sample corpus, for entities, relations, events and answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from globalpointer.cli.output import show

if TYPE_CHECKING:
    from globalpointer.cli.gallery import Picture
    from globalpointer.text.spans import Document

PARTS: tuple[Literal["train", "dev", "test"], ...] = ("train", "dev", "test")

EPOCHS = {"ner": 20, "relation": 35, "event": 25, "mrc": 5}
"""Links are learned after the spans that they join, and take longer; of questions there are more than of sentences."""


class Language(StrEnum):
    """The languages of the sample corpus."""

    zh = "zh"
    en = "en"
    both = "both"


class Task(StrEnum):
    """What the demo trains a model for."""

    ner = "ner"
    relation = "relation"
    event = "event"
    mrc = "mrc"
    all = "all"


def demo(
    output: Annotated[Path, typer.Option(help="The folder for data, models, pages and pictures.")] = Path("demo"),
    language: Annotated[Language, typer.Option(help="Which half of the sample corpus.")] = Language.both,
    task: Annotated[Task, typer.Option(help="What to find: one kind, or each with a model of its own.")] = Task.all,
) -> None:
    """Train on the sample corpus, score the models, extract from new sentences, and draw it all.

    Running it again replaces what it made.
    """
    kinds = [each.value for each in Task if each is not Task.all] if task is Task.all else [task.value]
    pictures = [
        picture
        for kind in kinds
        for picture in _rehearse(kind, write_sample(output / "data", language, kind), output / kind, language)
    ]
    _tell(output, kinds[0], pictures)


def _rehearse(kind: str, files: dict[str, str], folder: Path, language: Language) -> "list[Picture]":
    """Train, score, extract and draw for one task."""
    from globalpointer.cli.gallery import hang
    from globalpointer.evaluation.tables import summary
    from globalpointer.predictor import Predictor
    from globalpointer.training.fit import fit
    from globalpointer.view.console import console

    show(f"Training for the task {kind!r} on {files['train']} ...")
    with _one_thread():
        result = fit(recipe(files, kind), output=folder / "model", resume=False, overwrite=True)
    report = result.test or result.dev
    show(f"\nTrained in {result.seconds:.0f} s; on texts like those it learned from:\n{summary(report)}")
    predictor = Predictor.from_pretrained(result.folder)
    found = predictor.predict(new_texts(kind, language))
    show("\nIn texts that are not in the corpus:\n")
    for document in found:
        show(console(document))
    show("")
    return hang(kind, folder, predictor, found, report, files["test"])


def write_sample(folder: Path, language: Language, kind: str = "ner") -> dict[str, str]:
    """The sample corpus as JSONL files, one a part: its sentences, or for "mrc" its questions."""
    from globalpointer.data.sample import sample, sample_questions
    from globalpointer.data.writers import write

    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    for part in PARTS:
        asks = kind == "mrc"
        files[part] = str(folder / (f"questions-{part}.jsonl" if asks else f"{part}.jsonl"))
        write((sample_questions if asks else sample)(part, language.value), files[part], "jsonl")
    return files


def new_texts(kind: str, language: Language) -> "list[Document]":
    """What to show, of one language or of both: sentences, or for "mrc" questions about them."""
    from globalpointer.data.sample import NEW_SENTENCES, new_questions
    from globalpointer.text.spans import Document

    if kind == "mrc":
        return new_questions(language.value)
    wanted = ("zh", "en") if language is Language.both else (language.value,)
    return [Document(sentence) for each in wanted for sentence in NEW_SENTENCES[each]]


def recipe(files: dict[str, str], kind: str) -> Any:
    """A small model that learns fast; every choice can be seen in DIR/KIND/model/recipe.toml."""
    from globalpointer.config import load_recipe

    embedding = {"token_dim": 64, "bigram_dim": 32, "bigrams": 4096, "dropout": 0.2}
    return load_recipe(
        None,
        data={"format": "jsonl", **files},
        task={"kind": kind},
        model={
            "encoder": "bilstm",
            "head": "efficient",
            "tokenizer": "character",
            "dropout": 0.0,
            "reduction": "sum",
            "encoder_options": {
                "hidden": 192,
                "dropout": 0.15,
                # A sixth of the words of dev and test were never seen: the model must learn to do without some.
                "embedding": {**embedding, "token_unknown": 0.1, "bigram_unknown": 0.3},
            },
        },
        training={
            "num_train_epochs": EPOCHS[kind],
            "learning_rate": 5e-3,
            "per_device_train_batch_size": 16,
            "max_grad_norm": 5.0,
            "seed": 42,
        },
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """So small a model gains nothing from a second thread, and waits for it for ever where other programs run."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _tell(output: Path, kind: str, pictures: "list[Picture]") -> None:
    """Where everything is, and what to do with one's own data."""
    import shlex

    from rich.table import Table

    model = shlex.quote(str(output / kind / "model"))
    asked = ' --question "..."' if kind == "mrc" else ""
    places = Table.grid(padding=(0, 2))
    for picture in pictures:
        places.add_row(f"  {picture.path}", picture.what)
    show("Look at:\n")
    show(places)
    show(
        "\nYour own data, for example one JSON object a line as in "
        f"{output / 'data' / ('questions-train.jsonl' if kind == 'mrc' else 'train.jsonl')}:\n\n"
        "  globalpointer check train.jsonl dev.jsonl --format jsonl\n"
        f"  globalpointer train --task {kind} --format jsonl --train train.jsonl --dev dev.jsonl --output runs/mine\n\n"
        f"Or try a model on any text:\n\n  globalpointer predict {model} -{asked} < texts.txt\n"
    )
