"""The command `globalpointer`: what every sub-command shares, and how errors reach a person.

Exit codes: 0 done; 1 an error in data, model or files, told in one message; 2 wrong usage; 130 stopped by Ctrl-C.
"""

import sys
import warnings
from collections.abc import Sequence
from typing import Annotated, NoReturn, TextIO

import typer

from globalpointer.cli.check import check
from globalpointer.cli.compare import compare
from globalpointer.cli.convert import convert
from globalpointer.cli.demo import demo
from globalpointer.cli.distill import distill
from globalpointer.cli.evaluate import evaluate
from globalpointer.cli.output import to_person
from globalpointer.cli.predict import predict
from globalpointer.cli.train import train
from globalpointer.errors import GlobalPointerError

app = typer.Typer(
    name="globalpointer",
    help="Train, evaluate and use models that extract entities, relations, events and answers from text.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
)
for command in (demo, check, train, compare, distill, evaluate, predict, convert):
    app.command(no_args_is_help=command is not demo)(command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"globalpointer {version('globalpointer')}")
        raise typer.Exit


@app.callback()
def shared(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error. May stand anywhere.")] = False,
) -> None:
    """Train, evaluate and use models that extract entities, relations, events and answers from text."""


INTERRUPTED = 130
"""The exit code of typer where a person pressed Ctrl-C."""


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    warnings.showwarning = _show_warning
    try:
        typer.main.get_command(app)(
            [each for each in given if each != "--debug"], prog_name="globalpointer", standalone_mode=True
        )
    except (GlobalPointerError, OSError) as error:
        if debug:
            raise
        to_person(f"[bold red]error:[/] {_escape(explain(error))}")
        sys.exit(1)
    except SystemExit as left:
        if left.code == INTERRUPTED:
            to_person("stopped; train, distill and compare go on with --resume")
        raise
    except Exception as error:  # a mistake of ours, or a library's: told as such, and never as forty lines of a stack
        if debug:
            raise
        said = f"{type(error).__name__}: {error}"
        to_person(
            f"[bold red]error:[/] this was not foreseen: {_escape(said)}\n"
            "Look at the values you gave; --debug shows where it came from, for a report."
        )
        sys.exit(1)
    sys.exit(0)


def explain(error: Exception) -> str:
    """One message for a person: what is wrong, where, and what to do."""
    if not isinstance(error, OSError) or isinstance(error, GlobalPointerError):
        return str(error)
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}{_ADVICE.get(type(error), '')}"


_ADVICE: dict[type[Exception], str] = {
    IsADirectoryError: "; a file is expected here",
    NotADirectoryError: "; a folder is expected here",
    PermissionError: "; choose another place, or change its permissions",
}


def _escape(text: str) -> str:
    """File names and labels may hold square brackets, which rich would take for markup."""
    from rich.markup import escape

    return escape(text)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,  # noqa: ARG001  (the signature of warnings.showwarning)
    lineno: int,  # noqa: ARG001
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    to_person(f"[yellow]{category.__name__}:[/] {_escape(str(message))}")
