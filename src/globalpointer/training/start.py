"""From a recipe and its training documents to an untrained (or pretrained) model with its tokenizer."""

import difflib
from collections.abc import Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from torch import nn

from globalpointer.build import EXTRACTORS, SCRATCH_ENCODERS, TASKS, takes
from globalpointer.config import ModelConfig, Recipe, TaskConfig, usual
from globalpointer.config.options import check_options
from globalpointer.data.tokenizers import Kind, learn_tokenizer, load_tokenizer
from globalpointer.data.tokenizing import TextTokenizer
from globalpointer.errors import ConfigError, SchemaError
from globalpointer.model import GlobalPointerConfig, GlobalPointerModel, is_model_folder, load_model
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder
from globalpointer.nn.encoders.minilm import MINILM
from globalpointer.nn.encoders.stacked import OnTop
from globalpointer.predictor import Predictor
from globalpointer.tasks.overlap import fitting
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document
from globalpointer.text.units import unit_of

LEARNED: tuple[Kind, ...] = ("character", "wordpiece")


def start(recipe: Recipe, documents: Sequence[Document]) -> Predictor:
    """The predictor that training begins with; random weights come from the seed set by the caller."""
    _check_name(recipe.model.encoder)
    _check_taken(recipe.model)
    unit = unit_of(document.text for document in documents)
    schema = _schema(recipe, documents)
    trained = None if recipe.model.start_from is None else load_model(recipe.model.start_from)
    backend = make_tokenizer(recipe.model, documents, unit="character" if unit == "character" else "wordpiece")
    encoder, ready = _encoder(recipe.model, backend.get_vocab_size())
    encoder |= _on_top(recipe)
    text: dict[str, Any] = {
        "window": recipe.model.window,
        "overlap": recipe.model.overlap,
        "truncation": recipe.model.truncation,
    }
    tokenizer = TextTokenizer(backend, **text)
    if TASKS[recipe.task.kind].asks:
        _tell_separator(encoder, tokenizer.separator)
    given = {"dim": recipe.model.dim, "rotary": recipe.model.rotary}
    head = {name: value for name, value in given.items() if value is not None and takes(recipe.model.head, name)}
    config = GlobalPointerConfig(
        architecture={
            "task": {"kind": recipe.task.kind, "schema": schema.to_dict(), **_options(recipe.task, documents)},
            "encoder": encoder,
            "head": {
                "name": recipe.model.head,
                "options": {**head, **recipe.model.head_options},
            },
            "loss": _loss(recipe),
            "loss_options": recipe.model.loss_options,
            "thresholds": _thresholds(recipe),
            "reduction": recipe.model.reduction or usual(recipe.task.kind)["reduction"],
            "dropout": recipe.model.dropout,
        },
        text={
            **text,
            "joiner": recipe.data.joiner,
            # Answers are compared as the texts at hand are, whatever those of training were.
            "unit": None if recipe.task.kind == "mrc" else unit,
        },
        recipe=recipe.model_dump(exclude_none=True),
    )
    model = GlobalPointerModel(config)
    _check_window(recipe.model, tokenizer, model.extractor.encoder)
    if trained is not None:
        _go_on(model, trained, str(recipe.model.start_from))
        return Predictor(model, tokenizer)
    if ready is not None and recipe.model.pretrained:
        _take_weights(model.extractor.encoder, ready, recipe.model)
    learn_bigrams = getattr(model.extractor.encoder, "learn_bigrams", None)
    if learn_bigrams is not None:
        learn_bigrams(each.ids for each in tokenizer.tokenize_batch(read(documents)))
    return Predictor(model, tokenizer)


def make_tokenizer(model: ModelConfig, documents: Sequence[Document], *, unit: str) -> Tokenizer:
    """The tokenizer of `[model]`: learned from the training texts, the encoder's own, or the one that is named.

    Where a trained model is gone on with, its own.
    """
    if model.start_from is not None:
        return load_tokenizer(model.start_from)
    name = model.tokenizer or (unit if model.encoder in SCRATCH_ENCODERS else model.encoder)
    kind = next((kind for kind in LEARNED if kind == name), None)
    if kind is None:
        return load_tokenizer(name)
    if model.encoder not in SCRATCH_ENCODERS and model.pretrained:
        raise ConfigError(f"a learned tokenizer ({name!r}) does not fit the pretrained encoder {model.encoder!r}")
    return learn_tokenizer(read(documents), kind, vocab_size=model.vocab_size, lowercase=model.lowercase)


def read(documents: Sequence[Document]) -> list[str]:
    """What the model will read: the texts, or, where questions are asked of them, each text once and the questions."""
    texts = [document.text for document in documents]
    questions = [document.question for document in documents if document.question is not None]
    return [*dict.fromkeys(texts), *questions] if questions else texts


def _encoder(model: ModelConfig, vocab_size: int) -> tuple[dict[str, Any], nn.Module | None]:
    """The encoder as config.json describes it, and the module with pretrained weights where there are any."""
    if model.encoder in SCRATCH_ENCODERS:
        return {"name": model.encoder, "options": {"vocab_size": vocab_size, **model.encoder_options}}, None
    ready = _pretrained(model)
    changes = dict(model.encoder_options)
    if (layers := changes.pop("layers", None)) is not None:
        if not isinstance(layers, int) or isinstance(layers, bool):
            raise ConfigError(f"model.encoder_options.layers must be a whole number, not {layers!r}")
        ready = ready.first_layers(layers)
    check_options(changes, [*ready.description(), "layers"], f"encoder {model.encoder!r}")
    if not model.pretrained:
        changes = {"vocab_size": vocab_size, **changes}
    return {"name": "huggingface", "options": {"config": {**ready.description(), **changes}}}, ready


def _pretrained(model: ModelConfig) -> HuggingFaceEncoder:
    """The encoder of a hub name or folder; of a model folder of ours the one that it was trained with.

    With its weights, unless random ones are wanted, or those of another model.
    """
    weights = model.pretrained and model.start_from is None
    if not is_model_folder(model.encoder):
        return HuggingFaceEncoder.from_pretrained(model.encoder, weights=weights)
    encoder = load_model(model.encoder).extractor.encoder
    if isinstance(encoder, OnTop):
        encoder = encoder.encoder
    if not isinstance(encoder, HuggingFaceEncoder):
        raise ConfigError(
            f"model.encoder: expected a model with an encoder of transformers, found {type(encoder).__name__} in "
            f"{model.encoder}; name the encoder itself to train one of this kind"
        )
    return encoder if weights else HuggingFaceEncoder.from_config(encoder.description())


def _on_top(recipe: Recipe) -> dict[str, Any]:
    """What stands on top of the encoder, as config.json describes it; nothing by default."""
    model, kind = recipe.model, recipe.task.kind
    if model.on_top == "question" and not TASKS[kind].asks:
        raise ConfigError(f'model.on_top = "question" reads the question of kind "mrc", and task.kind is {kind!r}')
    if model.on_top is None and model.on_top_options:
        raise ConfigError("model.on_top_options are given and nothing is on top: add model.on_top, or leave them out")
    return {} if model.on_top is None else {"on_top": {"name": model.on_top, "options": model.on_top_options}}


def _tell_separator(encoder: dict[str, Any], between: Sequence[int]) -> None:
    """Where the question ends, for what can tell it from the text. `between`: the tokens that stand there."""
    on_top = encoder.get("on_top", {}).get("name") == "question"
    if on_top and not between:
        raise ConfigError('model.on_top = "question" needs a tokenizer with a token between question and text')
    if not between:
        return
    separator = between[0]
    if encoder["name"] in SCRATCH_ENCODERS and "embedding" in signature(SCRATCH_ENCODERS[encoder["name"]]).parameters:
        options = encoder["options"]
        options["embedding"] = {"separator": separator, **(options.get("embedding") or {})}
    if on_top:
        encoder["on_top"]["options"] = {"separator": separator, **encoder["on_top"]["options"]}


def _take_weights(encoder: nn.Module, ready: nn.Module, model: ModelConfig) -> None:
    """Give the encoder, or the one beneath what is on top, its pretrained weights."""
    own = encoder if model.on_top is None else encoder.get_submodule("encoder")
    try:
        own.load_state_dict(ready.state_dict())
    except RuntimeError:
        raise ConfigError(
            f"model.encoder_options {model.encoder_options} change the shape of the encoder, so that its pretrained "
            "weights no longer fit: leave them out, or start from random weights with model.pretrained = false"
        ) from None


def _go_on(model: GlobalPointerModel, trained: GlobalPointerModel, place: str) -> None:
    """Give a model the weights of a trained one; ConfigError where the two differ in labels or shape."""
    own, theirs = (_trained(each.config.architecture["task"]) for each in (model, trained))
    if own != theirs:
        differ = ", ".join(sorted(key for key in {*own, *theirs} if own.get(key) != theirs.get(key)))
        raise ConfigError(f"model.start_from: the task of {place} differs from that of the recipe in: {differ}")
    try:
        model.load_state_dict(trained.state_dict())
    except RuntimeError as error:
        raise ConfigError(
            f"model.start_from: the weights of {place} do not fit [model] of this recipe; encoder, head and their "
            f"options must be as in {place}/recipe.toml: {str(error).splitlines()[1].strip()}"
        ) from None


def _trained(task: dict[str, Any]) -> dict[str, Any]:
    """What a model was trained for; overlaps of what it finds are settled afterwards."""
    return {key: value for key, value in task.items() if key != "overlap_policy"}


def _check_taken(model: ModelConfig) -> None:
    """Not every head has rotary positions to turn off, or a size: raise ConfigError where one has not."""
    given = {"dim": model.dim is not None, "rotary": not model.rotary}
    idle = [key for key, said in given.items() if said and not takes(model.head, key)]
    if model.thresholds is not None and model.head in EXTRACTORS:
        idle.append("thresholds")
    if idle:
        raise ConfigError(f"{model.head!r} has no use for model.{idle[0]}: leave it out, or choose another model.head")


def _loss(recipe: Recipe) -> str:
    """As asked for; else that of the task, and what a whole system has a loss of its own instead of."""
    return recipe.model.loss or ("multilabel" if recipe.model.head in EXTRACTORS else usual(recipe.task.kind)["loss"])


def _thresholds(recipe: Recipe) -> float | str:
    """As asked for; else learned, but a whole system has no scores that a threshold could be taken from."""
    if recipe.model.thresholds is not None:
        return recipe.model.thresholds
    if recipe.model.head in EXTRACTORS:
        return 0.0
    return usual(recipe.task.kind)["thresholds"]


def _check_name(encoder: str) -> None:
    """One of our names that is only misspelt is not looked for on the hub."""
    ours = [*SCRATCH_ENCODERS, MINILM]
    near = difflib.get_close_matches(encoder, ours, n=1, cutoff=0.75)
    if near and encoder not in ours and not Path(encoder).exists():
        raise ConfigError(f"unknown encoder {encoder!r} (nearest: {near[0]!r})")


def _check_window(model: ModelConfig, tokenizer: TextTokenizer, encoder: nn.Module) -> None:
    limit = getattr(encoder, "max_tokens", None)
    special = len(tokenizer.prefix) + len(tokenizer.suffix)
    if limit is not None and model.window + special > limit:
        raise ConfigError(
            f"model.window is {model.window} and {special} special tokens are added, but the encoder "
            f"{model.encoder!r} reads at most {limit} tokens: choose a window of at most {limit - special}"
        )


def _options(task: TaskConfig, documents: Sequence[Document]) -> dict[str, Any]:
    """The options of the task, as the documents suggest where the recipe is silent.

    Where no entities overlap, none that are found do; where they are but the ends of triples, subjects and objects are
    told apart.
    """
    options = task.options()
    if task.kind == "ner":
        options.setdefault("overlap_policy", fitting(documents))
    if task.kind == "relation" and any(document.triples is not None for document in documents):
        options.setdefault("entities", "roles")
    return options


def _schema(recipe: Recipe, documents: Sequence[Document]) -> Schema:
    if recipe.task.labels is not None and recipe.task.kind == "mrc":
        raise ConfigError('task.labels names what has labels, and answers (task.kind "mrc") have none: leave it out')
    used = _of_kind(Schema.of(documents), recipe.task.kind)
    if recipe.task.labels is None:
        return used
    schema = Schema(tuple(recipe.task.labels), used.relations, used.events)
    for label in used.entities:
        try:
            schema.type_of(label)
        except SchemaError as error:
            raise ConfigError(f"task.labels does not cover the training documents: {error}") from None
    return schema


def _of_kind(schema: Schema, kind: str) -> Schema:
    """What a task of this kind can find; documents may have more."""
    if kind == "mrc":
        return Schema()
    if kind == "ner":
        return Schema(schema.entities)
    return Schema(events=schema.events) if kind == "event" else Schema(schema.entities, schema.relations)
