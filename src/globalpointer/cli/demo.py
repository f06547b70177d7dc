"""`globalpointer demo`: the whole road on the sample corpus, in two minutes on two cores."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from globalpointer.cli.output import show, write_text

if TYPE_CHECKING:
    from globalpointer.evaluation.report import Report
    from globalpointer.predictor import Predictor
    from globalpointer.text.spans import Document

PARTS: tuple[Literal["train", "dev", "test"], ...] = ("train", "dev", "test")


class Language(StrEnum):
    """The languages of the sample corpus."""

    zh = "zh"
    en = "en"
    both = "both"


def demo(
    output: Annotated[Path, typer.Option(help="The folder for data, model, pages and pictures.")] = Path("demo"),
    language: Annotated[Language, typer.Option(help="Which half of the sample corpus.")] = Language.both,
) -> None:
    """Train on the sample corpus, score the model, extract from new sentences, and draw it all.

    Running it again replaces what it made.
    """
    from globalpointer.data.sample import NEW_SENTENCES
    from globalpointer.evaluation.tables import table
    from globalpointer.predictor import Predictor
    from globalpointer.training.fit import fit
    from globalpointer.view.console import console

    files = write_sample(output / "data", language)
    show(f"Training on {files['train']} ...")
    with _one_thread():
        result = fit(_recipe(files), output=output / "model", resume=False, overwrite=True)
    report = result.test or result.dev
    show(table(report))
    predictor = Predictor.from_pretrained(result.folder)
    sentences = new_sentences(NEW_SENTENCES, language)
    found = predictor.predict(sentences)
    show("\nSentences that are not in the corpus:\n")
    for document in found:
        show(console(document))
    drawn = _draw(output, predictor, found, report, files["test"])
    _tell(output, drawn, result.seconds)


def write_sample(folder: Path, language: Language) -> dict[str, str]:
    """The sample corpus as JSONL files, one a part."""
    from globalpointer.data.sample import sample
    from globalpointer.data.writers import write

    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    for part in PARTS:
        files[part] = str(folder / f"{part}.jsonl")
        write(sample(part, language.value), files[part], "jsonl")
    return files


def new_sentences(sentences: Any, language: Language) -> list[str]:
    """The sentences to show, of one language or of both."""
    wanted = ("zh", "en") if language is Language.both else (language.value,)
    return [sentence for each in wanted for sentence in sentences[each]]


def _recipe(files: dict[str, str]) -> Any:
    """A small model that learns fast; every choice can be seen in DIR/model/recipe.toml."""
    from globalpointer.config import load_recipe

    embedding = {"token_dim": 64, "bigram_dim": 32, "bigrams": 4096, "dropout": 0.2}
    return load_recipe(
        None,
        data={"format": "jsonl", **files},
        model={
            "encoder": "bilstm",
            "head": "efficient",
            "tokenizer": "character",
            "dropout": 0.0,
            "reduction": "sum",
            "encoder_options": {
                "hidden": 192,
                "dropout": 0.3,
                # A sixth of the words of dev and test were never seen: the model must learn to do without some.
                "embedding": {**embedding, "token_unknown": 0.1, "bigram_unknown": 0.3},
            },
        },
        training={
            "num_train_epochs": 20,
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


def _draw(
    output: Path, predictor: "Predictor", found: "Sequence[Document]", report: "Report", test: str
) -> list[tuple[str, Path]]:
    """The pages and, where matplotlib is installed, the pictures: what each shows, and where it is."""
    import json

    from globalpointer.data.readers import read
    from globalpointer.errors import DependencyError
    from globalpointer.evaluation.page import page
    from globalpointer.view.curves import draw_curves
    from globalpointer.view.documents import html
    from globalpointer.view.grids import draw_grid

    gold = list(read(test, "jsonl"))
    answers = predictor.predict([document.text for document in gold])
    write_text(output / "documents.html", html(found, title="New sentences"))
    write_text(output / "report.html", page(report, gold, answers))
    drawn = [
        ("what was found in the new sentences", output / "documents.html"),
        ("the scores, and every wrong example", output / "report.html"),
    ]
    try:
        shown = next((document for document in found if _nested(document)), found[0])
        tokens, squares = predictor.logits(shown.text)
        draw_grid(squares["entity"].numpy(), tokens, predictor.schema.entities, output / "grids.png", title=shown.text)
        lines = (output / "model" / "history.jsonl").read_text(encoding="utf-8").splitlines()
        draw_curves([json.loads(line) for line in lines], output / "curves.png")
        drawn += [
            ("the score grids of one sentence", output / "grids.png"),
            ("loss and dev F1 against steps", output / "curves.png"),
        ]
    except DependencyError as error:
        show(f"No pictures: {error}")
    return drawn


def _nested(document: "Document") -> bool:
    """Whether one found entity lies inside another."""
    spans = {entity.span for entity in document.entities or ()}
    return any(one != other and one.contains(other) for one in spans for other in spans)


def _tell(output: Path, drawn: Sequence[tuple[str, Path]], seconds: float) -> None:
    """Where everything is, and what to do with one's own data."""
    import shlex

    from rich.table import Table

    model = shlex.quote(str(output / "model"))
    places = Table.grid(padding=(0, 2))
    for what, path in [*drawn, ("the model", output / "model")]:
        places.add_row(f"  {path}", what)
    show(f"\nTrained in {seconds:.0f} s. Look at:\n")
    show(places)
    show(
        "\nYour own data, for example one JSON object a line as in "
        f"{output / 'data' / 'train.jsonl'}:\n\n"
        "  globalpointer check train.jsonl dev.jsonl --format jsonl\n"
        "  globalpointer train --format jsonl --train train.jsonl --dev dev.jsonl --output runs/mine\n\n"
        f"Or try this model on any text:\n\n  globalpointer predict {model} - < texts.txt\n"
    )
