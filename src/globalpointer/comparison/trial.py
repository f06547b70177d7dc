"""Every system is tried before the first one is trained: a night is too long to learn that the last does not fit."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from globalpointer.build import EXTRACTORS, ONE_TAG
from globalpointer.comparison.plan import System
from globalpointer.errors import ConfigError, GlobalPointerError
from globalpointer.tasks.overlap import overlapping
from globalpointer.text.spans import Document
from globalpointer.training.arguments import parse, preset
from globalpointer.training.distill import Teacher
from globalpointer.training.documents import Corpus
from globalpointer.training.places import check_places
from globalpointer.training.start import start
from globalpointer.training.warm import warm_epochs, warm_start

FIRST = 8
"""Documents that a trial has at least; more only for the labels that these lack."""


def check_systems(systems: Sequence[System], corpus: Corpus, folder: Path) -> None:
    """Build each system, with all labels of the training part. `folder`: where they will be trained.

    Raises ConfigError with a line for each that does not fit.
    """
    documents = list(covering(corpus.train))
    wrong = []
    for system in systems:
        try:
            _build(system, corpus, documents, folder)
        except GlobalPointerError as error:
            wrong.append(f"{system.name}: {error}")
    if wrong:
        count = f"{len(wrong)} of {len(systems)} systems {'does' if len(wrong) == 1 else 'do'}"
        raise ConfigError("\n  ".join([f"{count} not fit, and nothing was trained:", *wrong]))


def remarks(systems: Sequence[System], train: Sequence[Document]) -> list[str]:
    """What a system can learn in part only: nested entities, where a token has one tag."""
    flat = [system.name for system in systems if system.recipe.model.head in ONE_TAG]
    nested, total = overlapping(train)
    if not flat or not nested:
        return []
    return [
        f"{', '.join(flat)}: a token has one tag, and {nested} of {total} entities of the training part overlap "
        "another; where they do, the longest is learned"
    ]


def covering(documents: Sequence[Document]) -> Iterator[Document]:
    """The first documents, and of the others each that has a label, an end of a relation or a role not seen before."""
    seen: set[tuple[str, ...]] = set()
    for number, document in enumerate(documents):
        found = set(_labels(document))
        if number < FIRST or not found <= seen:
            seen |= found
            yield document


def _labels(document: Document) -> Iterator[tuple[str, ...]]:
    yield from (("entity", entity.label) for entity in document.entities or ())
    for each in document.relations or ():
        yield "relation", each.label, each.subject.label, each.object.label
    for event in document.events or ():
        yield "event", event.label
        yield from (("role", event.label, argument.role) for argument in event.arguments)
    if document.triples is not None:
        yield ("triples",)


def _build(system: System, corpus: Corpus, documents: Sequence[Document], folder: Path) -> None:
    """Everything that `fit` does before it trains, with but some of the documents."""
    recipe = system.recipe
    model = recipe.model
    check_places(model)
    arguments, settings = parse(recipe.training, folder, suited=preset(model.encoder, pretrained=model.pretrained))
    if settings.rdrop and model.head in EXTRACTORS:
        raise ConfigError(f"training.rdrop compares scores, and {model.head!r} has none: leave it out")
    teacher = Teacher.of(recipe, corpus, system.base)
    predictor = start(recipe, documents)
    epochs = arguments.num_train_epochs
    warm_start(recipe, predictor.model.extractor, warm_epochs(recipe, settings.warm_epochs, of=epochs), of=epochs)
    if teacher is not None:
        teacher.check(predictor.schema)
