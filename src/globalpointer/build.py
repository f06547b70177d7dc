"""The one place where a name becomes an object: plain dicts, and the functions that look names up in them.

An *architecture* is the plain mapping that `config.json` of a model folder holds; everything here takes its plain
values, and the classes that are made receive plain arguments.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

import torch
from torch import nn

from globalpointer.config import nearest
from globalpointer.config.options import check_kinds, check_options
from globalpointer.errors import ConfigError, GlobalPointerError
from globalpointer.grid import Grid
from globalpointer.nn.baselines.casrel import CasRel
from globalpointer.nn.baselines.crf import CrfTagger
from globalpointer.nn.baselines.gnr import GloballyNormalizedReader
from globalpointer.nn.baselines.pointer import PointerNetwork
from globalpointer.nn.baselines.softmax import SoftmaxTagger
from globalpointer.nn.baselines.tplinker import TPLinker
from globalpointer.nn.baselines.two_pointers import TwoPointers
from globalpointer.nn.encoders.convolutional import IdcnnEncoder, TextCnnEncoder
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder
from globalpointer.nn.encoders.questioning import QuestionOnTop
from globalpointer.nn.encoders.recurrent import BiLstmEncoder
from globalpointer.nn.encoders.stacked import BiLstmOnTop
from globalpointer.nn.heads.additive import Additive
from globalpointer.nn.heads.biaffine import Biaffine
from globalpointer.nn.heads.efficient import EfficientGlobalPointer
from globalpointer.nn.heads.global_pointer import GlobalPointer
from globalpointer.nn.heads.null import Null
from globalpointer.nn.heads.thresholds import RARE, Thresholds
from globalpointer.nn.losses.ablations import binary_crossentropy, focal_crossentropy, softmax_crossentropy
from globalpointer.nn.losses.joint import joint_crossentropy
from globalpointer.nn.losses.multilabel import multilabel_crossentropy
from globalpointer.nn.losses.span_f1 import span_f1_loss
from globalpointer.nn.scores import DenseScores
from globalpointer.nn.token_pair import Loss, TokenPairModel
from globalpointer.tasks.base import Task
from globalpointer.tasks.event import EventTask
from globalpointer.tasks.mrc import MrcTask
from globalpointer.tasks.ner import NerTask
from globalpointer.tasks.relation import RelationTask
from globalpointer.text.schema import Schema

TASKS: dict[str, type[Task]] = {"ner": NerTask, "relation": RelationTask, "event": EventTask, "mrc": MrcTask}

SCRATCH_ENCODERS: dict[str, Callable[..., nn.Module]] = {
    "bilstm": BiLstmEncoder,
    "idcnn": IdcnnEncoder,
    "textcnn": TextCnnEncoder,
    "transformer": HuggingFaceEncoder.small,
    "albert": HuggingFaceEncoder.albert,
}
"""Encoders that start from nothing, with a tokenizer learned from the training text: called with `vocab_size`."""

ENCODERS: dict[str, Callable[..., nn.Module]] = {**SCRATCH_ENCODERS, "huggingface": HuggingFaceEncoder.from_config}

ON_TOP: dict[str, Callable[..., nn.Module]] = {"bilstm": BiLstmOnTop, "question": QuestionOnTop}
"""What reads the vectors of an encoder, and is an encoder again."""

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
    "two_pointers": TwoPointers,
    "gnr": GloballyNormalizedReader,
}
"""Whole systems of another kind; a recipe names one in the place of a head."""

MADE_FOR = {
    **dict.fromkeys(("softmax", "crf", "pointer"), "ner"),
    **dict.fromkeys(("tplinker", "casrel"), "relation"),
    **dict.fromkeys(("two_pointers", "gnr"), "mrc"),
}
"""The kind of task that each extractor is made for; a head is for any."""

ONE_TAG = ("softmax", "crf")
"""Systems that give a token one tag, so that of entities that overlap they learn and find one."""

ONE_SENTENCE = ("gnr",)
"""Readers that look for an answer within one sentence."""

LOSSES: dict[str, Loss] = {
    "multilabel": multilabel_crossentropy,
    "binary": binary_crossentropy,
    "focal": focal_crossentropy,
    "softmax": softmax_crossentropy,
    "joint": joint_crossentropy,
    "span_f1": span_f1_loss,
}

EXCLUSIVE = ("softmax",)
"""Losses in which the types of a pair of tokens compete, so that one of them at most is an answer."""

_GIVEN = ("vocab_size", "config")
"""Options of an encoder that its tokenizer and its checkpoint decide."""

_CONTRACT = ("targets", "ignore", "impl", "threshold")
"""Keyword arguments of a loss that are no matter of a recipe: the batch, the device and `thresholds` decide."""


def build_task(task: Mapping[str, Any], *, slopes: Mapping[str, float] | None = None) -> Task:
    """The task of an architecture, `{"kind": ..., "schema": ..., and its options}`, with the slopes of its scores."""
    maker: Callable[..., Task] = look_up(TASKS, task["kind"], "task")
    options = {name: value for name, value in task.items() if name not in ("kind", "schema")}
    schema = Schema.from_dict(task["schema"])
    fitted = {"slopes": slopes} if slopes else {}
    made: Task = construct(maker, options, f"task {task['kind']!r}", schema=schema, **fitted)
    return made


def build_extractor(architecture: Mapping[str, Any]) -> nn.Module:
    """The extractor of an architecture, with untrained weights."""
    encoder = build_encoder(architecture["encoder"])
    grids = build_task(architecture["task"]).grids
    name = architecture["head"]["name"]
    if name in EXTRACTORS:
        _check_own_loss(architecture)
        _check_kind(name, architecture["task"]["kind"])
        given = {"encoder": encoder, "grids": grids, "dropout": architecture["dropout"]}
        made: nn.Module = construct(EXTRACTORS[name], architecture["head"]["options"], repr(name), **given)
        return made
    hidden = int(encoder.hidden)  # type: ignore[arg-type]  # what every Encoder promises
    thresholds = architecture.get("thresholds", 0.0)
    heads = {grid.name: build_head(architecture["head"], hidden, grid, thresholds=thresholds) for grid in grids}
    loss = build_loss(architecture["loss"], architecture.get("loss_options", {}))
    return TokenPairModel(
        encoder,
        heads,
        losses=dict.fromkeys(heads, loss),
        reductions=dict.fromkeys(heads, architecture["reduction"]),
        dropout=architecture["dropout"],
        exclusive=architecture["loss"] in EXCLUSIVE,
    )


def _check_kind(system: str, kind: str) -> None:
    """For another task a whole system would be trained in vain."""
    if MADE_FOR[system] != kind:
        others = ", ".join([*(name for name, own in MADE_FOR.items() if own == kind), *HEADS])
        raise ConfigError(
            f"{system!r} is made for task.kind = {MADE_FOR[system]!r} and finds nothing of kind {kind!r}; for that "
            f"model.head may be: {others}"
        )


def _check_own_loss(architecture: Mapping[str, Any]) -> None:
    """A system with a loss of its own takes no other, and has no scores that thresholds could be taken from."""
    plain = {"loss": "multilabel", "loss_options": {}, "thresholds": 0.0}
    if asked := [key for key, value in plain.items() if architecture.get(key, value) != value]:
        raise ConfigError(
            f"{architecture['head']['name']!r} has a loss of its own, and model.{asked[0]} is for heads: leave it out, "
            f"or choose a head ({', '.join(HEADS)})"
        )


def build_loss(name: str, options: Mapping[str, Any]) -> Loss:
    """The loss of this name with these options. A wrong one is told now, by one cell, and not by the first batch."""
    loss = look_up(LOSSES, name, "loss")
    parameters = inspect.signature(loss).parameters.values()
    known = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY and each.name not in _CONTRACT]
    check_options(options, known, f"loss {name!r}")
    # A model that is loaded is built without memory; the cell needs some
    with torch.device("cpu"):
        one_cell = DenseScores(torch.zeros(1, 1, 1, 1), torch.ones(1, 1, dtype=torch.bool))
        construct(partial(loss, one_cell, torch.zeros(1, 4, dtype=torch.long)), options, f"loss {name!r}")
    return partial(loss, **options)


def build_encoder(encoder: Mapping[str, Any]) -> nn.Module:
    """The encoder of an architecture, with untrained weights: `{"name": ..., "options": {...}, "on_top": ...}`.

    `on_top`: name and options of what reads its vectors; left out: nothing does.
    """
    maker = look_up(ENCODERS, encoder["name"], "encoder")
    given = {name: value for name, value in encoder["options"].items() if name in _GIVEN}
    options = {name: value for name, value in encoder["options"].items() if name not in given}
    made: nn.Module = construct(maker, options, f"encoder {encoder['name']!r}", **given)
    if (on_top := encoder.get("on_top")) is None:
        return made
    above = look_up(ON_TOP, on_top["name"], "on_top")
    stacked: nn.Module = construct(above, on_top["options"], f"on_top {on_top['name']!r}", encoder=made)
    return stacked


def build_head(
    head: Mapping[str, Any], hidden: int, grid: Grid, *, thresholds: float | Literal["learned", "null"] = 0.0
) -> nn.Module:
    """The head of one grid: `{"name": ..., "options": {...}}`. Links have no rotary positions, as the author has it.

    `thresholds`: the logit above which a cell is found; "learned": one for each type, which begins at RARE; "null": one
    for each window, told from its text.
    """
    options = dict(head["options"])
    if grid.links and takes(head["name"], "rotary"):
        options["rotary"] = False
    maker = look_up(HEADS, head["name"], "head")
    given = {"hidden": hidden, "types": len(grid.labels), "ordered": grid.ordered, "max_width": grid.max_width}
    made: nn.Module = construct(maker, options, f"head {head['name']!r}", **given)
    if thresholds == "learned":
        return Thresholds(made, len(grid.labels), start=RARE)
    if thresholds == "null":
        return Null(made, hidden)
    return Thresholds(made, len(grid.labels), start=thresholds, learned=False) if thresholds else made


def takes(head: str, option: str) -> bool:
    """Whether a head, or an extractor, of this name has this option."""
    return option in inspect.signature(look_up({**HEADS, **EXTRACTORS}, head, "head")).parameters


def look_up(table: Mapping[str, Any], name: str, what: str) -> Any:
    """The object of this name; ConfigError names the nearest known one."""
    if name not in table:
        raise ConfigError(f"unknown {what} {name!r} ({nearest(name, list(table))})")
    return table[name]


def construct(maker: Callable[..., Any], options: Mapping[str, Any], what: str, **given: Any) -> Any:
    """`maker(**given, **options)`; an option that it does not know is a ConfigError that names the nearest it does.

    `given`: what the rest of the architecture decides. An option of such a name is a ConfigError, too.
    """
    if taken := [name for name in options if name in given]:
        raise ConfigError(f"{what} takes its {taken[0]!r} from the rest of the recipe: leave out this option")
    parameters = inspect.signature(maker).parameters
    check_options(options, [name for name in parameters if name not in given], what)
    check_kinds(options, parameters, what)
    try:
        return maker(**given, **options)
    except GlobalPointerError:
        raise
    except (RuntimeError, TypeError, ValueError) as error:  # such as that of torch for a size below 0
        raise ConfigError(f"{what} cannot be made with {dict(options)}: {error}") from error
