"""Any encoder of transformers: the only door to its models."""

import contextlib
import copy
import os
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.utils import logging

from globalpointer.errors import ModelError
from globalpointer.nn.encoders.minilm import MINILM, minilm_folder

# A pooler makes one vector of a text; nothing here reads it.
_POOLER = "pooler"


class HuggingFaceEncoder(nn.Module):
    """A transformers model as an encoder: token ids to its last hidden states.

    `max_tokens`: the longest sequence, special tokens included, that its positions allow; None: no bound. Weights are
    float32 whatever the checkpoint holds. Of an encoder-decoder only the encoder is kept.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        config = model.config.get_text_config()
        self.model = _without_pooler(model.get_encoder() if config.is_encoder_decoder else model)
        self.hidden = int(config.hidden_size)
        self.max_tokens = _position_limit(self.model, config)

    @classmethod
    def from_pretrained(cls, name: str | os.PathLike[str], *, weights: bool = True) -> "HuggingFaceEncoder":
        """The model of a hub name, of a folder or of "minilm"; `weights=False` takes its shape alone, untrained.

        Raises ModelError where there is none, or where its weights are not all there.
        """
        place = minilm_folder() if name == MINILM else name
        with quietly(), _explained(name):
            if not weights:
                return cls.from_config(AutoConfig.from_pretrained(place))
            model, loading = AutoModel.from_pretrained(place, dtype=torch.float32, output_loading_info=True)
        absent = sorted(key for key in loading["missing_keys"] if _POOLER not in key.split("."))
        absent += sorted(str(key) for key in loading["mismatched_keys"])
        if absent:
            raise ModelError(
                f"the checkpoint in {str(name)!r} lacks {len(absent)} weights of the encoder, among them "
                f"{', '.join(absent[:3])}; is it the checkpoint of another kind of model?"
            )
        return cls(model)

    @classmethod
    def from_config(cls, config: PreTrainedConfig | Mapping[str, Any]) -> "HuggingFaceEncoder":
        """An untrained model of this shape: a configuration, or a `description()`."""
        if isinstance(config, PreTrainedConfig):
            own = copy.deepcopy(config)
        elif "model_type" not in config:
            raise ModelError(f"the configuration of an encoder needs a model_type; it has {', '.join(sorted(config))}")
        else:
            plain = dict(config)
            own = AutoConfig.for_model(plain.pop("model_type"), **plain)
        return cls(AutoModel.from_config(own, dtype=torch.float32))  # type: ignore[no-untyped-call]

    @classmethod
    def small(
        cls,
        vocab_size: int,
        *,
        hidden: int = 256,
        layers: int = 4,
        heads: int = 4,
        feedforward: int = 1024,
        dropout: float = 0.1,
        max_tokens: int = 512,
    ) -> "HuggingFaceEncoder":
        """An untrained BERT of small size: the encoder "transformer"."""
        sizes = _sizes(vocab_size, hidden, layers, heads, feedforward, dropout, max_tokens)
        return cls.from_config({"model_type": "bert", **sizes})

    @classmethod
    def albert(
        cls,
        vocab_size: int,
        *,
        embedding: int = 128,
        hidden: int = 256,
        layers: int = 4,
        heads: int = 4,
        feedforward: int = 1024,
        dropout: float = 0.1,
        max_tokens: int = 512,
    ) -> "HuggingFaceEncoder":
        """An untrained ALBERT of small size: one layer, run `layers` times, over embeddings of their own size."""
        sizes = _sizes(vocab_size, hidden, layers, heads, feedforward, dropout, max_tokens)
        return cls.from_config({"model_type": "albert", "embedding_size": embedding, **sizes})

    def first_layers(self, layers: int) -> "HuggingFaceEncoder":
        """An encoder of the first `layers` layers, with the weights they have here.

        Raises ModelError where there are fewer, or where the configuration does not say how many there are.
        """
        config = copy.deepcopy(self.model.config)
        try:
            known = config.num_hidden_layers
            config.num_hidden_layers = layers
        except (AttributeError, NotImplementedError):
            raise ModelError(f"a {config.model_type} model has no plain row of layers: none can be left out") from None
        if not 1 <= layers <= known:
            raise ModelError(f"the model has {known} layers; choose layers from 1 to {known}, not {layers}")
        if getattr(config, "layer_types", None) is not None:
            config.layer_types = config.layer_types[:layers]
        fewer = HuggingFaceEncoder.from_config(config)
        every = self.state_dict()
        fewer.load_state_dict({name: every[name] for name in fewer.state_dict()})
        return fewer

    def description(self) -> dict[str, Any]:
        """The shape as JSON, from which `from_config` makes an untrained twin."""
        plain: dict[str, Any] = self.model.config.to_dict()
        return plain

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], attention: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens hidden"]:
        """The last hidden states; unspecified, but finite, for padding."""
        output = self.model(input_ids=tokens, attention_mask=attention.long())
        states: Tensor = output.last_hidden_state
        return states


def _sizes(
    vocab_size: int, hidden: int, layers: int, heads: int, feedforward: int, dropout: float, max_tokens: int
) -> dict[str, float]:
    """The sizes of a transformer by the names that BERT and its kin have for them."""
    return {
        "vocab_size": vocab_size,
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": feedforward,
        "hidden_dropout_prob": dropout,
        "attention_probs_dropout_prob": dropout,
        "max_position_embeddings": max_tokens,
        "type_vocab_size": 1,
    }


def _without_pooler(model: Any) -> Any:
    """A pooler would be trained by nobody, and several devices stumble over parameters without a gradient."""
    if getattr(model, _POOLER, None) is not None:
        model.pooler = None
    return model


def _position_limit(model: nn.Module, config: PreTrainedConfig) -> int | None:
    """How many positions there are: a table of them says so itself, else the configuration does."""
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            # RoBERTa and its kin count from behind their padding id.
            return module.num_embeddings - (0 if module.padding_idx is None else module.padding_idx + 1)
    limit = getattr(config, "max_position_embeddings", None)
    return int(limit) if limit and limit > 0 else None


@contextlib.contextmanager
def _explained(name: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ModelError(
            f"no model found in {str(name)!r}: expected the name of a model on the Hugging Face hub, or a folder with "
            f"config.json and model.safetensors. {error}"
        ) from None


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Without transformers' load report and progress bar: what matters in them is raised by us."""
    verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bar:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
