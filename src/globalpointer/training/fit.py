"""A recipe from start to saved model: documents, model, training, calibration, report, model card."""

import shutil
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import track
from transformers import TrainerState, set_seed
from transformers.trainer_callback import PrinterCallback

from globalpointer.build import ONE_SENTENCE, ONE_TAG
from globalpointer.config import Recipe
from globalpointer.data.batching import Example, encode_documents
from globalpointer.predictor import Predictor
from globalpointer.tasks.overlap import unfindable
from globalpointer.text.schema import Schema
from globalpointer.text.schema import told as unknown
from globalpointer.text.spans import Document
from globalpointer.training import checkpoints, inputs
from globalpointer.training.arguments import parse, preset
from globalpointer.training.checkpoints import CHECKPOINTS
from globalpointer.training.distill import Teacher
from globalpointer.training.documents import Corpus, load_corpus
from globalpointer.training.folder import (
    HISTORY,
    REPORT,
    WEIGHTS,
    FitResult,
    keep,
    prepare,
    read_result,
    same_recipe,
)
from globalpointer.training.held import held
from globalpointer.training.judge import finish, judge
from globalpointer.training.lost import Lost, check_learnable, crossing, named, told
from globalpointer.training.patience import Patience
from globalpointer.training.progress import History, ProgressBar
from globalpointer.training.reach import shorten_windows, window_of
from globalpointer.training.start import start
from globalpointer.training.trainer import ExtractionTrainer, make_collator
from globalpointer.training.warm import unwarmed, warm_epochs, warm_start

PORTION = 1000
"""Documents encoded together."""


def fit(
    recipe: Recipe,
    output: str | Path,
    *,
    resume: bool = False,
    overwrite: bool = False,
    base: Path | None = None,
    console: Console | None = None,
) -> FitResult:
    """Run a recipe; `output` becomes the model folder. `base`: the folder of the recipe file, for relative paths.

    `resume` goes on from the last complete checkpoint in `output` and gives, on a CPU, the same model to the last bit
    as a run that was never stopped; a finished run is only read back. Raises ConfigError and DataError.
    """
    with ExitStack() as stack:
        return _fit(recipe, Path(output), stack, resume=resume, overwrite=overwrite, base=base, console=console)


def _fit(
    recipe: Recipe,
    folder: Path,
    stack: ExitStack,
    *,
    resume: bool,
    overwrite: bool,
    base: Path | None,
    console: Console | None,
) -> FitResult:
    """`fit`; the folder is held in `stack` from when it is made."""
    now = inputs.digests(recipe, base)
    if resume:
        inputs.check(folder, now)
    if resume and (folder / REPORT).is_file():
        same_recipe(recipe, folder)
        shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
        return read_result(folder)
    suited = preset(recipe.model.encoder, pretrained=recipe.model.pretrained)
    arguments, settings = parse(recipe.training, folder / CHECKPOINTS, suited=suited)
    # Of several devices the first one writes and speaks.
    leads = arguments.process_index == 0
    console = (console or Console(stderr=True)) if leads else Console(quiet=True)
    if resume and not folder.is_dir():
        _tell(console, [f"{folder}: no such folder, so there is nothing to resume: a new run begins"])
    started = time.perf_counter()
    # Before the folder is made or an older run in it removed: a mistyped path or name leaves all as it was.
    corpus = load_corpus(recipe.data, kind=recipe.task.kind, base=base)
    teacher = Teacher.of(recipe, corpus, base)
    set_seed(arguments.seed)
    predictor, examples, lost = _begin(recipe, corpus, teacher, console)
    warm_for = warm_epochs(recipe, settings.warm_epochs, of=arguments.num_train_epochs)
    warm = warm_start(
        recipe, predictor.model.extractor, warm_for, of=arguments.num_train_epochs, max_steps=arguments.max_steps
    )
    if leads:
        prepare(recipe, folder, read=inputs.places(recipe, base).values(), resume=resume, overwrite=overwrite)
        stack.enter_context(held(folder))
        inputs.keep(folder, now)
    taught = [] if teacher is None else teacher.notes
    notes = [
        *corpus.notes,
        *taught,
        *told(lost),
        *unwarmed(recipe, settings.warm_epochs, of=arguments.num_train_epochs),
        *_flattened(recipe, predictor, corpus),
        *_unknown(predictor.schema, corpus),
        *shorten_windows(predictor, examples, known=window_of(recipe.model.start_from)),
    ]
    _tell(console, notes)
    judged = Predictor(predictor.model, predictor.tokenizer, precision="bfloat16" if arguments.bf16 else "float32")
    trainer = ExtractionTrainer(
        predictor.model,
        arguments,
        settings,
        examples=examples,
        collator=make_collator(predictor.model.task.grids, predictor.tokenizer.pad, rdrop=settings.rdrop),
        judge=lambda: judge(judged, recipe, corpus.dev, arguments.per_device_eval_batch_size),
        keep=lambda: keep(predictor, folder),
        callbacks=[History(folder / HISTORY), ProgressBar(console)],
    )
    trainer.remove_callback(PrinterCallback)
    patience = None if settings.patience is None else Patience(settings.patience, warm_epochs=warm_for)
    if patience is not None:
        trainer.add_callback(patience)
    if warm is not None:
        trainer.add_callback(warm)
    with arguments.main_process_first(desc="looking for a checkpoint"):
        checkpoint = checkpoints.latest(folder / CHECKPOINTS) if resume else None
    trainer.start_average(checkpoint)
    ended = _ended(checkpoint, patience)
    if ended is None:
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    trainer.accelerator.wait_for_everyone()
    if not (folder / WEIGHTS).exists():
        trainer.evaluate()
    trainer.accelerator.wait_for_everyone()
    if leads:
        afterwards = [] if warm is None else warm.told(ended or trainer.state)
        _tell(console, afterwards)
        flooded = finish(
            recipe,
            corpus,
            folder,
            [*notes, *afterwards],
            seconds=time.perf_counter() - started,
            resumed=checkpoint is not None,
            batch_size=arguments.per_device_eval_batch_size,
            teacher=teacher,
        )
        _tell(console, flooded)
    trainer.accelerator.wait_for_everyone()
    return read_result(folder)


def _tell(console: Console, notes: Sequence[str]) -> None:
    for note in notes:
        console.print(note, style="yellow", markup=False, soft_wrap=True)


def _begin(
    recipe: Recipe, corpus: Corpus, teacher: Teacher | None, console: Console
) -> tuple[Predictor, list[Example], Lost]:
    """The untrained predictor, and what it learns from: the gold, or with a teacher soft labels, also on its texts."""
    if teacher is None:
        predictor = start(recipe, corpus.train)
        return predictor, *encode(predictor, corpus.train, console)
    documents = [*corpus.train, *teacher.unlabelled]
    predictor = start(recipe, documents)
    teacher.check(predictor.schema)
    return predictor, *encode(predictor, teacher.annotate(documents, console), console, soft=True)


def _flattened(recipe: Recipe, predictor: Predictor, corpus: Corpus) -> list[str]:
    """Told where entities overlap though the model finds none that do: a tagger, or next to none did in training."""
    tagger = recipe.model.head in ONE_TAG
    if not tagger and (recipe.task.overlap_policy is not None or predictor.overlap_policy != "flat"):
        return []
    parts = {"the training part": corpus.train, "the dev part": corpus.dev, "the test part": corpus.test or []}
    why = "a token has one tag" if tagger else 'task.overlap_policy = "nested" allows it'
    return [f"{said} ({why})" for name, part in parts.items() if (said := unfindable(part, name))]


def _unknown(schema: Schema, corpus: Corpus) -> list[str]:
    """What no training can teach: labels of dev and test that the training part has not."""
    parts = (("the dev part", corpus.dev), ("the test part", corpus.test or []))
    return [said for name, part in parts if (said := unknown(schema.unknown(part), name))]


def _ended(checkpoint: Path | None, patience: Patience | None) -> TrainerState | None:
    """The state of a run that was killed after its patience had run out, so that there is nothing left to train."""
    if checkpoint is None or patience is None:
        return None
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    return state if patience.exhausted(state) else None


def encode(
    predictor: Predictor, documents: Sequence[Document], console: Console | None = None, *, soft: bool = False
) -> tuple[list[Example], Lost]:
    """Documents to training examples, and how many annotations were lost; a bar where there are many.

    Windows of which nobody can say whether they answer are left out, and counted among the lost. DataError where there
    is nothing to learn from: see `check_learnable`.
    `soft`: the scores of annotations are the soft labels of their cells.
    """
    task, tokenizer = predictor.model.task, predictor.tokenizer
    narrow = predictor.recipe.model.head in ONE_SENTENCE
    examples: list[Example] = []
    lost: Lost = Counter()
    console = console or Console(stderr=True)
    hidden = len(documents) < 5 * PORTION or not console.is_terminal
    portions = [documents[start : start + PORTION] for start in range(0, len(documents), PORTION)]
    for portion in track(portions, "Encoding", console=console, transient=True, disable=hidden):
        for encoded in encode_documents(portion, task, tokenizer, soft=soft):
            examples.extend(each for each in encoded.examples if not each.doubtful)
            lost.update((named(each, soft=soft), reason) for each, reason in encoded.lost.items())
            lost.update(("Window", "doubtful") for each in encoded.examples if each.doubtful)
            if narrow and (across := crossing(encoded)):
                lost["Answer", "sentence"] += across
    check_learnable(examples, lost, narrow=narrow)
    return examples, lost
