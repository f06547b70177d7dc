"""`globalpointer predict`: texts in, one JSON object a line out, as soon as it is found."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from globalpointer.cli.models import load
from globalpointer.cli.options import BatchSize, Joiner, Model, OverlapPolicy, Threshold, reading, thresholds
from globalpointer.cli.output import (
    byte_sink,
    check_outputs,
    forget_stdout,
    json_line,
    to_person,
    write_json,
    write_text,
)
from globalpointer.errors import ConfigError, DataError

if TYPE_CHECKING:
    from globalpointer.config import Recipe
    from globalpointer.data.writers.answers import BestAnswers
    from globalpointer.text.spans import Document


def predict(
    model: Model,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A file (.gz too), or - for standard input.")],
    format: Annotated[  # noqa: A002
        str | None,
        typer.Option(
            "--format",
            help="text (one text a line) or any format of training.",
            show_default="for -: text; for a file: the model's own, but jsonl for .jsonl where that is no JSON lines",
        ),
    ] = None,
    question: Annotated[
        str | None,
        typer.Option(help="What to ask of every text, in the place of questions that the file may have."),
    ] = None,
    joiner: Joiner = None,
    output: Annotated[
        str | None, typer.Option(metavar="OUT", help="Where the JSON lines go (.gz by name).", show_default="stdout")
    ] = None,
    html: Annotated[
        str | None, typer.Option(metavar="OUT", help="Draw the documents, nested entities too; keeps all in memory.")
    ] = None,
    squad: Annotated[
        str | None,
        typer.Option(
            metavar="OUT",
            help='Write the best answers as {id: text}, "" for none: what the scripts of SQuAD and CMRC2018 read.',
        ),
    ] = None,
    threshold: Threshold = [],  # noqa: B006  (typer reads it once)
    overlap_policy: OverlapPolicy = None,
    batch_size: BatchSize = 32,
) -> None:
    """Extract from texts: a JSON object a line, each as soon as its batch is done.

    {"text": ..., "entities": [{"start", "end", "label", "text", "score"}]}, ends exclusive, in code points; relations
    and events too, where the model was trained for them. A model of task mrc answers a question about each text, the
    one of its line or --question: {"text", "question", "answers": [{"start", "end", "text", "score"}], "answerable"},
    best first.

    A line that cannot be read stops the run with exit code 1; all before it is found and written first.
    """
    from globalpointer.data.writers.answers import BestAnswers

    check_outputs([file], output or "-", squad, page=html)
    predictor = load(model)
    documents = _documents(file, format, joiner, predictor.recipe)
    asks = predictor.recipe.task.kind == "mrc"
    if squad is not None and not asks:
        raise ConfigError(f"--squad writes answers to questions, and {model} was not trained to give any (--task mrc)")
    if asks and question is None:
        documents = _with_questions(documents)
    source = _Source(documents)
    answers = predictor.predict_stream(
        source,
        question=question,
        batch_size=batch_size,
        threshold=thresholds(threshold),
        overlap_policy=overlap_policy,
    )
    drawn: list[Document] = []
    best = BestAnswers()
    if html is not None:
        answers = _each(answers, drawn.append)
    if squad is not None:
        answers = _each(answers, best.add)
    # The first answer before the output is opened: an input that cannot be read must not empty an older output.
    first = list(itertools.islice(answers, 1))
    if source.error is not None and not first:
        raise source.error
    _write(itertools.chain(first, answers), output, batch_size)
    if html is not None:
        from globalpointer.view.documents import html as drawing

        write_text(html, drawing(drawn, title="standard input" if file == "-" else file))
        to_person(f"drawn in {html}")
    if source.error is not None:
        if squad is not None:
            to_person(f"{squad} is not written, for some questions have no answer yet")
        raise source.error
    if squad is not None:
        _write_best(best, squad)


def _write_best(best: "BestAnswers", squad: str) -> None:
    from globalpointer.data.readers.annotate import counted

    write_json(squad, best.answers)
    if squad != "-":
        to_person(f"the best answers by id in {squad}")
    if best.renamed:
        said = f"{counted(best.renamed, 'question')} with the id of an earlier one, written as id#2 and so on"
        to_person(f"{said}: the official scripts know no such ids")


class _Source:
    """Documents up to the first that cannot be read; the error waits in `error` until the others are written."""

    def __init__(self, documents: "Iterator[Document]") -> None:
        self.documents = documents
        self.error: DataError | None = None

    def __iter__(self) -> "Iterator[Document]":
        try:
            yield from self.documents
        except DataError as error:
            self.error = error


def _documents(
    file: str, format: str | None, joiner: str | None, recipe: "Recipe"  # noqa: A002
) -> "Iterator[Document]":  # fmt: skip
    """The documents of a file or of standard input, in the format that the help text promises."""
    chosen, options = reading(recipe, format, joiner, [file])
    if format is None and file == "-":
        chosen = "text"
    if chosen == "text":
        yield from _lines(file) if format is not None else _unless_json(_lines(file))
        return
    from globalpointer.data.readers import read

    try:
        # What annotation there is is left aside: its mistakes do not matter here.
        yield from read(file, chosen, labelled=False, **options)
    except DataError as error:
        if format is not None or error.line is None:
            raise
        raise DataError(f"{error} (read as {chosen!r}; one text a line is --format text)") from None


def _with_questions(documents: "Iterator[Document]") -> "Iterator[Document]":
    """Documents up to the first without a question, which is a DataError; blank ones are left out, and told."""
    for document in documents:
        if document.question is None:
            raise DataError(
                f"{document.id} has no question, and this model answers questions: give one with each text "
                '({"text": ..., "question": ...}), or one for all with --question'
            )
        if document.question.strip():
            yield document
        else:
            to_person(f"{document.id}: its question is blank, so it is left out")


def _lines(file: str) -> "Iterator[Document]":
    """One text a line, an empty line being an empty text, so that line n of the answer belongs to line n."""
    from globalpointer.data.readers.source import file_name, lines
    from globalpointer.text.spans import Document

    name = file_name(file)
    for number, line in lines(file):
        yield Document(line, id=f"{name}:{number}")


def _unless_json(documents: "Iterator[Document]") -> "Iterator[Document]":
    """Lines that nobody called text, with a word where the first of them looks like our own form."""
    from globalpointer.data.readers.jsonl import looks_ours

    for number, document in enumerate(documents):
        if not number and looks_ours(document.text):
            to_person("standard input looks like JSON lines, and is read as one text a line: --format jsonl reads it")
        yield document


def _each(documents: "Iterator[Document]", note: "Callable[[Document], None]") -> "Iterator[Document]":
    """The documents as they come, each noted."""
    for document in documents:
        note(document)
        yield document


def _write(documents: "Iterable[Document]", output: str | None, batch_size: int) -> None:
    """Write a line a document, flushed with each batch. A reader that closes the pipe ends the run in peace."""
    try:
        with byte_sink(output) as sink:
            for number, document in enumerate(documents, start=1):
                sink.write(json_line(document.to_dict()))
                if number % batch_size == 0:
                    sink.flush()
    except BrokenPipeError:
        forget_stdout()
        raise typer.Exit(0) from None
