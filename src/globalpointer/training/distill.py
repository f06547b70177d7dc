"""What a student learns from a teacher: the teacher's finds, as soft labels of the student's own cells.

The two share no tokens, so what passes between them is annotation: an entity whose score is the target of its cell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from globalpointer.build import EXTRACTORS, HEADS, build_task
from globalpointer.config import Recipe
from globalpointer.data.leaks import without
from globalpointer.data.readers import read
from globalpointer.data.readers.annotate import counted
from globalpointer.data.readers.jsonl import looks_ours
from globalpointer.data.readers.source import check_exists, file_name, lines
from globalpointer.errors import ConfigError, DataError, ModelError
from globalpointer.evaluation import EVALUATIONS
from globalpointer.nn.token_pair import TokenPairModel
from globalpointer.predictor import Predictor
from globalpointer.tasks.thresholds import sigmoid
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document, Entity
from globalpointer.training.decoding import many_cells
from globalpointer.training.documents import Corpus, resolve_path
from globalpointer.training.places import nearest_model

SOFT = 2.0
"""The a of target = sigmoid(a * logit) at which the soft multi-label loss is at rest with the teacher's own logits.

Source: Su, kexue.fm/archives/9064.
"""

LEAST = -4.0
"""Cells with a lower logit of the teacher are plain negatives: their targets would be below sigmoid(-8) = 0.0003."""

PORTION = 512
"""Texts annotated together, like lengths beside each other."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """A trained model that annotates what a student learns from, and the texts that it alone annotates."""

    predictor: Predictor
    gold: float
    unlabelled: Sequence[Document] = ()
    known: int = 0
    """How many of the unlabelled texts were left out, as they stand in the parts of the corpus."""

    @classmethod
    def of(cls, recipe: Recipe, corpus: Corpus, base: Path | None = None) -> "Teacher | None":
        """The teacher of `[distillation]` with its texts; None where a recipe has none.

        Raises ModelError where the model is missing, ConfigError where it cannot teach or the student cannot learn from
        soft labels, DataError for its files.
        """
        wanted = recipe.distillation
        if wanted is None:
            return None
        predictor = load_teacher(recipe, wanted.teacher, base)
        texts = [document for path in wanted.unlabelled for document in _texts(resolve_path(path, base))]
        unlabelled, known = without(texts, [*corpus.train, *corpus.dev, *(corpus.test or [])])
        if wanted.gold == 1 and not unlabelled:
            left_out = f" but {counted(len(known), 'text')} of the corpus" * bool(known)
            raise ConfigError(
                "distillation.gold = 1 leaves annotated texts to their labels, and there are no unlabelled "
                f"ones{left_out}: the teacher would have no say; choose a smaller gold, or give other texts as "
                "distillation.unlabelled"
            )
        return cls(predictor, wanted.gold, unlabelled, len(known))

    @property
    def notes(self) -> list[str]:
        """What was annotated, and what was left out."""
        told = [
            (len(self.unlabelled), "unlabelled text", "annotated by the teacher"),
            (self.known, "unlabelled text", "left out: equal to a text of the corpus, or a part of one"),
            (
                self.predictor.capped,
                "window",
                f"in which the teacher holds more than {self.predictor.limit} entities possible: the best of them are "
                "learned, the others count as not there",
            ),
        ]
        return [f"{counted(count, what)} {said}" for count, what, said in told if count]

    def check(self, student: Schema) -> None:
        """Raise ConfigError unless the student's labels are the teacher's."""
        theirs, own = set(self.predictor.schema.entities), set(student.entities)
        if theirs != own:
            sides = (("the teacher does not know", own - theirs), ("the student does not know", theirs - own))
            said = "; ".join(f"{who} {', '.join(map(repr, sorted(labels)))}" for who, labels in sides if labels)
            raise ConfigError(
                f"teacher and student must have the same labels: {said}. The student's are those of its training "
                "documents, or of task.labels"
            )

    def annotate(self, documents: Sequence[Document], console: Console | None = None) -> list[Document]:
        """The texts with soft labels: the score of an entity is its target."""
        console = console or Console(stderr=True)
        hidden = not console.is_terminal
        finds = track(
            self._finds(documents), "Annotating", len(documents), console=console, transient=True, disable=hidden
        )
        return [soft_labels(each, found, self.gold) for each, found in zip(documents, finds, strict=True)]

    def scores(self, corpus: Corpus, *, batch_size: int) -> dict[str, dict[str, float]]:
        """What the teacher itself scores on dev and test, by its own threshold."""
        found: dict[str, dict[str, float]] = {}
        for name, part in (("dev", corpus.dev), ("test", corpus.test)):
            if part is not None:
                answers = self.predictor.predict(part, batch_size=batch_size)
                report = EVALUATIONS["ner"](part, answers)
                found[name] = {**report.counts.to_dict(), "document_accuracy": report.document_accuracy}
        return found

    def _finds(self, documents: Sequence[Document]) -> Iterator[Sequence[Entity]]:
        """The entities of each text down to LEAST, each with its target as the score."""
        task = build_task(self.predictor.model.config.architecture["task"], slopes={"entity": SOFT})
        for start in range(0, len(documents), PORTION):
            portion = documents[start : start + PORTION]
            with many_cells():
                found = self.predictor.find(portion, threshold=LEAST)
            for document, each in zip(portion, found, strict=True):
                yield task.decode(each.cells, document.text, each.encoded.tokens).entities or ()


def load_teacher(recipe: Recipe, teacher: str, base: Path | None = None) -> Predictor:
    """The model that is to teach what the recipe trains; errors as `Teacher.of`."""
    _check_student(recipe)
    return _load(resolve_path(teacher, base))


def soft_labels(document: Document, finds: Sequence[Entity], gold: float) -> Document:
    """The text with entities whose scores are targets: gold · (1 where annotated) + (1 - gold) · the teacher's.

    `finds`: the teacher's entities, their targets as scores. A text that nobody annotated has the teacher's alone.
    Targets that are less than a logit of LEAST would give are left out.
    """
    weight = 0.0 if document.entities is None else gold
    targets = dict.fromkeys(document.entities or (), weight)
    for entity in finds:
        targets[entity] = targets.get(entity, 0.0) + (1 - weight) * (entity.score or 0.0)
    least = sigmoid(SOFT * LEAST)
    kept = (replace(entity, score=min(1.0, target)) for entity, target in targets.items() if target >= least)
    return Document(document.text, tuple(kept), id=document.id)


def _check_student(recipe: Recipe) -> None:
    """Raise ConfigError for a student that cannot learn from soft labels."""
    if recipe.task.kind != "ner":
        raise ConfigError(f'[distillation] knows task.kind "ner" alone, and this student has {recipe.task.kind!r}')
    if recipe.model.head in EXTRACTORS:
        raise ConfigError(
            f"[distillation]: {recipe.model.head!r} learns from no soft labels; expected model.head = one of "
            f"{', '.join(HEADS)}"
        )
    if recipe.model.loss not in (None, "multilabel"):
        raise ConfigError(
            f'[distillation]: the targets are those of model.loss = "multilabel", found {recipe.model.loss!r}'
        )


def _load(place: str) -> Predictor:
    try:
        if Path(place).parent.is_dir() or nearest_model(place) is not None:
            check_exists(Path(place))  # no hub is asked for a folder that is only misspelt
        predictor = Predictor.from_pretrained(place)
    except (DataError, ModelError) as error:
        raise ModelError(f"distillation.teacher: {error}") from None
    architecture = predictor.model.config.architecture
    scores = isinstance(predictor.model.extractor, TokenPairModel) and architecture["loss"] == "multilabel"
    if predictor.kind != "entity" or not scores:
        pairs = isinstance(predictor.model.extractor, TokenPairModel)
        loss = f"under the loss {architecture['loss']!r}" if pairs else "which scores no pairs"
        raise ConfigError(
            f'distillation.teacher: expected a model of kind "ner" that scores pairs under the loss "multilabel", '
            f"found {architecture['task']['kind']!r} with {architecture['head']['name']!r}, {loss}, in {place}"
        )
    return predictor


def _texts(path: str) -> list[Document]:
    """The texts of a file, annotation left aside: `.jsonl`, or one a line; blank ones are skipped."""
    plain = path.lower().removesuffix(".gz")
    if plain.endswith(".json"):
        raise DataError("expected one text a line, or JSON lines in a file that ends in .jsonl", path=path)
    if plain.endswith(".jsonl"):
        texts = [Document(each.text, id=each.id) for each in read(path, "jsonl", labelled=False)]
    else:
        name = file_name(path)
        texts = [Document(line, id=f"{name}:{number}") for number, line in lines(path)]
        if texts and looks_ours(texts[0].text):
            raise DataError("expected one text a line, found JSON lines: let the file end in .jsonl", path=path, line=1)
    found = [each for each in texts if each.text.strip()]
    if not found:
        raise DataError("no text in it: expected one text a line", path=path)
    return found
