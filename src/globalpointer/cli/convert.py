"""`globalpointer convert`: annotated files from one format to another, with leaks left out on request."""

from typing import Annotated

import typer

from globalpointer.cli.options import FORMATS, Joiner
from globalpointer.cli.output import to_person


def convert(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The file to read (.gz too; archives as a.tar.gz::dir/).")
    ],
    out: Annotated[str, typer.Argument(metavar="OUT", help="The file to write (.gz by name); a folder for brat.")],
    format: Annotated[str, typer.Option("--format", help=f"The format of FILE: {FORMATS}.")],  # noqa: A002
    to: Annotated[str, typer.Option(help="The format of OUT.")] = "jsonl",
    joiner: Joiner = None,
    discontinuous: Annotated[str, typer.Option(help="Spans with gaps (brat): refuse, envelope or skip.")] = "refuse",
    without: Annotated[
        list[str] | None,
        typer.Option(help="Leave out texts that equal, or are part of, a text of this file (of FILE's format)."),
    ] = None,
    labels: Annotated[
        bool, typer.Option("--labels/--drop-labels", help="Keep the entities, or only the texts.")
    ] = True,
) -> None:
    """Write annotated documents in another format. OUT appears whole or not at all.

    A format that cannot hold an annotation, as columns cannot hold nested entities, refuses it by name.
    """
    from dataclasses import replace

    from globalpointer.cli.options import read_all
    from globalpointer.data.leaks import without as leave_out
    from globalpointer.data.writers import write

    documents = list(read_all([file], format, joiner=joiner, discontinuous=discontinuous))
    if without:
        others = read_all(without, format, joiner=joiner, discontinuous=discontinuous)
        documents, removed = leave_out(documents, others)
        to_person(
            f"{len(removed)} documents left out: their texts equal, or are part of, texts of {', '.join(without)}"
        )
    if not labels:
        documents = [replace(document, entities=None) for document in documents]
    write(documents, out, to, joiner=joiner)
    entities = sum(len(document.entities or ()) for document in documents)
    to_person(f"{len(documents)} documents with {entities} entities written to {out}")
