"""`globalpointer convert`: annotated files from one format to another, with leaks left out on request."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from globalpointer.cli.options import FORMATS, WRITABLE, Joiner
from globalpointer.cli.output import to_person

if TYPE_CHECKING:
    from globalpointer.text.spans import Document

KINDS = {
    "entities": ("entity", "entities"),
    "relations": ("relation",),
    "triples": ("triple",),
    "events": ("event",),
    "answers": ("answer",),
}
"""Each kind of annotation, and how it is counted: one, and many."""


def convert(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The file to read (.gz too; archives as a.tar.gz::dir/).")
    ],
    out: Annotated[str, typer.Argument(metavar="OUT", help="The file to write (.gz by name); a folder for brat.")],
    format: Annotated[str, typer.Option("--format", help=f"The format of FILE: {FORMATS}.")],  # noqa: A002
    to: Annotated[str, typer.Option(help=f"The format of OUT: {WRITABLE}.")] = "jsonl",
    joiner: Joiner = None,
    discontinuous: Annotated[str, typer.Option(help="Spans with gaps (brat): refuse, envelope or skip.")] = "refuse",
    mentions: Annotated[
        str, typer.Option(help="Triples without offsets: which occurrences are meant: all, nearest or first.")
    ] = "nearest",
    without: Annotated[
        list[str] | None,
        typer.Option(help="Leave out texts that equal, or are part of, a text of this file (of FILE's format)."),
    ] = None,
    labels: Annotated[
        bool, typer.Option("--labels/--drop-labels", help="Keep the annotation, or only the texts.")
    ] = True,
    links: Annotated[
        bool, typer.Option("--links/--drop-links", help="Keep relations and events, or only the entities.")
    ] = True,
) -> None:
    """Write annotated documents in another format. OUT appears whole or not at all.

    A format that cannot hold an annotation, as columns cannot hold nested entities or relations, refuses it by name.
    """
    from dataclasses import replace

    from globalpointer.cli.options import read_all
    from globalpointer.data.leaks import without as leave_out
    from globalpointer.data.readers.annotate import counted
    from globalpointer.data.writers import write

    options = {"joiner": joiner, "discontinuous": discontinuous, "mentions": mentions}
    documents = list(read_all([file], format, **options))
    if without:
        documents, removed = leave_out(documents, read_all(without, format, **options))
        left = counted(len(removed), "document")
        to_person(f"{left} left out: a text that equals, or is part of, one of {', '.join(without)}")
    if not links or not labels:
        documents = [replace(document, relations=None, triples=None, events=None) for document in documents]
    if not labels:
        documents = [replace(document, entities=None, answers=None, accepted=None) for document in documents]
    write(documents, out, to, joiner=joiner)
    to_person(f"{counted(len(documents), 'document')} with {_annotation(documents)} written to {out}")


def _annotation(documents: Sequence["Document"]) -> str:
    """How much there is of each kind."""
    from globalpointer.data.readers.annotate import counted

    counts = {kind: sum(len(getattr(each, kind) or ()) for each in documents) for kind in KINDS}
    annotated = any(getattr(each, kind) is not None for each in documents for kind in KINDS)
    nothing = "nothing to find in them" if annotated else "no annotation"
    return ", ".join(counted(counts[kind], *KINDS[kind]) for kind in KINDS if counts[kind]) or nothing
