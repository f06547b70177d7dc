"""What passes from teacher to student: soft labels at which the student's loss is at rest with the teacher's logits."""

import gzip
import json
import math

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given

from globalpointer.config import load_recipe
from globalpointer.data.sample import sample
from globalpointer.data.writers import write
from globalpointer.errors import ConfigError, DataError, ModelError
from globalpointer.evaluation import evaluate
from globalpointer.nn import DenseScores, multilabel_crossentropy
from globalpointer.predictor import Predictor
from globalpointer.tasks.thresholds import sigmoid
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document
from globalpointer.training.distill import LEAST, SOFT, Teacher, soft_labels
from globalpointer.training.documents import Corpus
from globalpointer.training.fit import fit
from globalpointer.training.start import start
from models import LABELS, TEXTS, small_predictor

SMALL = {"hidden": 32, "embedding": {"token_dim": 16, "bigram_dim": 8, "bigrams": 1024}}


def gradient(logits: list[list[float]], cells: list[tuple[int, int]], soft: float) -> torch.Tensor:
    """Of the loss of one type, by each score, where the target of `cells` is sigmoid(soft · logit)."""
    values = torch.tensor(logits, dtype=torch.float64)[None, None].requires_grad_()
    scores = DenseScores(values, torch.ones(1, len(logits), dtype=torch.bool))
    rows = torch.tensor([(0, 0, row, col) for row, col in cells]).reshape(-1, 4)
    targets = torch.tensor([sigmoid(soft * logits[row][col]) for row, col in cells], dtype=torch.float64)
    return torch.autograd.grad(multilabel_crossentropy(scores, rows, targets=targets).sum(), values)[0][0, 0]


def upper(size: int) -> list[tuple[int, int]]:
    return [(row, col) for row in range(size) for col in range(row, size)]


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(st.floats(-8, 8), min_size=n, max_size=n), min_size=n, max_size=n)))  # fmt: skip
def test_the_loss_is_at_rest_with_the_teachers_logits(logits):
    assert gradient(logits, upper(len(logits)), SOFT).abs().max() < 1e-9


def test_one_positive_rests_at_twice_the_logit_and_not_at_once():
    logits = [[3.0, -5.0], [-5.0, -5.0]]
    assert gradient(logits, upper(2), SOFT).abs().max() < 1e-12
    assert gradient(logits, upper(2), 1.0).abs().max() > 1e-2


def test_what_is_left_out_pulls_no_harder_than_a_certain_negative():
    """A cell below LEAST has the gradient e^s / (1 + Σ e^s) of a plain negative; the others stay where they are."""
    logits = [[3.0, LEAST - 1], [LEAST - 2, LEAST - 1]]
    left = gradient(logits, [(0, 0)], SOFT)
    assert 0 < left[0, 1] < math.exp(LEAST - 1)
    assert left[0, 0].abs() < math.exp(LEAST)


def entities(text: str, *found: tuple[str, int, int, float | None]) -> Document:
    plain = Document(text)
    return Document(text, tuple(plain.entity(label, start, end, score=score) for label, start, end, score in found))


@pytest.mark.parametrize(
    ("gold", "both", "missed", "new"), [(0.0, 0.8, None, 0.4), (0.5, 0.9, 0.5, 0.2), (1.0, 1.0, 1.0, None)]
)
def test_gold_and_teacher_are_mixed(gold, both, missed, new):
    document = entities("Ann in Oslo", ("PER", 0, 3, None), ("LOC", 7, 11, None))
    finds = entities("Ann in Oslo", ("PER", 0, 3, 0.8), ("ORG", 7, 11, 0.4)).entities
    made = {each.label: each.score for each in soft_labels(document, finds, gold).entities}
    assert made == pytest.approx({k: v for k, v in {"PER": both, "LOC": missed, "ORG": new}.items() if v is not None})


def test_a_text_without_gold_has_the_teachers_labels_alone():
    finds = entities("Ann", ("PER", 0, 3, 0.8)).entities
    assert [each.score for each in soft_labels(Document("Ann"), finds, 0.5).entities] == [0.8]
    assert [each.score for each in soft_labels(Document("Ann", ()), finds, 0.5).entities] == [0.4]
    assert soft_labels(Document("Ann"), entities("Ann", ("PER", 0, 3, 1e-4)).entities, 0.5).entities == ()


@pytest.mark.parametrize("slope", [0.5, 1.0, 3.0])
def test_targets_are_those_of_the_logits_whatever_the_slope(slope):
    """The teacher's scores are sigmoid(a · logit) with a fitted a; its targets are not."""
    predictor = small_predictor(slope=slope)
    text = TEXTS[0]
    (made,) = Teacher(predictor, 0.5).annotate([Document(text)])
    logits = predictor.logits(text)[1]["entity"]
    expected = {
        (LABELS[kind], row, col + 1): sigmoid(2 * logits[kind, row, col].item())
        for kind, row, col in (logits > LEAST).nonzero().tolist()
    }
    kept = {(each.label, each.start, each.end): each.score for each in made.entities}
    assert len(kept) == min(len(expected), predictor.limit)
    assert all(math.isclose(score, expected[place], rel_tol=1e-4) for place, score in kept.items())


def test_what_relations_join_may_be_no_soft_label():
    document = sample("train", "en")[0]
    assert document.relations
    (made,) = Teacher(small_predictor(), 0.0).annotate([document])
    assert (made.text, made.id, made.relations) == (document.text, document.id, None)


def test_labels_must_be_the_same():
    teacher = Teacher(small_predictor(), 0.5)
    teacher.check(Schema(("PER", "LOC", "ORG")))
    with pytest.raises(ConfigError, match=r"teacher does not know 'GPE'; the student does not know 'LOC', 'ORG'"):
        teacher.check(Schema(("PER", "GPE")))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    paths = {}
    for part in ("train", "test"):
        paths[part] = str(folder / f"{part}.jsonl")
        write([*sample(part, "zh")[:60], *sample(part, "en")[:60]], paths[part], "jsonl")
    return paths


def recipe_of(files, teacher, *, model=None, task=None, training=None, **distillation):
    return load_recipe(
        None,
        data={"format": "jsonl", "train": files["train"], "dev": files["test"], "test": files["test"]},
        model={"encoder": "bilstm", "tokenizer": "character", "encoder_options": SMALL, **(model or {})},
        task=task or {},
        training={"num_train_epochs": 1, "use_cpu": True, **(training or {})},
        distillation={"teacher": str(teacher), **distillation},
    )


NOTHING = Corpus([], [], None)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"task": {"kind": "relation"}}, r'knows task.kind "ner" alone.*\'relation\''),
        ({"model": {"head": "casrel"}}, "'casrel' learns from no soft labels; expected model.head = one of"),
        ({"model": {"loss": "binary"}}, "model.loss = \"multilabel\", found 'binary'"),
    ],
)
def test_a_student_that_cannot_learn_so_is_refused(files, changed, said):
    with pytest.raises(ConfigError, match=said):
        Teacher.of(recipe_of(files, "absent", **changed), NOTHING)


def test_a_teacher_that_cannot_teach_is_refused(files, tmp_path):
    with pytest.raises(ModelError, match=r"distillation.teacher: .*not a model folder"):
        Teacher.of(recipe_of(files, tmp_path), NOTHING)
    with pytest.raises(ModelError, match=r"distillation.teacher: .*absent: no such file"):
        Teacher.of(recipe_of(files, tmp_path / "absent"), NOTHING)
    relations = recipe_of(files, tmp_path, task={"kind": "relation"})
    start(relations, sample("train", "zh")).save_pretrained(tmp_path / "relations")
    with pytest.raises(ConfigError, match=r'expected a model of kind "ner".*found \'relation\''):
        Teacher.of(recipe_of(files, tmp_path / "relations"), NOTHING)
    start(recipe_of(files, tmp_path, model={"head": "softmax"}), sample("train", "zh")).save_pretrained(
        tmp_path / "tags"
    )
    with pytest.raises(ConfigError, match=r"found 'ner' with 'softmax', which scores no pairs, in"):
        Teacher.of(recipe_of(files, tmp_path / "tags"), NOTHING)


def test_unlabelled_texts_come_as_lines_or_jsonl_and_those_of_the_corpus_are_left_out(files, sample_model, tmp_path):
    plain, zipped, empty = tmp_path / "a.txt", tmp_path / "b.jsonl.gz", tmp_path / "c.txt"
    plain.write_text("Ann sings.\n\nBob stays.\n", encoding="utf-8")
    with gzip.open(zipped, "wt", encoding="utf-8") as file:
        file.write(json.dumps({"text": "Eve leaves.", "entities": [{"start": 0, "end": 99, "label": "X"}]}) + "\n")
    empty.write_text("\n \n", encoding="utf-8")
    corpus = Corpus([Document("Bob stays.", ())], [], None)
    teacher = Teacher.of(recipe_of(files, sample_model, unlabelled=[str(plain), str(zipped)]), corpus)
    assert [(each.text, each.entities) for each in teacher.unlabelled] == [("Ann sings.", None), ("Eve leaves.", None)]
    assert teacher.notes == [
        "2 unlabelled texts annotated by the teacher",
        "1 unlabelled text left out: equal to a text of the corpus, or a part of one",
    ]
    (tmp_path / "d.json").write_text('[{"text": "Ann"}]')
    with pytest.raises(DataError, match=r"d\.json: expected one text a line, or JSON lines in a file that ends"):
        Teacher.of(recipe_of(files, sample_model, unlabelled=str(tmp_path / "d.json")), corpus)
    (tmp_path / "e.JSONL").write_bytes(gzip.decompress(zipped.read_bytes()))
    (document,) = Teacher.of(recipe_of(files, sample_model, unlabelled=str(tmp_path / "e.JSONL")), corpus).unlabelled
    assert document.text == "Eve leaves."
    (tmp_path / "f.txt").write_bytes((tmp_path / "e.JSONL").read_bytes())
    with pytest.raises(DataError, match=r"f\.txt:1: expected one text a line, found JSON lines"):
        Teacher.of(recipe_of(files, sample_model, unlabelled=str(tmp_path / "f.txt")), corpus)
    with pytest.raises(DataError, match=r"c.txt: no text in it"):
        Teacher.of(recipe_of(files, sample_model, unlabelled=str(empty)), corpus)
    with pytest.raises(DataError, match="no such file"):
        Teacher.of(recipe_of(files, sample_model, unlabelled="absent.txt"), corpus)


@pytest.fixture(scope="module")
def distilled(files, sample_model, tmp_path_factory):
    """A student of few labelled texts and many others."""
    folder = tmp_path_factory.mktemp("distilled")
    others = [*sample("train", "zh")[60:], *sample("train", "en")[60:]]
    write([Document(each.text) for each in others], str(folder / "more.jsonl"), "jsonl")
    encoder = {"hidden": 64, "dropout": 0.1, "embedding": {"token_dim": 32, "bigram_dim": 16, "bigrams": 4096}}
    recipe = recipe_of(
        files,
        sample_model,
        model={"reduction": "sum", "dropout": 0.0, "encoder_options": encoder},
        training={"num_train_epochs": 6, "learning_rate": 1e-2, "per_device_train_batch_size": 16, "ema": 0.99},
        unlabelled=str(folder / "more.jsonl"),
    )
    return recipe, fit(recipe, folder / "student")


def test_a_student_learns_and_its_card_names_the_teacher(distilled, files, sample_model):
    _, result = distilled
    assert result.test.f1 > 0.4
    taught = Predictor.from_pretrained(sample_model)
    test = [*sample("test", "zh")[:60], *sample("test", "en")[:60]]
    expected = evaluate(test, taught.predict([each.text for each in test]))
    assert result.teacher["test"]["f1"] == pytest.approx(expected.f1)
    assert result.teacher["test"]["document_accuracy"] == pytest.approx(expected.document_accuracy)
    card = (result.folder / "README.md").read_text(encoding="utf-8")
    assert f"distilled from `{sample_model}`" in card
    assert f"{100 * result.test.f1 / expected.f1:.1f} % on test" in card
    assert f"| its teacher on test | {expected.f1:.4f} |" in card


def test_a_finished_student_is_read_back_and_another_teacher_is_another_run(distilled):
    recipe, result = distilled
    assert fit(recipe, result.folder, resume=True).teacher == result.teacher
    with pytest.raises(ConfigError, match=r"another recipe \(distillation\.gold was 0\.5, is 0\.1\)"):
        fit(load_recipe(result.folder / "recipe.toml", ["distillation.gold=0.1"]), result.folder, resume=True)


def test_a_teacher_without_a_say_is_refused(files, sample_model, tmp_path):
    with pytest.raises(ConfigError, match=r"distillation\.gold = 1 leaves annotated texts to their labels"):
        fit(recipe_of(files, sample_model, gold=1.0), tmp_path / "out")
    known = tmp_path / "known.txt"
    known.write_text(sample("train", "en")[0].text + "\n", encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"no unlabelled ones but 1 text of the corpus: the teacher would have no say"
    ):
        fit(recipe_of(files, sample_model, gold=1.0, unlabelled=str(known)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_other_labels_are_refused_before_the_folder_is_made(files, sample_model, tmp_path):
    document = Document("Ann", (Document("Ann").entity("WHO", 0, 3),))
    write([document], str(tmp_path / "other.jsonl"), "jsonl")
    other = {**files, "train": str(tmp_path / "other.jsonl")}
    with pytest.raises(ConfigError, match="the teacher does not know 'WHO'"):
        fit(recipe_of(other, sample_model), tmp_path / "out")
    assert not (tmp_path / "out").exists()
