"""What does not fit is told before anything is trained, for all systems at once."""

import pytest

from globalpointer.comparison import compare, make_plan
from globalpointer.comparison.trial import FIRST, covering, remarks
from globalpointer.config import load_recipe
from globalpointer.data.sample import sample
from globalpointer.errors import ConfigError
from globalpointer.text.schema import Schema
from globalpointer.text.spans import Document
from models import small_predictor

WRONG = {
    "relational": (["model.head=tplinker"], "made for task.kind = 'relation' and finds nothing of kind"),
    "mistyped": (["model.head_options.sclae=true"], "has no option 'sclae'"),
    "steps": (["training.learning_rate=-1.0"], "training.learning_rate"),
    "apart": (["model.head=crf", "training.rdrop=1.0"], "training.rdrop compares scores, and 'crf' has none"),
    "warm": (["training.warm_epochs=1"], "training.warm_epochs is for heads under model.loss"),
    "long": (["model.encoder=transformer", "model.encoder_options={}", "model.window=600"], "a window of at most 512"),
    "labels": (["task.labels=['PER']"], "task.labels does not cover the training documents"),
    "lost": (["model.encoder=./models/none"], "there is no folder './models/none'"),
}


def test_all_that_do_not_fit_are_told_and_nothing_is_run(recipe, tmp_path, quiet):
    plain = recipe.read_text().replace("dim = 16\n", "").replace('reduction = "sum"\n', "")
    recipe.write_text(plain)
    for name, (overrides, _) in WRONG.items():
        (tmp_path / f"{name}.toml").write_text(load_recipe(recipe, overrides).to_toml())
    with pytest.raises(ConfigError) as caught:
        compare(make_plan([tmp_path]), tmp_path / "out", console=quiet)
    first, *told = str(caught.value).splitlines()
    assert first == "8 of 9 systems do not fit, and nothing was trained:"
    said = dict(line.strip().split(": ", 1) for line in told)
    assert sorted(said) == sorted(WRONG)
    for name, (_, expected) in WRONG.items():
        assert expected in said[name]
    assert not (tmp_path / "out").exists()


def test_a_teacher_that_does_not_fit_is_told(recipe, tmp_path, quiet):
    small_predictor().save_pretrained(tmp_path / "teacher")
    plan = make_plan([recipe], overrides=[f"distillation.teacher={tmp_path / 'teacher'}"])
    with pytest.raises(ConfigError, match=r"1 of 1 systems does not fit(.|\n)*teacher and student must have the same"):
        compare(plan, tmp_path / "out", console=quiet)


def test_texts_for_a_teacher_are_read_before_anything_is_trained(recipe, tmp_path, quiet):
    small_predictor().save_pretrained(tmp_path / "teacher")
    taught = f"""
[distillation]
teacher = "{tmp_path / "teacher"}"
unlabelled = ["nope.txt"]
"""
    (tmp_path / "taught.toml").write_text(recipe.read_text() + taught)
    with pytest.raises(ConfigError, match=r"1 of 2 systems does not fit(.|\n)*taught: nope\.txt: no such file"):
        compare(make_plan([recipe, tmp_path / "taught.toml"]), tmp_path / "out", console=quiet)
    assert not (tmp_path / "out").exists()


def test_an_older_comparison_is_not_removed_for_one_that_does_not_fit(recipe, tmp_path, quiet):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "rows.jsonl").touch()
    plan = make_plan([recipe], heads=["efficient", "casrel"])
    with pytest.raises(ConfigError, match=r"casrel: 'casrel' is made for task\.kind = 'relation'"):
        compare(plan, tmp_path / "out", overwrite=True, console=quiet)
    assert (tmp_path / "out" / "rows.jsonl").exists()


def test_few_documents_have_all_the_labels():
    documents = sample("train", "en")
    few = list(covering(documents))
    assert FIRST <= len(few) < len(documents) / 2
    every, some = Schema.of(documents), Schema.of(few)
    assert (some.entities, some.events) == (every.entities, every.events)
    assert {label: set(ends) for label, ends in some.relations.items()} == {
        label: set(ends) for label, ends in every.relations.items()
    }


def test_nested_entities_are_told_where_a_token_has_one_tag(recipe):
    plan = make_plan([recipe], heads=["efficient", "crf", "softmax"])
    plain = Document("Oslo University")
    both = Document(plain.text, (plain.entity("ORG", 0, 15), plain.entity("LOC", 0, 4)))
    flat = Document(plain.text, (plain.entity("LOC", 0, 4), plain.entity("ORG", 5, 15)))
    (told,) = remarks(plan.systems, [both, flat])
    assert told.startswith(
        "crf, softmax: a token has one tag, and 2 of 4 entities of the training part overlap another"
    )
    assert remarks(plan.systems, [flat]) == []
    assert remarks(plan.systems[:1], [both]) == []
