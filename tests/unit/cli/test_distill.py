"""`globalpointer distill`: a student's recipe, with its teacher from the command line or its own."""

import pytest

RECIPE = '[data]\nformat = "cmeee"\ntrain = "t"\ndev = "d"\n'


@pytest.fixture
def student(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "student.toml").write_text(RECIPE, encoding="utf-8")
    return tmp_path / "student.toml"


def test_flags_become_the_distillation_of_the_recipe(cli, fitted, student, tmp_path):
    result = cli(
        "distill", student, "--teacher", "big", "--unlabelled", "a.txt", "--unlabelled", "b.jsonl.gz", "--gold", "0.3",
        "--set", "model.dim=32", "--output", "out",
    )  # fmt: skip
    assert result.code == 0, result.err
    (call,) = fitted
    assert call.recipe.distillation.model_dump() == {
        "teacher": "big",
        "unlabelled": ["a.txt", "b.jsonl.gz"],
        "gold": 0.3,
    }
    assert (call.recipe.model.dim, str(call.output), call.base) == (32, "out", tmp_path)
    assert "On dev the teacher has F1 80.00 and 50.00 % complete documents" in result.out
    assert "the student keeps 125.0 % of that F1" in result.out


def test_a_recipe_may_name_its_teacher(cli, fitted, student):
    student.write_text(RECIPE + '[distillation]\nteacher = "big"\ngold = 0.1\n', encoding="utf-8")
    assert cli("distill", student, "--resume").code == 0
    (call,) = fitted
    assert (call.recipe.distillation.teacher, call.recipe.distillation.gold, call.resume) == ("big", 0.1, True)
    assert str(call.output) == "runs/student"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 1, "there is no teacher: give --teacher"),
        (("--teacher", "x", "--gold", "2"), 2, "--gold"),
        (("--teacher", "x", "--resume", "--overwrite"), 2, "--resume"),
        (("--unlabelled", "x"), 1, "'distillation.teacher' is missing"),
        (("--teacher", "x", "--output", "."), 1, "not empty"),
    ],
)
def test_wrong_usage(cli, fitted, student, words, code, message):
    result = cli("distill", student, *words)
    assert (result.code, not fitted) == (code, True), result.err
    assert message in result.err
