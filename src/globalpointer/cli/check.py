"""`globalpointer check`: the data doctor."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from globalpointer.cli.options import FORMATS, Files, Joiner, Json, reading
from globalpointer.cli.output import check_outputs, show, write_json

if TYPE_CHECKING:
    from globalpointer.data.tokenizing import TextTokenizer


def check(
    files: Files,
    format: Annotated[  # noqa: A002
        str | None, typer.Option("--format", help=f"One of {FORMATS}.", show_default="the model's, else jsonl")
    ] = None,
    joiner: Joiner = None,
    discontinuous: Annotated[
        str | None, typer.Option(help="Spans with gaps (brat): refuse, envelope or skip.", show_default="refuse")
    ] = None,
    mentions: Annotated[
        str | None, typer.Option(help="Triples without offsets: all, nearest or first.", show_default="nearest")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="DIR", help="Count what this model's tokenizer and windows lose.")
    ] = None,
    tokenizer: Annotated[
        str | None,
        typer.Option(help="The same for a hub name, a folder, or character or wordpiece, learned from these files."),
    ] = None,
    window: Annotated[int | None, typer.Option(min=1, help="Tokens of text in a window.", show_default="256")] = None,
    json: Json = None,
) -> None:
    """Look for what is lost, doubled, crossing, leaking or odd in annotated files, the training file first.

    Exit code 1 where there are errors: annotation that is lost, or a file that cannot be read.
    """
    from globalpointer.data.check import check as look
    from globalpointer.data.check.tables import table

    check_outputs(files, json)
    if model is not None and tokenizer is not None:
        raise typer.BadParameter("--model brings its own tokenizer: give one of the two")
    predictor = None
    if model is not None:
        from globalpointer.predictor import Predictor

        predictor = Predictor.from_pretrained(model)
    chosen, options = reading(None if predictor is None else predictor.recipe, format, joiner, files)
    given = {"discontinuous": discontinuous, "mentions": mentions}
    options |= {name: value for name, value in given.items() if value is not None}
    cutter = None if predictor is None else predictor.tokenizer
    if tokenizer is not None:
        cutter = _tokenizer(tokenizer, _texts(files, chosen, options))
    overlap = None if cutter is None or window is None else min(cutter.overlap, window - 1)
    report = look(files, format=chosen, tokenizer=cutter, window=window, overlap=overlap, **options)
    show(table(report), stderr=json == "-")
    if json is not None:
        write_json(json, report.to_dict())
    raise typer.Exit(report.exit_code)


def _tokenizer(name: str, texts: Iterable[str]) -> "TextTokenizer":
    """The tokenizer of a name, or one learned from these texts as training would."""
    from globalpointer.data.tokenizers import Kind, learn_tokenizer, load_tokenizer
    from globalpointer.data.tokenizing import TextTokenizer

    if name in get_args(Kind):
        return TextTokenizer(learn_tokenizer(texts, cast(Kind, name)))
    return TextTokenizer(load_tokenizer(name))


def _texts(files: Sequence[str], format: str, options: dict[str, Any]) -> Iterator[str]:  # noqa: A002
    """What can be read of the files; the check itself tells what cannot."""
    from globalpointer.data.readers import Notes, read
    from globalpointer.errors import DataError

    for file in files:
        try:
            yield from (each.text for each in read(file, format, notes=Notes(), on_error="skip", **options))
        except DataError:
            continue
