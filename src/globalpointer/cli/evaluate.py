"""`globalpointer evaluate`: how good a model is on annotated files, and where it is wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from globalpointer.cli.models import load
from globalpointer.cli.options import (
    BatchSize,
    Files,
    Format,
    Joiner,
    Json,
    Model,
    OverlapPolicy,
    Threshold,
    read_all,
    reading,
    thresholds,
)
from globalpointer.cli.output import check_outputs, show, to_person, write_json, write_text

if TYPE_CHECKING:
    from globalpointer.evaluation.significance import Bootstrap
    from globalpointer.predictor import Predictor
    from globalpointer.text.spans import Document


def evaluate(
    model: Model,
    files: Files,
    format: Format = None,  # noqa: A002
    joiner: Joiner = None,
    json: Json = None,
    html: Annotated[
        str | None, typer.Option(metavar="OUT", help="Write a page with the tables and every wrong example drawn.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="MODEL", help="A second model: is the difference real? (paired bootstrap)")
    ] = None,
    train: Annotated[
        list[str] | None, typer.Option(help="Training files, to tell mentions seen there from unseen ones.")
    ] = None,
    threshold: Threshold = [],  # noqa: B006  (typer reads it once)
    overlap_policy: OverlapPolicy = None,
    batch_size: BatchSize = 32,
) -> None:
    """Score a model on annotated files: exact F1 by label, by length, by density, nested or flat; relaxed matches.

    Answers to questions: exact match and F1, as SQuAD (words) or CMRC2018 (characters) has them.

    Gold is the raw annotation, whatever the tokenizer can express.
    """
    from globalpointer import evaluation
    from globalpointer.evaluation.page import page
    from globalpointer.evaluation.pairs import ANNOTATION, check_annotated
    from globalpointer.evaluation.significance import paired_bootstrap
    from globalpointer.evaluation.tables import table
    from globalpointer.text.schema import told

    check_outputs(files, json, page=html)
    predictor = load(model)
    chosen, options = reading(predictor.recipe, format, joiner, files)
    kind = predictor.recipe.task.kind
    second = None if against is None else _second(against, model, kind)
    gold = _annotated(files, chosen, options)
    check_annotated(gold, ANNOTATION[kind])
    seen = None if train is None else evaluation.mentions(list(read_all(train, chosen, **options)))
    # What is not given is each model's own.
    settings: dict[str, Any] = {
        "threshold": thresholds(threshold),
        "overlap_policy": overlap_policy,
        "batch_size": batch_size,
    }
    found = predictor.predict(gold, show_progress_bar=True, **settings)
    if unknown := told(predictor.schema.unknown(gold), "these files"):
        to_person(unknown)
    for said in _apart(gold, _used(predictor, settings)["overlap_policy"], kind):
        to_person(said)
    unit = predictor.model.config.text["unit"]
    report = evaluation.EVALUATIONS[kind](gold, found, unit=unit, seen=seen)
    numbers: dict[str, Any] = {**report.to_dict(), "model": model, "files": list(files), **_used(predictor, settings)}
    piped = json == "-"
    show(table(report), stderr=piped)
    if second is not None:
        again = second.predict(gold, show_progress_bar=True, **settings)
        difference = paired_bootstrap(gold, found, again, task=kind, unit=unit)
        compared = {name: getattr(difference, name) for name in ("difference", "low", "high", "p_value")}
        show(_told(difference, str(against)), stderr=piped)
        numbers["against"] = {"model": against, **_used(second, settings), **compared}
    if json is not None:
        write_json(json, numbers)
    if html is not None:
        write_text(html, page(report, gold, found))
        to_person(f"wrong examples drawn in {html}")


def _annotated(files: Sequence[str], format: str, options: dict[str, Any]) -> "list[Document]":  # noqa: A002
    """The documents, all of them annotated: a file without labels would score as if there were nothing to find."""
    from globalpointer.errors import DataError

    documents = list(read_all(files, format, labelled=True, **options))
    if not documents:
        raise DataError(f"no documents to evaluate on (read as {format!r})", path=", ".join(files))
    return documents


def _apart(gold: "list[Document]", policy: str, kind: str) -> list[str]:
    """Told where gold entities overlap and found ones may not."""
    from globalpointer.tasks.overlap import unfindable

    said = unfindable(gold, "these files") if kind == "ner" and policy in ("flat", "longest") else None
    return [] if said is None else [f"{said} (overlap policy {policy!r}; --overlap-policy nested allows it)"]


def _used(predictor: "Predictor", settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that a model answered by."""
    own = {"threshold": predictor.threshold, "overlap_policy": predictor.overlap_policy}
    return {name: own.get(name) if value is None else value for name, value in settings.items()}


def _second(against: str, model: str, kind: str) -> "Predictor":
    """The model to compare with, before anything is predicted: it must be one for the same task."""
    from globalpointer.errors import ConfigError

    second = load(against)
    other = second.recipe.task.kind
    if other != kind:
        said = f"expected a model for the task {kind!r}, as {model} is, found one for {other!r}"
        raise ConfigError(f"--against {against}: {said}: compare models that find the same")
    return second


def _told(difference: "Bootstrap", against: str) -> str:
    return (
        f"F1 minus that of {against}, in points: {100 * difference.difference:+.2f} "
        f"(95 % between {100 * difference.low:+.2f} and {100 * difference.high:+.2f}, p = {difference.p_value:.4g})"
    )
