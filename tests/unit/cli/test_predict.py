"""`globalpointer predict`: a line of JSON for each text, and nothing lost that was found before an error."""

import gzip
import io
import json
import os
import subprocess
import sys

import pytest

from globalpointer.text.spans import Document


def stdin(monkeypatch, raw):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(raw))))


def rows(result):
    return [json.loads(line) for line in result.out.splitlines()]


def test_text_lines_from_stdin_one_to_one(cli, predictor, monkeypatch):
    stdin(monkeypatch, "\ufeffAnn sings.\r\n\n李雷 and Ann".encode())
    result = cli("predict", "m", "-")
    assert result.code == 0, result.err
    assert [row["text"] for row in rows(result)] == ["Ann sings.", "", "李雷 and Ann"]
    assert [len(row["entities"]) for row in rows(result)] == [1, 0, 1]
    assert rows(result)[2]["entities"] == [{"start": 7, "end": 10, "label": "PER", "text": "Ann", "score": 0.9}]
    assert [row["id"] for row in rows(result)] == ["stdin:1", "stdin:2", "stdin:3"]


def test_nothing_on_stdin_is_no_error(cli, predictor, monkeypatch):
    stdin(monkeypatch, b"")
    result = cli("predict", "m", "-")
    assert (result.code, result.out) == (0, "")


def test_json_lines_keep_id_and_meta_and_leave_old_labels_aside(cli, predictor, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "Ann", "id": "7", "source": "a", "entities": [{"start": 9, "end": 1, "label": "X"}]}\n')
    (row,) = rows(cli("predict", "m", path))
    assert (row["id"], row["meta"]) == ("7", {"source": "a"})
    assert [entity["label"] for entity in row["entities"]] == ["PER"]


@pytest.mark.parametrize(
    ("models", "name", "content", "words"),
    [
        ("bio", "a.txt", "Ann B-PER\nsings O\n", []),
        ("bio", "a.jsonl", '{"text": "Ann sings"}\n', []),
        ("bio", "a.jsonl.gz", '{"text": "Ann sings"}\n', []),
        ("runne", "a.jsonl", '{"id": 1, "ners": [], "sentences": "Ann sings"}\n', []),
        ("cmeee", "a.txt.gz", "Ann sings|||0    2    bod|||\n", []),
        ("bio", "a.txt", "Ann sings\n", ["--format", "text"]),
        ("jsonl", "a.bio", "Ann B-PER\nsings O\n", ["--format", "bio", "--joiner", " "]),
    ],
)
def test_how_a_file_is_read(cli, predictor, tmp_path, monkeypatch, models, name, content, words):
    monkeypatch.setattr(predictor, "format", models)
    monkeypatch.setattr(predictor, "joiner", " ")
    raw = content.encode()
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    result = cli("predict", "m", tmp_path / name, *words)
    assert result.code == 0, result.err
    assert [row["text"] for row in rows(result)] == ["Ann sings"]


def test_the_wrong_format_comes_with_advice(cli, predictor, tmp_path, monkeypatch):
    monkeypatch.setattr(predictor, "format", "cluener")
    (tmp_path / "a.txt").write_text("plain text\n")
    result = cli("predict", "m", tmp_path / "a.txt")
    assert result.code == 1
    assert "a.txt:1:" in result.err
    assert "--format text" in result.err


@pytest.mark.parametrize(("words", "told"), [([], True), (["--format", "text"], False), (["--format", "jsonl"], False)])
def test_json_lines_that_are_read_as_text_are_told_of(cli, predictor, monkeypatch, words, told):
    stdin(monkeypatch, b'{"text": "Ann"}\n')
    result = cli("predict", "m", "-", *words)
    assert ("standard input looks like JSON lines" in result.err) == told


@pytest.mark.parametrize("bad", [b"{broken", b'{"text": 5}', b'{"text": "\xff"}'])
def test_all_before_a_broken_line_is_written(cli, predictor, tmp_path, bad):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_bytes(b'{"text": "Ann"}\n' * 5 + bad + b"\n")
    result = cli("predict", "m", path, "--output", out)
    assert result.code == 1
    assert "in.jsonl:6:" in result.err
    assert len(out.read_text().splitlines()) == 5


@pytest.mark.parametrize("words", [["missing.jsonl"], ["empty.jsonl"]])
def test_an_input_that_cannot_be_read_leaves_an_older_output_as_it_was(cli, predictor, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "out.jsonl").write_text("old\n")
    assert cli("predict", "m", *words, "--output", "out.jsonl").code == 1
    assert (tmp_path / "out.jsonl").read_text() == "old\n"


@pytest.mark.parametrize("option", ["--output", "--html"])
def test_the_file_that_is_read_is_not_written_over(cli, predictor, gold, option):
    before = gold.read_bytes()
    result = cli("predict", "m", gold, option, gold.parent / "." / gold.name)
    assert result.code == 1
    assert "this is the file that is read" in result.err
    assert gold.read_bytes() == before


def test_a_closed_standard_input_is_told(cli, predictor, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    result = cli("predict", "m", "-")
    assert result.code == 1
    assert "standard input is closed" in result.err


def test_gzip_from_stdin(cli, predictor, monkeypatch):
    stdin(monkeypatch, gzip.compress(b"Ann sings.\n"))
    assert [row["text"] for row in rows(cli("predict", "m", "-"))] == ["Ann sings."]


def test_html_and_options(cli, predictor, tmp_path, gold):
    page = tmp_path / "page.html"
    result = cli("predict", "m", gold, "--html", page, "--threshold", "0.8", "--overlap-policy", "longest")
    assert result.code == 0, result.err
    assert "Ann" in page.read_text(encoding="utf-8")
    assert predictor.asked["threshold"] == 0.8
    assert predictor.asked["overlap_policy"] == "longest"


@pytest.mark.parametrize("place", [".", "/dev/full"])
def test_an_output_that_cannot_be_written(cli, predictor, gold, place):
    if not os.path.exists(place):
        pytest.skip(f"no {place}")
    result = cli("predict", "m", gold, "--output", place)
    assert result.code == 1
    assert result.err.startswith(f"error: {place}: ")


def test_a_closed_pipe_ends_in_peace(tmp_path):
    """In a process of its own: the reader takes a line and goes."""
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\nfrom types import ModuleType\nfrom globalpointer.config import Recipe\n"
        "from globalpointer.text.spans import Document\nfrom globalpointer.text.schema import Schema\n"
        "class Predictor:\n"
        "    recipe = Recipe.model_validate({'data': {'format': 'jsonl', 'train': 'x'}})\n"
        "    schema = Schema(('A',))\n"
        "    from_pretrained = classmethod(lambda cls, folder: cls())\n"
        "    def predict_stream(self, texts, **options):\n"
        "        return (Document(each.text, ()) for each in texts)\n"
        "module = ModuleType('globalpointer.predictor'); module.Predictor = Predictor\n"
        "sys.modules['globalpointer.predictor'] = module\n"
        "from globalpointer.cli.main import run\nrun(['predict', 'm', sys.argv[1], '--format', 'text'])\n"
    )
    texts = tmp_path / "texts.txt"
    texts.write_text("a long line of text that fills the pipe\n" * 20_000)
    process = subprocess.Popen(
        [sys.executable, program, texts], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert json.loads(process.stdout.readline())["text"].startswith("a long line")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0
    process.stderr.close()


def test_the_question_is_asked_of_every_text(cli, predictor, monkeypatch, tmp_path):
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "Ann sings", "question": "Who sings?"}\n')
    asked = []

    def stream(self, documents, *, question, **options):
        for document in documents:
            asked.append((document.question, question))
            yield Document(document.text, answers=())

    monkeypatch.setattr(predictor, "predict_stream", stream)
    monkeypatch.setattr(predictor, "task", "mrc")
    assert cli("predict", "m", file).code == 0
    assert cli("predict", "m", file, "--question", "Why?").code == 0
    assert asked == [("Who sings?", None), ("Who sings?", "Why?")]


def test_all_before_a_text_without_a_question_is_answered(cli, predictor, monkeypatch, tmp_path):
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "Ann sings", "question": "Who?"}\n' * 20 + '{"text": "Ann"}\n')
    monkeypatch.setattr(predictor, "task", "mrc")
    result = cli("predict", "m", file)
    assert (result.code, len(rows(result))) == (1, 20)
    assert "in.jsonl:21 has no question" in result.err
    assert "--question" in result.err
    assert cli("predict", "m", file, "--question", "Why?").code == 0
