"""The road of the README through the real commands: check, train, resume, evaluate, predict, convert, demo."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from globalpointer.text.spans import Document, Entity, Span

SMALL = (
    "--set", "model.encoder_options={hidden=32,embedding={token_dim=24,bigram_dim=8,bigrams=1024}}", "--set",
    "model.dim=16", "--set", "model.reduction=sum", "--set", "training.learning_rate=1e-2",
)  # fmt: skip


@pytest.fixture(scope="module")
def data(sample_model):
    return sample_model.parent / "data"


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


def as_document(row):
    entities = row["entities"]
    return Document(
        row["text"], tuple(Entity(each["label"], Span(each["start"], each["end"]), each["text"]) for each in entities)
    )


@pytest.mark.filterwarnings("ignore::globalpointer.errors.LimitWarning")
def test_the_road_of_the_readme(cli, data, tmp_path):
    model = tmp_path / "runs" / "mine"
    files = ("--train", data / "train.jsonl", "--dev", data / "dev.jsonl")
    flags = ("--task", "ner", "--format", "jsonl", *files, "--encoder", "bilstm", "--head", "efficient")
    trained = cli("train", *flags, "--epochs", "2", "--output", model, *SMALL)
    assert trained.code == 0, trained.err
    kept = {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "recipe.toml",
        "report.json",
        "history.jsonl",
        "README.md",
    }
    assert kept <= set(os.listdir(model))
    assert not [name for name in os.listdir(model) if name.endswith((".bin", ".pt", ".pkl"))]

    # the next commands that training tells are run as they are told
    told = re.findall(r"^  globalpointer (.*)$", trained.out, re.MULTILINE)
    assert [line.split()[0] for line in told] == ["evaluate", "predict"]
    again = cli("train", *flags, "--epochs", "2", "--output", model, *SMALL)
    assert again.code == 1
    assert "--resume" in again.err

    resumed = cli("train", "--output", model, "--resume")  # a finished run is read back
    assert resumed.code == 0, resumed.err

    scored = cli("evaluate", model, data / "dev.jsonl", "--json", "-", "--html", tmp_path / "errors.html")
    assert scored.code == 0, scored.err
    report = json.loads((model / "report.json").read_text(encoding="utf-8"))
    assert json.loads(scored.out)["f1"] == pytest.approx(report["dev"]["f1"], abs=1e-9)
    assert (tmp_path / "errors.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_evaluate_and_predict_agree(cli, sample_model, data, tmp_path):
    packed = tmp_path / "dev.jsonl.gz"
    packed.write_bytes(gzip.compress((data / "dev.jsonl").read_bytes()))
    scored = cli("evaluate", sample_model, packed, "--json", tmp_path / "scores.json")
    assert scored.code == 0, scored.err
    numbers = json.loads((tmp_path / "scores.json").read_text())
    assert 0.5 < numbers["f1"] <= 1
    assert {"precision", "recall", "labels", "slices", "relaxed", "calibration_error"} <= numbers.keys()

    found = cli("predict", sample_model, packed, "--html", tmp_path / "found.html")
    assert found.code == 0, found.err
    gold = [as_document(row) for row in rows((data / "dev.jsonl").read_text(encoding="utf-8"))]
    answers = [as_document(row) for row in rows(found.out)]
    assert [each.text for each in answers] == [each.text for each in gold]
    right = sum(len(set(one.entities) & set(two.entities)) for one, two in zip(gold, answers, strict=True))
    assert numbers["precision"] == pytest.approx(right / sum(len(each.entities) for each in answers))
    scores = [entity["score"] for row in rows(found.out) for entity in row["entities"]]
    assert all(numbers["threshold"] <= score <= 1 for score in scores)


def test_thresholds_and_policies(cli, sample_model, data):
    def count(*options):
        return sum(len(row["entities"]) for row in rows(cli("predict", sample_model, data / "dev.jsonl", *options).out))

    assert count("--threshold", "0.99") < count() < count("--threshold", "0.02")
    assert count("--overlap-policy", "flat") < count()
    assert count("--threshold", "PER=0.999999") < count()


def test_text_lines_through_a_real_pipe(sample_model):
    lines = "李雷在上海的蓝湖科技担任算法工程师。\n\n   \nAnn 😀 sings.\r\n"
    result = subprocess.run(
        [sys.executable, "-m", "globalpointer", "predict", sample_model, "-"],
        input=lines.encode(), capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert [row["text"] for row in rows(result.stdout.decode())] == lines.replace("\r", "").split("\n")[:-1]
    for row in rows(result.stdout.decode()):
        assert all(row["text"][each["start"] : each["end"]] == each["text"] for each in row["entities"])


def test_check_and_convert(cli, sample_model, data, tmp_path):
    checked = cli(
        "check", data / "train.jsonl", data / "dev.jsonl", "--model", sample_model, "--json", tmp_path / "c.json"
    )
    assert checked.code == 0, checked.out + checked.err
    facts = json.loads((tmp_path / "c.json").read_text())["files"]
    assert facts[0]["tokens"]["misaligned"] == 0
    assert facts[0]["nested"] > 0
    words = ("convert", data / "dev.jsonl", tmp_path / "dev.cmeee.gz", "--format", "jsonl", "--to", "cmeee")
    assert "cmeee holds entities only" in cli(*words).err
    assert cli(*words, "--drop-links").code == 0
    scores = [
        json.loads(cli("evaluate", sample_model, *words, "--json", "-").out)["f1"]
        for words in ([data / "dev.jsonl"], [tmp_path / "dev.cmeee.gz", "--format", "cmeee"])
    ]
    assert scores[0] == scores[1]


def test_two_models_are_compared(cli, sample_model, data):
    result = cli("evaluate", sample_model, data / "dev.jsonl", "--against", sample_model, "--json", "-")
    assert json.loads(result.out)["against"]["difference"] == 0


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "least"), [("ner", 0.7), ("relation", 0.5), ("event", 0.7), ("mrc", 0.7)])
def test_the_demo(cli, tmp_path, kind, least):
    result = cli("demo", "--output", tmp_path / "demo", "--language", "zh", "--task", kind)
    assert result.code == 0, result.err
    made = {path.name for path in (tmp_path / "demo" / kind).iterdir()}
    assert {"documents.html", "report.html", "grids.png", "curves.png", "model"} <= made
    assert {path.name for path in (tmp_path / "demo").iterdir()} == {"data", kind}
    assert f"globalpointer train --task {kind} --format jsonl" in result.out
    report = json.loads((tmp_path / "demo" / kind / "model" / "report.json").read_text())
    assert report["test"]["f1"] > least
    page = (tmp_path / "demo" / kind / "documents.html").read_text(encoding="utf-8")
    assert ('class="graph"' in page, 'class="arcs"' in page) == (kind == "relation", kind in ("relation", "event"))
    assert ('class="answers"' in page) == (kind == "mrc")
    assert cli("demo", "--output", tmp_path / "demo", "--language", "en", "--task", kind).code == 0  # again, here


HOSTILE = {
    "empty.jsonl": (b"", 1),
    "empty-text.jsonl": (b'{"text": ""}\n', 0),
    "blank.jsonl": (' {"text": " \\t\\n\u3000"}\n'.encode(), 0),
    "broken.jsonl": (b'{"text": "fine"}\n{"text": \n', 1),
    "array.jsonl": (b"[1, 2]\n", 1),
    "no-text.jsonl": (b'{"tekst": "x"}\n', 1),
    "number.jsonl": (b'{"text": 7}\n', 1),
    "bom.jsonl": (b'\xef\xbb\xbf{"text": "Ann"}\r\n', 0),
    "latin1.jsonl": ('{"text": "Zürich"}\n'.encode("latin-1"), 1),
    "utf16.jsonl": ('{"text": "Ann"}\n'.encode("utf-16"), 1),
    "nul.jsonl": (b'{"text": "a\\u0000b\\u200d"}\n', 0),
    "surrogate.jsonl": (b'{"text": "half \\ud83d a pair"}\n', 1),
    "rtl.jsonl": ('{"text": "שלום 👩‍👩‍👧 e\u0301\u0301 Ａｎｎ"}\n'.encode(), 0),
    "cut.jsonl.gz": (gzip.compress(b'{"text": "Ann"}\n' * 1000)[:-20], 1),
    "not-gz.jsonl.gz": (b'{"text": "Ann"}\n', 1),
    "deep.jsonl": (b'{"text": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_give_a_right_answer_or_a_clear_error(cli, sample_model, tmp_path, name):
    content, code = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    result = cli("predict", sample_model, tmp_path / name)
    assert "Traceback" not in result.err
    assert result.code == code, result.err
    if code:
        assert result.err.startswith("error: ")
        assert name in result.err
    else:
        assert len(rows(result.out)) == 1


SPANS = {
    "wrong-offset": ('{"start": 0, "end": 900, "label": "PER"}', 1),
    "backwards": ('{"start": 5, "end": 2, "label": "PER"}', 1),
    "empty-span": ('{"start": 2, "end": 2, "label": "PER"}', 1),
    "not-a-number": ('{"start": "0", "end": 3, "label": "PER"}', 1),
    "other-surface": ('{"start": 0, "end": 3, "label": "PER", "text": "Bob"}', 1),
    "no-label": ('{"start": 0, "end": 3}', 1),
    "empty-label": ('{"start": 0, "end": 3, "label": ""}', 1),
    "unknown-label": ('{"start": 0, "end": 3, "label": "GALAXY"}', 0),
    "odd-label": ('{"start": 0, "end": 3, "label": "[red]a/b <&> \\u2028😀"}', 0),
    "duplicate": ('{"start": 0, "end": 3, "label": "PER"}, {"start": 0, "end": 3, "label": "PER"}', 0),
}


@pytest.mark.filterwarnings("ignore::globalpointer.data.readers.DataWarning")
@pytest.mark.parametrize("name", SPANS)
def test_hostile_spans(cli, sample_model, tmp_path, name):
    span, code = SPANS[name]
    path = tmp_path / f"{name}.jsonl"
    path.write_text(f'{{"text": "Ann sings.", "entities": [{span}]}}\n', encoding="utf-8")
    result = cli("evaluate", sample_model, path, "--html", tmp_path / "page.html", "--json", tmp_path / "o.json")
    assert "Traceback" not in result.err
    assert result.code == code, result.err
    if code:
        assert f"{name}.jsonl:1:" in result.err
    else:
        assert json.loads((tmp_path / "o.json").read_text())["labels"]
    checked = cli("check", path)
    assert checked.code == code, checked.out
    converted = cli("convert", path, tmp_path / "copy.jsonl", "--format", "jsonl")
    assert converted.code == code


@pytest.mark.parametrize("command", ["predict", "evaluate", "check", "train", "convert"])
@pytest.mark.parametrize("kind", ["folder", "missing"])
def test_no_file_where_one_is_expected(cli, sample_model, tmp_path, command, kind):
    place = tmp_path if kind == "folder" else tmp_path / "missing.jsonl"
    words = {
        "predict": ("predict", sample_model, place),
        "evaluate": ("evaluate", sample_model, place),
        "check": ("check", place),
        "train": ("train", "--format", "jsonl", "--train", place, "--dev", place, "--output", tmp_path / "out"),
        "convert": ("convert", place, tmp_path / "new.jsonl", "--format", "jsonl"),
    }[command]
    result = cli(*words)
    assert result.code == 1
    assert str(place) in (result.out + result.err).replace("\n", "")
    assert "Traceback" not in result.err


@pytest.mark.parametrize("kind", ["missing", "file", "empty", "foreign", "cut"])
def test_no_model_where_one_is_expected(cli, sample_model, tmp_path, kind):
    place = tmp_path / "model"
    if kind == "file":
        place.write_text("x")
    elif kind == "empty":
        place.mkdir()
    elif kind == "foreign":
        place.mkdir()
        (place / "config.json").write_text('{"model_type": "bert"}')
    elif kind == "cut":
        shutil.copytree(sample_model, place)
        weights = place / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:1000])
    result = cli("predict", place, "-")
    assert result.code == 1
    assert "Traceback" not in result.err
    assert str(place) in result.err


@pytest.mark.parametrize("place", ["/dev/full", "/proc/nowhere/out", "."])
def test_an_output_that_cannot_be_written(cli, sample_model, data, place, tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    for words in (("predict", sample_model, data / "dev.jsonl", "--output", place),
                  ("evaluate", sample_model, data / "dev.jsonl", "--json", place),
                  ("convert", data / "dev.jsonl", place, "--format", "jsonl")):  # fmt: skip
        if place == "/dev/full" and words[0] != "predict":
            continue  # these write beside their target and rename, which /dev does not want
        result = cli(*words)
        assert result.code == 1, words
        assert place in result.err
        assert "Traceback" not in result.err


@pytest.mark.slow
def test_a_million_characters_without_a_blank(cli, sample_model, tmp_path):
    text = "在上海的李雷" * 166_667
    (tmp_path / "long.txt").write_text(text + "\n", encoding="utf-8")
    result = cli("predict", sample_model, tmp_path / "long.txt", "--format", "text")
    assert result.code == 0, result.err
    (row,) = rows(result.out)
    assert len(row["text"]) == len(text)
    assert all(text[each["start"] : each["end"]] == each["text"] for each in row["entities"])
