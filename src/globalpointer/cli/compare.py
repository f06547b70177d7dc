"""`globalpointer compare`: several systems with several seeds on one dataset, and a report of them."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from globalpointer.cli.options import one_of_them
from globalpointer.cli.output import show, to_person

if TYPE_CHECKING:
    from globalpointer.comparison import Comparison


_SHOWN = 5
"""Columns of the scores that fit into a terminal; the report has them all."""


def compare(
    recipes: Annotated[
        list[Path], typer.Argument(metavar="RECIPE...", help="Recipes, or folders of them; each is a system.")
    ],
    output: Annotated[Path, typer.Option(help="The folder of the comparison.")],
    systems: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,NAME",
            help="The one recipe with each of these heads, or whole other systems, in the place of its own.",
        ),
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(metavar="N,N", help="Run each system with each of these seeds.", show_default="the recipe's"),
    ] = None,
    speed: Annotated[bool, typer.Option("--speed/--no-speed", help="Time training and prediction, too.")] = True,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Any key of all recipes: training.num_train_epochs=3."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on in the output folder; what is finished is not run again.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the comparison in the output folder.")
    ] = False,
) -> None:
    """Train several systems on the same data, test what differs between them, and write report.md and report.html.

    [bold]globalpointer compare recipes/cluener_efficient.toml --systems efficient,global_pointer --seeds 42,1
    --output runs/compared[/]
    """
    one_of_them(resume=resume, overwrite=overwrite)
    from globalpointer import comparison

    plan = comparison.make_plan(recipes, heads=_listed(systems, "--systems"), seeds=_seeds(seeds), overrides=set_ or ())
    found = comparison.compare(plan, output, resume=resume, overwrite=overwrite, speed=speed)
    _tell(found)
    if found.failures:
        raise typer.Exit(1)


def _listed(names: str | None, option: str) -> list[str]:
    listed = [name.strip() for name in (names or "").split(",") if name.strip()]
    if names is not None and not listed:
        raise typer.BadParameter(f"{option} names nothing: give names with commas between them, or leave it out")
    return listed


def _seeds(given: str | None) -> list[int]:
    seeds = _listed(given, "--seeds")
    if wrong := [each for each in seeds if not each.isdecimal()]:
        raise typer.BadParameter(
            f"--seeds expects whole numbers with commas between them, such as 42,1,2, got {wrong[0]!r}"
        )
    return [int(each) for each in seeds]


def _tell(found: "Comparison") -> None:
    """The headline, and where the rest is."""
    if found.rows:
        _show_scores(found)
    page = shlex.quote(str(found.folder / "report.html"))
    show(f"\nThe report is {page}, with the same as Markdown beside it, and a row for each run in rows.jsonl.")
    if found.failures:
        to_person(f"[red]{len(found.failures)} of {len(found.plan.runs)} runs failed[/]; --resume tries them again")


def _show_scores(found: "Comparison") -> None:
    from rich.table import Table
    from rich.text import Text

    from globalpointer.comparison.tables import scores

    section = scores(found)
    made = Table(title=f"{section.title}, {found.ground.part} part", title_justify="left")
    for number, column in enumerate(section.columns[:_SHOWN]):
        made.add_column(column, justify="right" if number else "left")
    for row in (row for group in section.groups for row in group):
        made.add_row(*map(Text, row[:_SHOWN]))
    show(made)
