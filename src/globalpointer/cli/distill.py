"""`globalpointer distill`: a small model that learns from a large one."""

from pathlib import Path
from typing import Annotated

import typer

from globalpointer.cli.train import fit_and_tell, refuse_full


def distill(
    recipe: Annotated[
        Path, typer.Argument(metavar="RECIPE.toml", help="The student's own recipe, labelled documents included.")
    ],
    teacher: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER", help="A trained model: its folder or hub name.", show_default="the recipe's own"
        ),
    ] = None,
    unlabelled: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="Texts, one a line, or .jsonl; .gz is read as it is; may be repeated."),
    ] = None,
    gold: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Weight of the gold on labelled texts; the rest is the teacher's.", show_default="0.5"
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The model folder.", show_default="runs/<name of the recipe>")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Any key of a recipe: training.learning_rate=3e-5."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint in the output folder.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is in the output folder.")] = False,
) -> None:
    """Train a student on what a teacher finds in labelled and unlabelled texts, and on the labels.

    [bold]globalpointer distill recipes/student.toml --teacher runs/teacher --unlabelled texts.txt.gz[/]
    """
    from globalpointer.config import load_recipe
    from globalpointer.errors import ConfigError

    if resume and overwrite:
        raise typer.BadParameter("--resume keeps what is there and --overwrite replaces it: give one of them")
    flags = {"teacher": teacher, "unlabelled": unlabelled or None, "gold": gold}
    given = {key: value for key, value in flags.items() if value is not None}
    loaded = load_recipe(recipe, set_ or (), distillation=given)
    if loaded.distillation is None:
        raise ConfigError(f"{recipe}: there is no teacher: give --teacher FOLDER, or [distillation] teacher = ...")
    folder = output or Path("runs") / recipe.stem
    refuse_full(folder, resume=resume, overwrite=overwrite)
    fit_and_tell(loaded, folder, recipe.parent, resume=resume, overwrite=overwrite)
