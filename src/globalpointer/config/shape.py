"""The shape of a recipe: its tables, what may stand in each, and what is taken where nothing does."""

import hashlib
import math
from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args

import tomlkit
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError


def _as_list(value: Any) -> Any:
    """One path may be given bare, several as a list."""
    return [value] if isinstance(value, str) else value


def _number_or(word: str, number: str, holds: Callable[[float], bool]) -> BeforeValidator:
    """A number for which `holds` is true, or one word; pydantic would tell of a mistake twice, once for each."""

    def check(value: Any) -> Any:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if value in (None, word) or (is_number and holds(value)):
            return value
        raise PydanticCustomError("number_or", f'expected {number} or "{word}"')

    return BeforeValidator(check)


Paths = Annotated[list[str], BeforeValidator(_as_list)]


class Section(BaseModel):
    """A table of a recipe: unknown keys are errors, and true is not 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _check_truth(cls, value: Any, info: ValidationInfo) -> Any:
        kind = cls.model_fields[str(info.field_name)].annotation
        if isinstance(value, bool) and set(get_args(kind) or [kind]) <= {int, float, type(None)}:
            raise PydanticCustomError("truth", "expected a number")
        return value


class Holdout(Section):
    """A seeded part of the training documents that becomes the development part, and perhaps another for the test."""

    fraction: float = Field(default=0.1, gt=0, lt=1)
    test: float | None = Field(default=None, gt=0, lt=1)
    """The fraction of all documents that becomes the test part, where the corpus has none; parted off first."""
    by: str | None = None
    """What must not be parted: "text", or a key of `meta` such as "title"; documents that share it stay together. None:
    "text" for kind "mrc", where a text has several questions; else nothing."""
    seed: int = 42


class Subset(Section):
    """A seeded part of the training documents that is trained on; the rest is left alone."""

    size: int = Field(gt=0)
    seed: int = 42


class DataConfig(Section):
    """`[data]`: where the documents are and how their files are read."""

    format: str
    train: Paths
    dev: Paths | None = None
    test: Paths | None = None
    joiner: Literal["", " "] | None = None
    """How the tokens of a column file become text: `""` (Chinese) or `" "`. Needed by column formats, never guessed."""
    discontinuous: Literal["refuse", "envelope", "skip"] = "refuse"
    mentions: Literal["all", "nearest", "first"] = "nearest"
    """Data without offsets: which mentions in the text a triple stands for; docs/data.md says how they are found."""
    layers: int | None = Field(default=None, ge=1)
    """Column files: how many of the last columns are tags; None: as docs/data.md says."""
    outside: list[str] | None = None
    """Column files and uner: labels that count as no entity."""
    holdout: Holdout | None = None
    subset: Subset | None = None
    without: Paths | None = None
    """Files whose texts must not be trained on: a training text that equals one, or is a part of one, is left out."""

    def reading(self) -> dict[str, Any]:
        """The options of `data.readers.read` that a file of this kind is read with."""
        outside = None if self.outside is None else tuple(self.outside)
        return {
            "joiner": self.joiner,
            "discontinuous": self.discontinuous,
            "mentions": self.mentions,
            "layers": self.layers,
            "outside": outside,
        }


class TaskConfig(Section):
    """`[task]`: what is to be found."""

    kind: Literal["ner", "relation", "event", "mrc"] = "ner"
    labels: list[str] | None = None
    """The entity labels, in output order; by default all that the training documents use, sorted."""
    max_width: int | None = Field(default=None, ge=1)
    """The longest entity or argument in tokens; longer gold counts as lost. None: no bound."""
    overlap_policy: Literal["nested", "flat", "longest", "allow"] | None = None
    """What is done where found entities overlap, unless a call says otherwise. None: for kind "ner" "flat" where at
    most one training entity in a thousand overlaps another, else "nested"; "allow" for the other kinds."""
    entities: Literal["typed", "roles"] | None = None
    """Relations: whether entities have the labels of the schema, or are subjects and objects told apart. None: typed,
    but roles for data without offsets."""
    joint: Literal["sum", "minimum"] | None = None
    """Relations: how the four terms of a relation make its score. None: "minimum"."""
    constrained: bool | None = None
    """Relations: whether an end must have a label that stood there in training. None: it need not."""
    trigger: bool | None = None
    """Events: whether a found event needs a trigger, where its label has one. None: it does."""
    best: int | None = Field(default=None, ge=1)
    """Reading comprehension: how many answers are given, the best first. None: 5."""

    threshold: Annotated[
        float | Literal["dev"], _number_or("dev", "a score between 0 and 1", lambda score: 0 <= score < 1)
    ] = "dev"
    """The score from which on the model gives an answer, unless a call says otherwise; "dev": where F1 on the
    development part is highest. 0: kind "mrc" answers always."""

    @field_validator("threshold")
    @classmethod
    def _check_always(cls, value: Any, info: ValidationInfo) -> Any:
        if value == 0 and info.data.get("kind") != "mrc":
            raise PydanticCustomError("always", 'expected a score between 0 and 1; only kind "mrc" takes 0')
        return value

    def options(self) -> dict[str, Any]:
        """What was asked of the task, without what was left to it."""
        return self.model_dump(exclude_none=True, exclude={"kind", "labels", "threshold"})


class ModelConfig(Section):
    """`[model]`: the encoder, the head, and how text becomes tokens."""

    encoder: str = "bilstm"
    head: str = "efficient"
    dim: int | None = Field(default=None, ge=2, multiple_of=2)
    """Size of the vectors that a head compares. None: the head's own, 64 for those of the family."""
    rotary: bool = True
    loss: str | None = None
    """The loss of the scores. None: "joint" for kind "mrc", "multilabel" for the others."""
    loss_options: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of the loss, such as `gamma = 2.0` of "focal"."""
    thresholds: Annotated[float | Literal["learned"] | None, _number_or("learned", "a logit", math.isfinite)] = None
    """The logit above which a cell is found, in training and afterwards; "learned": one for each type, which begins
    where an untrained head finds next to nothing. None: "learned" for heads; whole systems have no such thing."""
    reduction: Literal["mean", "sum"] | None = None
    """How the losses of the types become one: their mean or their sum. None: as the author does, the mean for entities
    and the sum for relations and events."""
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Dropout between encoder and head."""
    pretrained: bool = True
    """Whether a hub name or folder brings its weights; False takes only its shape and starts from random ones."""
    start_from: str | None = None
    """A trained model of the same shape and labels, whose weights and tokenizer training begins with. None: none."""
    tokenizer: str | None = None
    """`"character"`, `"wordpiece"`, a hub name or a folder. None: the encoder's own, or "character" without blanks."""
    lowercase: bool = False
    vocab_size: int = Field(default=30000, ge=16)
    window: int = Field(default=256, ge=1)
    overlap: int = Field(default=64, ge=0)
    truncation: Literal["window", "error", "warn"] = "window"
    encoder_options: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of the encoder's class, such as `hidden = 256`. Of a pretrained one `layers`, how many of its
    first layers are kept, and the names of its configuration."""
    on_top: str | None = None
    """What reads the vectors of the encoder, before the head does: "bilstm" or "question". None: nothing."""
    on_top_options: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of its class, such as `hidden = 256`."""
    head_options: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of the head's class beyond `dim` and `rotary`."""

    @field_validator("loss_options")
    @classmethod
    def _check_negatives(cls, value: dict[str, Any]) -> dict[str, Any]:
        if value.get("negatives") == 0:
            raise PydanticCustomError(
                "negatives", "expected negatives above 0: without any, nothing is learned of pairs that are no answer"
            )
        return value

    @field_validator("encoder_options")
    @classmethod
    def _check_vocabulary(cls, value: dict[str, Any]) -> dict[str, Any]:
        if "vocab_size" in value:
            raise PydanticCustomError(
                "vocabulary", "vocab_size follows from the tokenizer: set model.vocab_size, or leave it out"
            )
        return value


class DistillationConfig(Section):
    """`[distillation]`: a trained model whose finds are soft labels for what the recipe trains. Kind "ner" only."""

    teacher: str
    """Its folder, or a hub name."""
    unlabelled: Paths = []
    """Files of texts that nobody annotated: one a line, or `.jsonl`; the teacher annotates them, too."""
    gold: float = Field(default=0.5, ge=0, le=1)
    """On annotated texts a target is gold · (1 where annotated, else 0) + (1 - gold) · the teacher's."""


class Recipe(Section):
    """A complete run. `[training]` holds transformers.TrainingArguments beside ours; training/fit.py checks it."""

    data: DataConfig
    task: TaskConfig = TaskConfig()
    model: ModelConfig = ModelConfig()
    training: dict[str, Any] = Field(default_factory=dict)
    distillation: DistillationConfig | None = None

    @model_validator(mode="before")
    @classmethod
    def _leave_out_the_usual_loss(cls, plain: Any) -> Any:
        """A recipe that names the loss of its task says what one without says, and is the same recipe."""
        try:
            kind, loss = plain.get("task", {}).get("kind", "ner"), plain["model"]["loss"]
        except (AttributeError, KeyError, TypeError):
            return plain  # nothing is said of it, or nothing that is a recipe
        if loss != usual(kind)["loss"]:
            return plain
        return {**plain, "model": {key: value for key, value in plain["model"].items() if key != "loss"}}

    @property
    def fingerprint(self) -> str:
        """What tells two states of a recipe apart."""
        return hashlib.sha256(self.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:12]

    def to_toml(self) -> str:
        """The recipe as a TOML file that gives the same recipe again."""
        return tomlkit.dumps(self.model_dump(exclude_none=True, exclude_defaults=False))


def usual(kind: str) -> dict[str, str]:
    """What heads take for a kind of task where `[model]` does not say: loss, thresholds and reduction."""
    asks = kind == "mrc"
    return {
        "loss": "joint" if asks else "multilabel",
        "thresholds": "null" if asks else "learned",
        "reduction": "mean" if kind == "ner" else "sum",
    }
