"""The one place where a name becomes an object: plain dicts, and the functions that look names up in them.

An *architecture* is the plain mapping that `config.json` of a model folder holds; everything here takes its plain
values, and the classes that are made receive plain arguments.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torch import nn

from globalpointer.config import nearest
from globalpointer.errors import ConfigError, GlobalPointerError
from globalpointer.grid import Grid
from globalpointer.nn.baselines.casrel import CasRel
from globalpointer.nn.baselines.crf import CrfTagger
from globalpointer.nn.baselines.pointer import PointerNetwork
from globalpointer.nn.baselines.softmax import SoftmaxTagger
from globalpointer.nn.baselines.tplinker import TPLinker
from globalpointer.nn.encoders.convolutional import IdcnnEncoder, TextCnnEncoder
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder
from globalpointer.nn.encoders.recurrent import BiLstmEncoder
from globalpointer.nn.heads.additive import Additive
from globalpointer.nn.heads.biaffine import Biaffine
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.heads.global_pointer import GlobalPointer
from globalpointer.nn.losses.multilabel import multilabel_crossentropy
from globalpointer.nn.token_pair import TokenPairModel
from globalpointer.tasks.base import Task
from globalpointer.tasks.event import EventTask
from globalpointer.tasks.ner import NerTask
from globalpointer.tasks.relation import RelationTask
from globalpointer.text.schema import Schema

TASKS: dict[str, Callable[..., Task]] = {"ner": NerTask, "relation": RelationTask, "event": EventTask}

SCRATCH_ENCODERS: dict[str, Callable[..., nn.Module]] = {
    "bilstm": BiLstmEncoder,
    "idcnn": IdcnnEncoder,
    "textcnn": TextCnnEncoder,
    "transformer": HuggingFaceEncoder.small,
}
"""Encoders that start from nothing, with a tokenizer learned from the training text: called with `vocab_size`."""

ENCODERS: dict[str, Callable[..., nn.Module]] = {**SCRATCH_ENCODERS, "huggingface": HuggingFaceEncoder.from_config}

HEADS: dict[str, Callable[..., nn.Module]] = {
    "global_pointer": GlobalPointer,
    "efficient": EfficientGlobalPointer,
    "additive": Additive,
    "biaffine": Biaffine,
}

EXTRACTORS: dict[str, Callable[..., nn.Module]] = {
    "softmax": SoftmaxTagger,
    "crf": CrfTagger,
    "pointer": PointerNetwork,
    "tplinker": TPLinker,
    "casrel": CasRel,
}
"""Whole systems of another kind; a recipe names one in the place of a head."""

LOSSES = {"multilabel": multilabel_crossentropy}


def build_task(task: Mapping[str, Any], *, slopes: Mapping[str, float] | None = None) -> Task:
    """The task of an architecture, `{"kind": ..., "schema": ..., and its options}`, with the slopes of its scores."""
    maker: Callable[..., Task] = look_up(TASKS, task["kind"], "task")
    options = {name: value for name, value in task.items() if name not in ("kind", "schema")}
    schema = Schema.from_dict(task["schema"])
    made: Task = construct(maker, {"schema": schema, **options, "slopes": slopes or {}}, f"task {task['kind']!r}")
    return made


def build_extractor(architecture: Mapping[str, Any]) -> nn.Module:
    """The extractor of an architecture, with untrained weights."""
    encoder = build_encoder(architecture["encoder"])
    grids = build_task(architecture["task"]).grids
    name = architecture["head"]["name"]
    if name in EXTRACTORS:
        options = {"dropout": architecture["dropout"], **architecture["head"]["options"]}
        made: nn.Module = construct(EXTRACTORS[name], {"encoder": encoder, "grids": grids, **options}, repr(name))
        return made
    hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
    heads = {grid.name: build_head(architecture["head"], hidden, grid) for grid in grids}
    loss = look_up(LOSSES, architecture["loss"], "loss")
    return TokenPairModel(
        encoder,
        heads,
        losses=dict.fromkeys(heads, loss),
        reductions=dict.fromkeys(heads, architecture["reduction"]),
        dropout=architecture["dropout"],
    )


def build_encoder(encoder: Mapping[str, Any]) -> nn.Module:
    """The encoder of an architecture: `{"name": ..., "options": {...}}`, with untrained weights."""
    maker = look_up(ENCODERS, encoder["name"], "encoder")
    made: nn.Module = construct(maker, encoder["options"], f"encoder {encoder['name']!r}")
    return made


def build_head(head: Mapping[str, Any], hidden: int, grid: Grid) -> nn.Module:
    """The head of one grid: `{"name": ..., "options": {...}}`. Links have no rotary positions, as the author has it."""
    options = {"ordered": grid.ordered, "max_width": grid.max_width, **head["options"]}
    if grid.links and takes(head["name"], "rotary"):
        options["rotary"] = False
    maker = look_up(HEADS, head["name"], "head")
    sizes = {"hidden": hidden, "types": len(grid.labels)}
    made: nn.Module = construct(maker, {**sizes, **options}, f"head {head['name']!r}")
    return made


def takes(head: str, option: str) -> bool:
    """Whether a head, or an extractor, of this name has this option."""
    return option in inspect.signature(look_up({**HEADS, **EXTRACTORS}, head, "head")).parameters


def look_up(table: Mapping[str, Any], name: str, what: str) -> Any:
    """The object of this name; ConfigError names the nearest known one."""
    if name not in table:
        raise ConfigError(f"unknown {what} {name!r} ({nearest(name, list(table))})")
    return table[name]


def construct(maker: Callable[..., Any], options: Mapping[str, Any], what: str) -> Any:
    """`maker(**options)`, where an option it does not know is a ConfigError that names the nearest it does."""
    known = list(inspect.signature(maker).parameters)
    for name in options:
        if name not in known:
            raise ConfigError(f"{what} has no option {name!r} ({nearest(name, known)})")
    try:
        return maker(**options)
    except GlobalPointerError:
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{what} cannot be made with {dict(options)}: {error}") from error
