"""A recipe from start to saved model: documents, model, training, calibration, report, model card."""

import json
import shutil
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import track
from transformers import TrainerState, set_seed
from transformers.trainer_callback import PrinterCallback

from globalpointer.config import Recipe
from globalpointer.data.batching import Example, encode_documents
from globalpointer.errors import DataError, LimitWarning
from globalpointer.evaluation import EVALUATIONS, mentions
from globalpointer.predictor import Predictor
from globalpointer.tasks.thresholds import UNDECIDED
from globalpointer.text.schema import Schema
from globalpointer.text.schema import told as unknown
from globalpointer.text.spans import Document
from globalpointer.training import checkpoints
from globalpointer.training.arguments import parse, preset
from globalpointer.training.calibrate import calibrate
from globalpointer.training.card import write_card
from globalpointer.training.documents import Corpus, load_corpus
from globalpointer.training.folder import (
    CHECKPOINTS,
    HISTORY,
    REPORT,
    WEIGHTS,
    FitResult,
    keep,
    prepare,
    read_result,
    same_recipe,
)
from globalpointer.training.lost import Lost, told
from globalpointer.training.patience import Patience, exhausted
from globalpointer.training.progress import History, ProgressBar
from globalpointer.training.start import start
from globalpointer.training.threshold import best_threshold
from globalpointer.training.trainer import ExtractionTrainer, make_collator

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
    folder = Path(output)
    if resume and (folder / REPORT).is_file():
        same_recipe(recipe, folder)
        return read_result(folder)
    suited = preset(recipe.model.encoder, pretrained=recipe.model.pretrained)
    arguments, settings = parse(recipe.training, folder / CHECKPOINTS, suited=suited)
    # Of several devices the first one writes and speaks.
    leads = arguments.process_index == 0
    console = (console or Console(stderr=True)) if leads else Console(quiet=True)
    started = time.perf_counter()
    # Before the folder is made or an older run in it removed: a mistyped path or name leaves all as it was.
    kind = recipe.task.kind
    corpus = load_corpus(recipe.data, kind=kind, base=base)
    set_seed(arguments.seed)
    predictor = start(recipe, corpus.train)
    examples, lost = encode(predictor, corpus.train, console)
    if leads:
        prepare(recipe, folder, resume=resume, overwrite=overwrite)
    notes = [*corpus.notes, *told(lost), *_unknown(predictor.schema, corpus)]
    for note in notes:
        console.print(note, style="yellow", markup=False, soft_wrap=True)
    judge = Predictor(predictor.model, predictor.tokenizer, precision="bfloat16" if arguments.bf16 else "float32")
    trainer = ExtractionTrainer(
        predictor.model,
        arguments,
        settings,
        examples=examples,
        collator=make_collator(predictor.model.task.grids, predictor.tokenizer.pad, rdrop=settings.rdrop),
        judge=lambda: _judge(judge, recipe, corpus.dev, arguments.per_device_eval_batch_size),
        keep=lambda: keep(predictor, folder),
        callbacks=[History(folder / HISTORY), ProgressBar(console)],
    )
    trainer.remove_callback(PrinterCallback)
    if settings.patience is not None:
        trainer.add_callback(Patience(settings.patience))
    with arguments.main_process_first(desc="looking for a checkpoint"):
        checkpoint = checkpoints.latest(folder / CHECKPOINTS) if resume else None
    trainer.start_average(checkpoint)
    if not _is_over(checkpoint, settings.patience):
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    trainer.accelerator.wait_for_everyone()
    if not (folder / WEIGHTS).exists():
        trainer.evaluate()
    trainer.accelerator.wait_for_everyone()
    if leads:
        _finish(recipe, corpus, folder, notes, time.perf_counter() - started, arguments.per_device_eval_batch_size)
    trainer.accelerator.wait_for_everyone()
    return read_result(folder)


def _unknown(schema: Schema, corpus: Corpus) -> list[str]:
    """What no training can teach: labels of dev and test that the training part has not."""
    parts = (("the dev part", corpus.dev), ("the test part", corpus.test or []))
    return [said for name, part in parts if (said := unknown(schema.unknown(part), name))]


def _is_over(checkpoint: Path | None, patience: int | None) -> bool:
    """Whether a run was killed after its patience had run out, so that there is nothing left to train."""
    if checkpoint is None or patience is None:
        return False
    return exhausted(TrainerState.load_from_json(str(checkpoint / "trainer_state.json")), patience)


def encode(
    predictor: Predictor, documents: Sequence[Document], console: Console | None = None
) -> tuple[list[Example], Lost]:
    """Documents to training examples, and how many annotations were lost; a bar where there are many."""
    task, tokenizer = predictor.model.task, predictor.tokenizer
    examples: list[Example] = []
    lost: Lost = Counter()
    console = console or Console(stderr=True)
    hidden = len(documents) < 5 * PORTION or not console.is_terminal
    portions = [documents[start : start + PORTION] for start in range(0, len(documents), PORTION)]
    for portion in track(portions, "Encoding", console=console, transient=True, disable=hidden):
        for encoded in encode_documents(portion, task, tokenizer):
            examples.extend(encoded.examples)
            lost.update((type(annotation).__name__, reason) for annotation, reason in encoded.lost.items())
    if not examples:
        raise DataError("the train part has no token to learn from: every text is empty or only white space")
    return examples, lost


def _judge(predictor: Predictor, recipe: Recipe, dev: Sequence[Document], batch_size: int) -> dict[str, float]:
    """The scores on dev as the finished model would have them: at a threshold that is still to be fitted, fitted."""
    kind, wanted = recipe.task.kind, recipe.task.decision
    if wanted == "dev":
        report = best_threshold(predictor, kind, dev, batch_size=batch_size)[1]
    else:
        with _many_cells():
            found = predictor.predict([each.text for each in dev], batch_size=batch_size, threshold=wanted)
        report = EVALUATIONS[kind](dev, found)
    return {"f1": report.f1, "precision": report.precision, "recall": report.recall}


@contextmanager
def _many_cells() -> Iterator[None]:
    """Where many cells are expected, from a model in its first epochs or at a low threshold, nobody needs a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LimitWarning)
        yield


def _finish(
    recipe: Recipe, corpus: Corpus, folder: Path, notes: Sequence[str], seconds: float, batch_size: int
) -> None:
    """Calibrate the best model on dev, report on dev and test, write the card; the checkpoints are no longer needed."""
    predictor = Predictor.from_pretrained(folder)
    with _many_cells():
        calibrate(predictor, corpus.dev, batch_size=batch_size)
    kind, wanted = recipe.task.kind, recipe.task.decision
    if wanted == "dev":
        wanted, _ = best_threshold(predictor, kind, corpus.dev, batch_size=batch_size)
    predictor.model.config.text["threshold"] = wanted
    keep(predictor, folder)
    unit = predictor.model.config.text["unit"]
    seen = mentions(corpus.train)
    plain: dict[str, Any] = {"seconds": seconds, "notes": list(notes), "threads": torch.get_num_threads()}
    plain |= {"threshold": wanted, "undecided": {}}
    for name, part in (("dev", corpus.dev), ("test", corpus.test)):
        if part is not None:
            texts = [document.text for document in part]
            found = predictor.predict(texts, batch_size=batch_size)
            plain[name] = EVALUATIONS[kind](part, found, unit=unit, seen=seen).to_dict()
            if wanted != UNDECIDED:
                found = predictor.predict(texts, batch_size=batch_size, threshold=UNDECIDED)
                plain["undecided"][name] = EVALUATIONS[kind](part, found).counts.to_dict()
    write_card(recipe, predictor.schema, plain, folder / "README.md")
    staged = folder / f".{REPORT}"
    staged.write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    staged.replace(folder / REPORT)
