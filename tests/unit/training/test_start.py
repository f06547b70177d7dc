"""What training begins with, and names that are only misspelt."""

import pytest
import torch

from globalpointer.config import load_recipe
from globalpointer.data.tokenizers import learn_tokenizer, save_tokenizer
from globalpointer.errors import ConfigError, ModelError
from globalpointer.nn.encoders.huggingface import HuggingFaceEncoder
from globalpointer.predictor import Predictor
from globalpointer.text.spans import Document
from globalpointer.training.arguments import PRETRAINED, parse
from globalpointer.training.start import start
from globalpointer.training.trainer import ExtractionTrainer

TEXT = Document("李雷在上海工作。")
DOCUMENTS = [Document(TEXT.text, (TEXT.entity("PER", 0, 2), TEXT.entity("LOC", 3, 5)))]


def recipe(*overrides):
    return load_recipe(None, overrides, data={"format": "jsonl", "train": "x"})


def test_labels_are_sorted_unless_they_are_given():
    assert start(recipe(), DOCUMENTS).schema.entities == ("LOC", "PER")
    assert start(recipe('task.labels=["PER", "ORG", "LOC"]'), DOCUMENTS).schema.entities == ("PER", "ORG", "LOC")
    with pytest.raises(ConfigError, match="'LOC' is not in the schema"):
        start(recipe('task.labels=["PER"]'), DOCUMENTS)


@pytest.mark.parametrize("encoder", ["bilstm", "idcnn", "textcnn", "transformer", "albert"])
def test_every_encoder_from_scratch_extracts(encoder):
    assert start(recipe(f"model.encoder={encoder}"), DOCUMENTS).find([TEXT.text], threshold=1e9)[0].cells == {
        "entity": {}
    }


def test_the_bigrams_of_the_training_texts_are_known():
    twice = start(recipe(), DOCUMENTS * 2).model.extractor.encoder.embedding
    assert int((twice.keys < twice.keys.max()).sum()) >= len(TEXT.text) - 1


def test_a_misspelt_encoder_is_not_looked_for_on_the_hub():
    with pytest.raises(ConfigError, match="unknown encoder 'bilstmm' \\(nearest: 'bilstm'\\)"):
        start(recipe("model.encoder=bilstmm"), DOCUMENTS)


def test_the_window_must_fit_the_encoder():
    with pytest.raises(ConfigError, match="choose a window of at most 512"):
        start(recipe("model.encoder=transformer", "model.window=600"), DOCUMENTS)


@pytest.mark.parametrize("head", ["efficient", "global_pointer", "biaffine"])
def test_every_head_extracts(head):
    assert start(recipe(f"model.head={head}"), DOCUMENTS).find([TEXT.text], threshold=1e9)[0].cells == {"entity": {}}


@pytest.fixture
def pretrained(tmp_path):
    """A folder with a small pretrained encoder, which stands for any on the hub."""
    encoder = HuggingFaceEncoder.small(60, hidden=16, layers=3, heads=2, feedforward=32, max_tokens=300)
    encoder.model.save_pretrained(tmp_path / "encoder")
    save_tokenizer(learn_tokenizer([TEXT.text], "character"), tmp_path / "encoder")
    return encoder, f"model.encoder={tmp_path / 'encoder'}"


ENCODERS = ["albert", "first layers", "bilstm on top", "bilstm on the first layers"]


@pytest.mark.parametrize("name", ENCODERS)
def test_every_form_of_encoder_is_saved_and_comes_back(name, pretrained, tmp_path):
    overrides = ["model.encoder=albert"] if name == "albert" else [pretrained[1]]
    overrides += ["model.encoder_options={layers=2}"] if "first layers" in name else []
    overrides += ["model.on_top=bilstm", "model.on_top_options={hidden=8}"] if "bilstm" in name else []
    made = start(recipe(*overrides), DOCUMENTS)
    made.model.eval()
    made.save_pretrained(tmp_path / "model")
    again = Predictor.from_pretrained(tmp_path / "model", device="cpu")
    assert torch.equal(again.logits(TEXT.text)[1]["entity"], made.logits(TEXT.text)[1]["entity"])
    assert again.predict([TEXT.text], threshold=0.4) == made.predict([TEXT.text], threshold=0.4)


def test_the_pretrained_weights_of_the_first_layers_are_taken(pretrained):
    encoder, folder = pretrained
    made = start(recipe(folder, "model.encoder_options={layers=2}", "model.on_top=bilstm"), DOCUMENTS)
    taken = made.model.extractor.encoder.encoder.state_dict()
    assert all(weight.equal(encoder.state_dict()[name]) for name, weight in taken.items())
    assert {name.split(".")[3] for name in taken if "encoder.layer" in name} == {"0", "1"}


@pytest.mark.parametrize("on_top", [[], ["model.on_top=bilstm", "model.on_top_options={hidden=8}"]])
def test_a_student_begins_with_the_encoder_that_its_teacher_fine_tuned(pretrained, tmp_path, on_top):
    teacher = start(recipe(pretrained[1], *on_top), DOCUMENTS)
    tuned = teacher.model.extractor.encoder.get_submodule("encoder" if on_top else "")
    with torch.no_grad():
        for weight in tuned.parameters():
            weight.add_(1.0)
    teacher.save_pretrained(tmp_path / "teacher")
    folder = f"model.encoder={tmp_path / 'teacher'}"
    student = start(recipe(folder, "model.encoder_options={layers=2}", "model.head=global_pointer"), DOCUMENTS)
    taken = student.model.extractor.encoder.state_dict()
    assert taken
    assert all(weight.equal(tuned.state_dict()[name]) for name, weight in taken.items())
    assert student.tokenizer.tokenize(TEXT.text) == teacher.tokenizer.tokenize(TEXT.text)
    shape = start(recipe(folder, "model.pretrained=false"), DOCUMENTS).model.extractor.encoder.state_dict()
    assert shape.keys() == tuned.state_dict().keys()
    assert not all(weight.equal(tuned.state_dict()[name]) for name, weight in shape.items())


def test_an_encoder_from_scratch_is_not_taken_from_a_model(tmp_path):
    start(recipe(), DOCUMENTS).save_pretrained(tmp_path)
    with pytest.raises(ConfigError, match="encoder of transformers, found BiLstmEncoder"):
        start(recipe(f"model.encoder={tmp_path}"), DOCUMENTS)


@pytest.mark.parametrize(
    ("override", "error", "said"),
    [
        ("model.encoder_options={layers=4}", ModelError, "has 3 layers; choose layers from 1 to 3, not 4"),
        ("model.encoder_options={layers='2'}", ConfigError, "must be a whole number, not '2'"),
        ("model.encoder_options={layer=2}", ConfigError, r"has no option 'layer' \(nearest: 'layers'\)"),
        ("model.encoder_options={hidden_size=32}", ConfigError, "change the shape of the encoder"),
        ("model.on_top=bilstmm", ConfigError, r"unknown on_top 'bilstmm' \(nearest: 'bilstm'\)"),
        ("model.on_top_options={hidden=8}", ConfigError, "nothing is on top"),
        ("model.on_top=question", ConfigError, "reads the question of kind \"mrc\", and task.kind is 'ner'"),
    ],
)
def test_a_mistake_about_a_pretrained_encoder_is_named(pretrained, override, error, said):
    with pytest.raises(error, match=said):
        start(recipe(pretrained[1], override), DOCUMENTS)


def test_what_is_on_top_learns_at_the_rate_of_the_head(pretrained, tmp_path):
    made = start(recipe(pretrained[1], "model.on_top=bilstm", "model.thresholds=learned"), DOCUMENTS)
    arguments, settings = parse({"weight_decay": 0.1}, tmp_path, suited=PRETRAINED)
    trainer = ExtractionTrainer(
        made.model, arguments, settings, examples=[], collator=list, judge=dict, keep=lambda: None, callbacks=[]
    )
    rates = {id(weight): group["lr"] for group in trainer.create_optimizer().param_groups for weight in group["params"]}
    undecayed = {
        id(each) for group in trainer.optimizer.param_groups if not group["weight_decay"] for each in group["params"]
    }
    extractor = made.model.extractor
    assert {rates[id(weight)] for weight in extractor.encoder.encoder.parameters()} == {3e-5}
    assert {rates[id(weight)] for weight in extractor.encoder.on_top.parameters()} == {1e-3}
    assert {rates[id(weight)] for weight in extractor.heads.parameters()} == {1e-3}
    assert id(extractor.heads["entity"].bias) in undecayed


@pytest.mark.parametrize(
    ("head", "key"),
    [("crf", "dim=32"), ("softmax", "rotary=false"), ("pointer", "thresholds=0.0"), ("biaffine", "rotary=false")],
)
def test_what_a_head_has_no_use_for_is_refused(head, key):
    with pytest.raises(ConfigError, match=f"'{head}' has no use for model.{key.partition('=')[0]}"):
        start(recipe(f"model.head={head}", f"model.{key}"), DOCUMENTS)


@pytest.mark.parametrize(("said", "policy"), [((), "flat"), (("task.overlap_policy=nested",), "nested")])
def test_what_is_found_overlaps_only_where_training_does(said, policy):
    nested = Document(TEXT.text, (TEXT.entity("PER", 0, 2), TEXT.entity("LOC", 0, 5)))
    assert start(recipe(*said), DOCUMENTS).overlap_policy == policy
    assert start(recipe(*said), [*DOCUMENTS, nested]).overlap_policy == "nested"


def test_a_nested_model_goes_on_with_flat_data(tmp_path):
    start(recipe("task.overlap_policy=nested"), DOCUMENTS).save_pretrained(tmp_path / "nested")
    assert start(recipe(f"model.start_from={tmp_path / 'nested'}"), DOCUMENTS).overlap_policy == "flat"
