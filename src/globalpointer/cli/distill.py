"""`globalpointer distill`: a small model that learns from a large one."""

from pathlib import Path
from typing import Annotated

import typer

from globalpointer.cli.options import Override, Overwrite, Resume, one_of_them
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
    set_: Override = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
) -> None:
    """Train a student on what a teacher finds in labelled and unlabelled texts, and on the labels.

    [bold]globalpointer distill recipes/student.toml --teacher runs/teacher --unlabelled texts.txt.gz[/]
    """
    from globalpointer.config import load_recipe
    from globalpointer.errors import ConfigError

    one_of_them(resume=resume, overwrite=overwrite)
    flags = {"teacher": teacher, "unlabelled": unlabelled or None, "gold": gold}
    given = {key: value for key, value in flags.items() if value is not None}
    loaded = load_recipe(recipe, set_ or (), distillation=given)
    if loaded.distillation is None:
        raise ConfigError(f"{recipe}: there is no teacher: give --teacher FOLDER, or [distillation] teacher = ...")
    folder = output or Path("runs") / recipe.stem
    refuse_full(folder, resume=resume, overwrite=overwrite)
    fit_and_tell(loaded, folder, recipe.parent, resume=resume, overwrite=overwrite)
