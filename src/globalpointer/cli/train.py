"""`globalpointer train`: from annotated files to a model folder and its scores."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from globalpointer.cli.options import FORMATS, Override, Overwrite, Resume, one_of_them
from globalpointer.cli.output import show

if TYPE_CHECKING:
    from globalpointer.config import Recipe
    from globalpointer.training.folder import FitResult


def train(
    recipe: Annotated[Path | None, typer.Argument(metavar="[RECIPE.toml]", help="A recipe; flags go over it.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The model folder.", show_default="runs/<name of the recipe>"),
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="What to find: ner, relation, event or mrc.", show_default="ner")
    ] = None,
    format: Annotated[str | None, typer.Option("--format", help=f"One of {FORMATS}.")] = None,  # noqa: A002
    joiner: Annotated[
        str | None, typer.Option(help='How the tokens of a column file become text: "" (Chinese) or " ".')
    ] = None,
    discontinuous: Annotated[
        str | None, typer.Option(help="Spans with gaps (brat): refuse, envelope or skip.", show_default="refuse")
    ] = None,
    mentions: Annotated[
        str | None,
        typer.Option(
            help="Triples without offsets, where they stand in the text: all, nearest or first.", show_default="nearest"
        ),
    ] = None,
    train: Annotated[list[str] | None, typer.Option(help="A training file; may be repeated.")] = None,
    dev: Annotated[list[str] | None, typer.Option(help="A file to select the best model on; may be repeated.")] = None,
    test: Annotated[list[str] | None, typer.Option(help="A file to score once at the end; may be repeated.")] = None,
    encoder: Annotated[
        str | None,
        typer.Option(
            help="bilstm, idcnn, textcnn, transformer, albert, minilm, a hub name or a folder.", show_default="bilstm"
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            help="efficient, global_pointer, biaffine, additive; or a whole other system: crf, softmax, pointer for "
            "entities, tplinker, casrel for relations, two_pointers, gnr for answers.",
            show_default="efficient",
        ),
    ] = None,
    epochs: Annotated[float | None, typer.Option(min=0, help="Passes over the training files.")] = None,
    seed: Annotated[int | None, typer.Option(help="Everything random starts from it.")] = None,
    set_: Override = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
) -> None:
    """Train a model on annotated files, keep the best by dev F1, and print its scores.

    [bold]globalpointer train recipes/cluener_efficient.toml[/]

    [bold]globalpointer train --format bio --joiner "" --train train.txt --dev dev.txt --output runs/mine[/]
    """
    from globalpointer.config import load_recipe
    from globalpointer.errors import DataError

    one_of_them(resume=resume, overwrite=overwrite)
    folder = _folder(recipe, output)
    kept = folder / "recipe.toml"
    if resume and recipe is None and not train:
        if not kept.is_file():
            raise typer.BadParameter(f"there is no {kept}, so there is no run to resume in this folder")
        recipe = kept
    if recipe is None and (not train or format is None):
        raise typer.BadParameter("give a RECIPE.toml, or at least --format and --train")
    loaded = load_recipe(
        recipe,
        set_ or (),
        data=_given(
            format=format,
            joiner=joiner,
            discontinuous=discontinuous,
            mentions=mentions,
            train=train,
            dev=dev,
            test=test,
        ),
        task=_given(kind=task),
        model=_given(encoder=encoder, head=head),
        training=_given(num_train_epochs=epochs, seed=seed),
    )
    refuse_full(folder, resume=resume, overwrite=overwrite)
    base = None if recipe is None else recipe.parent
    try:
        fit_and_tell(loaded, folder, base, resume=resume, overwrite=overwrite)
    except DataError as error:
        if recipe != kept or not resume:
            raise
        raise DataError(
            f"{error} (if the data stands beside the recipe, give that again: RECIPE.toml --output {folder} --resume)"
        ) from None


def _given(**flags: Any) -> dict[str, Any]:
    """The flags that were given; the others leave the recipe as it is."""
    return {key: value for key, value in flags.items() if value is not None and value != []}


def _folder(recipe: Path | None, output: Path | None) -> Path:
    if output is not None:
        return output
    if recipe is None:
        raise typer.BadParameter("without a recipe the model needs a place: give --output DIR")
    return Path("runs") / recipe.stem


def refuse_full(folder: Path, *, resume: bool, overwrite: bool) -> None:
    """Hours of somebody's training are not overwritten by a second call."""
    from globalpointer.errors import ConfigError

    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: a folder is expected for the model, this is a file")
    if not resume and not overwrite and folder.is_dir() and any(folder.iterdir()):
        raise ConfigError(
            f"{folder}: the output folder is not empty; go on with --resume, replace it with --overwrite, "
            "or choose another --output"
        )


def fit_and_tell(recipe: "Recipe", folder: Path, base: Path | None, *, resume: bool, overwrite: bool) -> None:
    """Train, then print the scores of the model, and what may be done with it."""
    from accelerate import PartialState

    from globalpointer.evaluation.tables import table
    from globalpointer.training.fit import fit
    from globalpointer.training.places import check_places

    if not resume:
        check_places(recipe.model)
    result = fit(recipe, output=folder, resume=resume, overwrite=overwrite, base=base)
    if not PartialState().is_main_process:
        return  # of several devices the first one speaks
    for name, report in (("dev", result.dev), ("test", result.test)):
        if report is not None:
            show(f"\n[bold]{name}[/]")
            show(table(report))
    _tell_threshold(result)
    _tell_teacher(result)
    place = shlex.quote(str(result.folder))
    asked = ' --question "..."' if recipe.task.kind == "mrc" else ""
    scored = (recipe.data.test or recipe.data.dev or ["FILE"])[0]
    show(
        f"\nThe model is in [bold]{place}[/], trained in {result.seconds:.0f} s. Next:\n"
        f"  globalpointer evaluate {place} {shlex.quote(scored)} --html errors.html\n"
        f"  globalpointer predict {place} -{asked} < texts.txt > found.jsonl"
    )


def _tell_threshold(result: "FitResult") -> None:
    """Where the model decides at another score than 0.5, say so, and what that gives."""
    if result.undecided:
        show(
            f"\nIt answers from a score of {result.threshold:.3g} on, where dev F1 is highest; at 0.5 that would be "
            f"{100 * result.undecided['dev']['f1']:.2f} (see --threshold)."
        )


def _tell_teacher(result: "FitResult") -> None:
    """What a distilled model kept of the F1 of its teacher."""
    own = {"dev": result.dev, "test": result.test}
    for name, scores in result.teacher.items():
        report = own[name]
        if report is not None:
            kept = (
                f"the student keeps {100 * report.f1 / scores['f1']:.1f} % of that F1"
                if scores["f1"]
                else "so it has nothing right to teach"
            )
            show(
                f"\nOn {name} the teacher has F1 {100 * scores['f1']:.2f} and "
                f"{100 * scores['document_accuracy']:.2f} % complete documents; {kept}."
            )
