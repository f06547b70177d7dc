"""Texts in, documents out: the road of training, turned round where the language begins again."""

import shutil
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import torch
from pydantic import ValidationError
from rich.console import Console
from rich.progress import track
from torch import Tensor

from globalpointer.config import Recipe
from globalpointer.data.batching import Encoded, collate, encode_texts
from globalpointer.data.given import Text, check_question, check_texts, documents, join
from globalpointer.data.tokenizers import load_tokenizer, save_tokenizer
from globalpointer.data.tokenizing import TextTokenizer
from globalpointer.errors import ConfigError, LimitWarning, ModelError
from globalpointer.grid import Cell, ScoredCells
from globalpointer.model import GlobalPointerModel, load_model
from globalpointer.nn.encoders.huggingface import quietly
from globalpointer.nn.token_pair import TokenPairModel
from globalpointer.tasks.settle import settle
from globalpointer.tasks.thresholds import UNDECIDED, Thresholds
from globalpointer.tasks.windowed import merge_cells
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document

Precision = Literal["float32", "bfloat16"]
Threshold = float | Mapping[str, float]

CARD = "README.md"

LEAST_LIMIT = 256
"""However small the windows, so many cells of one are always kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the model said about one text: the cells above the threshold, in coordinates of the text's tokens."""

    encoded: Encoded
    cells: ScoredCells


class Predictor:
    """A trained model with its tokenizer: `predict` texts, `save_pretrained`, `push_to_hub`.

    `precision="float32"` finds the same entities in batches as one by one wherever |logit| > 1e-4, with scores within
    1e-5. `"bfloat16"` computes the encoder in bfloat16 (faster where the processor has it): scores move in the third
    digit, and an entity whose score lies that near to the threshold may come or go. Not safe to share between threads
    while `model` is being trained; prediction itself changes nothing.

    `limit`: the most cells of one window; None: one a token of the longest window. An untrained model finds half of all
    cells, and only the best ones are kept; `capped` counts such windows, and a LimitWarning tells of them.
    """

    def __init__(
        self,
        model: GlobalPointerModel,
        tokenizer: TextTokenizer,
        *,
        device: torch.device | str | None = None,
        precision: Precision = "float32",
        limit: int | None = None,
    ) -> None:
        if precision not in ("float32", "bfloat16"):
            raise ConfigError(f"precision must be 'float32' or 'bfloat16', not {precision!r}")
        if device is not None:
            model.to(torch.device(device))  # type: ignore[arg-type]
        self.model = model
        self.tokenizer = tokenizer
        self.precision = precision
        self.card: str | None = None
        """The model card, in Markdown."""
        self.limit = max(tokenizer.window, LEAST_LIMIT) if limit is None else limit
        self.capped = 0
        """Windows of which only the best `limit` cells were kept, since this predictor was made."""

    @classmethod
    def from_pretrained(
        cls,
        folder: str | Path,
        *,
        device: torch.device | str | None = None,
        precision: Precision = "float32",
    ) -> "Predictor":
        """The predictor in a model folder (or under a hub name). Raises ModelError where there is none.

        `device`: None takes the GPU where there is one.
        """
        model = load_model(folder)
        cut = {name: model.config.text[name] for name in ("window", "overlap", "truncation")}
        tokenizer = TextTokenizer(load_tokenizer(folder), **cut)
        _check_vocabulary(tokenizer, model)
        if device is None:
            device = "cuda" if torch.cuda.is_available() else "cpu"
        predictor = cls(model, tokenizer, device=device, precision=precision)
        card = Path(folder) / CARD
        predictor.card = card.read_text(encoding="utf-8") if card.is_file() else None
        return predictor

    def save_pretrained(self, folder: str | Path) -> None:
        """Write the model folder: config.json, model.safetensors, tokenizer.json, and the card if any. No pickle."""
        with quietly():
            self.model.save_pretrained(folder)
        # Written for the owner alone; the model is for whoever may read its folder.
        shutil.copymode(Path(folder) / "config.json", Path(folder) / "model.safetensors")
        save_tokenizer(self.tokenizer.tokenizer, folder)
        if self.card is not None:
            (Path(folder) / CARD).write_text(self.card, encoding="utf-8")

    def push_to_hub(self, name: str, *, private: bool | None = None, token: str | None = None) -> str:
        """Upload the model folder to the Hugging Face hub as `name`, made if it is not there; the address of it."""
        from huggingface_hub import HfApi

        hub = HfApi(token=token)
        address = hub.create_repo(name, private=private, exist_ok=True)
        with TemporaryDirectory() as folder:
            self.save_pretrained(folder)
            hub.upload_folder(repo_id=address.repo_id, folder_path=folder)
        return str(address)

    @property
    def schema(self) -> Schema:
        """The labels that can be found, in output order."""
        return self.model.task.schema

    @property
    def overlap_policy(self) -> str:
        """What is done where found entities overlap, unless a call says otherwise."""
        return self.model.task.overlap_policy

    @property
    def kind(self) -> str:
        """What the model is for: "entity", "relation", "event" or "answer"."""
        return self.model.task.kinds[-1]

    @property
    def threshold(self) -> float:
        """The score from which on the model gives what it is for, unless a call says otherwise: see the recipe."""
        return float(self.model.config.text.get("threshold", UNDECIDED))

    @property
    def most(self) -> int:
        """How many cells of a window are looked at: `limit`, or as many as the task lets compete."""
        ranks = self.model.task.ranks
        return self.limit if ranks is None else ranks

    @property
    def recipe(self) -> Recipe:
        """The recipe the model was trained by."""
        try:
            return Recipe.model_validate(self.model.config.recipe)
        except ValidationError as error:
            raise ModelError(
                f"config.json of the model holds no recipe that this version understands: {error}"
            ) from None

    def predict(
        self,
        texts: Text | Sequence[Text] | Sequence[Sequence[str]],
        *,
        question: str | None = None,
        batch_size: int = 32,
        threshold: Threshold | None = None,
        overlap_policy: str | None = None,
        show_progress_bar: bool = False,
        is_split_into_words: bool = False,
    ) -> Any:
        """A text to a Document, a list of texts to a list of Documents in the same order.

        A text may be a Document, for its question, id and meta; its annotation is left aside. `question`: what is asked
        of each text, for a model of kind "answer".
        `threshold`: the least score, one for all, or by label or kind ("entity", "relation", "event", "answer"); 0.5 is
        logit 0. None, and for kinds that are not named: the model's own for what it is for, else 0.5. Answers are given
        all or none: what must reach it is not their score, which all of them share, but `Document.answerable`.
        `overlap_policy`: "nested" (no crossing spans), "flat" or "longest" (no two overlap), "allow" (all), as
        `tasks.overlap.resolve` has it. None: that of the model, which its recipe says; else "flat" or "nested" for
        entities alone, as its training data was, and "allow" where relations join them.
        `is_split_into_words`: each text is a sequence of words, joined by the joiner of the training data (a blank
        where it had none); offsets are those of the joined text. `batch_size` counts windows.
        """
        single = isinstance(texts, Document) or isinstance(texts[0] if is_split_into_words and texts else texts, str)
        many: Sequence[Any] = [texts] if single else texts  # type: ignore[assignment]
        read = [join(words, self.model.config.text.get("joiner")) for words in many] if is_split_into_words else many
        found: Iterable[Document] = self.predict_stream(
            read, question=question, batch_size=batch_size, threshold=threshold, overlap_policy=overlap_policy
        )
        if show_progress_bar:
            # On standard error, for standard output may carry results; a log file needs no bar.
            console = Console(stderr=True)
            hidden = not console.is_terminal
            found = track(found, "Extracting", len(read), console=console, transient=True, disable=hidden)
        answers = list(found)
        return answers[0] if single else answers

    def predict_stream(
        self,
        texts: Iterable[Text],
        *,
        question: str | None = None,
        batch_size: int = 32,
        threshold: Threshold | None = None,
        overlap_policy: str | None = None,
    ) -> Iterator[Document]:
        """Documents in the order of the texts, as they come; reads sixteen batches ahead to sort them by length.

        The options are those of `predict`.
        """
        task = self.model.task
        check_texts(texts)
        check_question(question, asks=task.asks, kind=self.kind)
        thresholds = Thresholds.of(threshold, task.schema, {task.kinds[-1]: self.threshold})
        limits = self.limits(thresholds)
        if task.asks and overlap_policy not in (None, self.overlap_policy):
            raise ConfigError(
                f"overlap_policy is for entities, and this model answers questions: {str(overlap_policy)!r}"
            )
        policy = overlap_policy or self.overlap_policy
        texts = iter(texts)
        while chunk := list(islice(texts, 16 * _at_least_one(batch_size))):
            read = documents(chunk, question)
            for document, found in zip(read, self.find(read, batch_size=batch_size, threshold=limits), strict=True):
                answer = settle(task.decode(found.cells, document.text, found.encoded.tokens), thresholds, policy)
                yield replace(answer, id=document.id, meta=document.meta, question=document.question)

    @torch.inference_mode()
    def find(
        self, texts: Sequence[Text], *, batch_size: int = 32, threshold: float | Mapping[str, float | Tensor] = 0.0
    ) -> list[Found]:
        """The cells above `threshold` (a logit) of each text: windows scored in batches of like length, then merged."""
        encoded = encode_texts(documents(texts), self.tokenizer, asks=self.model.task.asks)
        places = [(text, window) for text, each in enumerate(encoded) for window in range(len(each.examples))]
        places.sort(key=lambda place: len(encoded[place[0]].examples[place[1]].tokens), reverse=True)
        windows: list[list[ScoredCells]] = [[{}] * len(each.examples) for each in encoded]
        before = self.capped
        for start in range(0, len(places), _at_least_one(batch_size)):
            batch = places[start : start + batch_size]
            examples = [encoded[text].examples[window] for text, window in batch]
            for (text, window), example, cells in zip(batch, examples, self._score(examples, threshold), strict=True):
                windows[text][window] = _shift(cells, -example.first)
        if self.capped > before:
            warnings.warn(
                f"{self.capped - before} windows had {self.limit} cells or more above the threshold; only the best "
                "were kept. An untrained model does this; otherwise raise the threshold.",
                LimitWarning,
                stacklevel=2,
            )
        return [Found(each, merge_cells(each.windows, scored)) for each, scored in zip(encoded, windows, strict=True)]

    def limits(self, thresholds: Thresholds) -> dict[str, Tensor]:
        """The least logit of a cell by grid and type, as `find` takes it."""
        return {
            name: torch.tensor(each, device=self.model.device)
            for name, each in self.model.task.limits(thresholds).items()
        }

    @torch.inference_mode()
    def logits(self, text: Text) -> tuple[list[str], dict[str, Tensor]]:
        """The tokens of a text's first window and, by grid, the logits [types, tokens, tokens], -inf where illegal.

        ConfigError for a compared system, which does not score pairs.
        """
        extractor = self._extractor()
        if not isinstance(extractor, TokenPairModel):
            raise ConfigError(f"{type(extractor).__name__} does not score pairs of tokens, so it has no grids to show")
        (document,) = documents([text])
        (encoded,) = encode_texts([document], self.tokenizer, asks=self.model.task.asks)
        if not encoded.examples:
            return [], {}
        example, size = encoded.examples[0], encoded.windows[0].end
        inner = slice(example.first, example.first + size)
        scores = extractor.scores(self._collate([example]))
        squares = {name: each.logits()[0, :, inner, inner].float().cpu() for name, each in scores.items()}
        spans = encoded.tokens.offsets[:size]
        return ["" if span is None else document.text[span.start : span.end] for span in spans], squares

    def _score(self, examples: Sequence[Any], threshold: float | Mapping[str, float | Tensor]) -> list[ScoredCells]:
        batch = self._collate(examples)
        low = self.precision == "bfloat16"
        with torch.autocast(self.model.device.type, dtype=torch.bfloat16, enabled=low):
            found: list[ScoredCells] = self._extractor().find(batch, threshold=threshold, limit=self.most)
        if self.model.task.ranks is None:
            self.capped += sum(any(len(cells) >= self.most for cells in each.values()) for each in found)
        return found

    def _extractor(self) -> Any:
        if self.model.training:
            self.model.train(mode=False)
        return self.model.extractor

    def _collate(self, examples: Sequence[Any]) -> Any:
        batch = collate(examples, grids=self.model.task.grids, pad=self.tokenizer.pad)
        return batch.to(self.model.device)


def _check_vocabulary(tokenizer: TextTokenizer, model: GlobalPointerModel) -> None:
    """The ids of the tokenizer must all have a vector; with another model's tokenizer they do not."""
    options = model.config.architecture["encoder"]["options"]
    known = options.get("vocab_size") or options.get("config", {}).get("vocab_size")
    if known is not None and tokenizer.vocab_size > known:
        raise ModelError(
            f"tokenizer.json has {tokenizer.vocab_size} ids and the encoder vectors for {known}: "
            "it is the tokenizer of another model"
        )


def _shift(cells: ScoredCells, by: int) -> ScoredCells:
    return {
        grid: {Cell(cell.type, cell.row + by, cell.col + by): logit for cell, logit in scored.items()}
        for grid, scored in cells.items()
    }


def _at_least_one(batch_size: int) -> int:
    if batch_size < 1:
        raise ConfigError(f"batch_size must be at least 1, got {batch_size}")
    return batch_size
