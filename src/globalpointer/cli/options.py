"""The options that several commands share, so that they are named and explained the same everywhere."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from globalpointer.tasks.thresholds import EVERY

if TYPE_CHECKING:
    from globalpointer.config import Recipe
    from globalpointer.text.spans import Document

FORMATS = (
    "jsonl, iob1, bio, bioes, bmeso, bilou, cluener, cmeee, uner, runne, brat, duie, triples, conll04, spert, dygie, "
    "duee, fewfc, casie, squad"
)

WRITABLE = "jsonl, iob1, bio, bioes, bmeso, bilou, cluener, cmeee, brat"

JSON_LINES = ("jsonl", "cluener", "runne")
"""Formats whose files are often named so, whatever those of the training were named."""

Model = Annotated[str, typer.Argument(metavar="MODEL", help="A model: a folder that training wrote, or a hub name.")]
Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Annotated files; .gz is read as it is, archives as a.tar.gz::folder/."),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        help=f"One of {FORMATS}.",
        show_default="the model's, or jsonl for .jsonl",
    ),
]
Joiner = Annotated[
    str | None,
    typer.Option(
        help='How the tokens of a column file become text: "" (Chinese) or " ". Never guessed.',
        show_default="the model's",
    ),
]
Threshold = Annotated[
    list[str],
    typer.Option(
        metavar="P|LABEL=P",
        help="Keep what is at least this probable: all, a kind (entity, relation, event or answer=0.7) or a label "
        "(PER=0.7); may be repeated. 0: a question is answered wherever the text has a token.",
        show_default="the model's own",
    ),
]
BatchSize = Annotated[int, typer.Option(min=1, help="Windows of text at a time.")]


class Policy(StrEnum):
    """What happens where found entities overlap: see `globalpointer.tasks.overlap`."""

    nested = "nested"
    flat = "flat"
    longest = "longest"
    allow = "allow"


OverlapPolicy = Annotated[
    Policy | None,
    typer.Option(
        show_default="the model's own, nested or flat as its training data was",
        help="nested: crossing spans give way, and doubtful readings of one mention. flat: no overlap, the most "
        "probable first. longest: no overlap, the longest first. allow: all.",
    ),
]
Json = Annotated[str | None, typer.Option("--json", metavar="OUT", help="Write the numbers as JSON; - is stdout.")]

Override = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Any key of a recipe: training.learning_rate=3e-5."),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in the output folder.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is in the output folder.")]


def one_of_them(*, resume: bool, overwrite: bool) -> None:
    """Raise BadParameter where a person asks for both."""
    if resume and overwrite:
        raise typer.BadParameter("--resume keeps what is there and --overwrite replaces it: give one of them")


def reading(
    recipe: "Recipe | None",
    format: str | None,  # noqa: A002
    joiner: str | None,
    files: Sequence[str],
) -> tuple[str, dict[str, Any]]:
    """The format to read and the reader's options: what the person said, else what the model was trained with.

    But `.jsonl` files are jsonl where the model was trained on files of other names, in a format without that ending.
    """
    if recipe is None:
        return format or "jsonl", {"joiner": joiner}
    options = recipe.data.reading()
    chosen = recipe.data.format
    if _are_lines(files) and not _are_lines(recipe.data.train) and chosen not in JSON_LINES:
        chosen = "jsonl"
    return format or chosen, options if joiner is None else {**options, "joiner": joiner}


def _are_lines(files: Sequence[str]) -> bool:
    return all(file.removesuffix(".gz").endswith(".jsonl") for file in files)


def read_all(files: Sequence[str], format: str, **options: Any) -> Iterator["Document"]:  # noqa: A002
    """The documents of several files, one after another."""
    from globalpointer.data.readers import read

    for file in files:
        yield from read(file, format, **options)


def thresholds(given: Sequence[str]) -> float | dict[str, float] | None:
    """What `--threshold` means: one probability for all, or one by kind or label, the model's own for all others."""
    general: float | None = None
    by_label: dict[str, float] = {}
    for each in given:
        label, equals, number = each.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            raise typer.BadParameter(f"--threshold expects 0.7 or LABEL=0.7, got {each!r}") from None
        if equals:
            by_label[label] = value
        else:
            general = value
    if by_label and general is not None:
        return {EVERY: general, **by_label}
    return by_label or general
