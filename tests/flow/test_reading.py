"""Questions through the real commands and through Python: answers, windows, long texts, and what is thrown at them."""

import json
import re
import warnings
from dataclasses import replace

import pytest

from globalpointer import Document, Predictor
from globalpointer.data.readers import read
from globalpointer.data.tokenizing import TextTokenizer, TruncationWarning
from globalpointer.data.writers import write
from globalpointer.errors import ConfigError, DataError
from globalpointer.evaluation import evaluate_answers
from globalpointer.text.spans import Answer, Span

CONTEXT = "Anna Keller joined Orbis Motors in Carrow as director. Felix Thorne hired Ed on Friday."
QUESTION = "Who joined Orbis Motors?"


@pytest.fixture
def reader(mrc_model):
    return Predictor.from_pretrained(mrc_model)


@pytest.fixture
def gold(mrc_model):
    return list(read(mrc_model.parent / "data" / "questions-test.jsonl", "jsonl"))


def test_evaluate_says_what_the_report_says_and_draws_what_is_wrong(cli, mrc_model, tmp_path):
    out, page = tmp_path / "scores.json", tmp_path / "page.html"
    file = mrc_model.parent / "data" / "questions-test.jsonl"
    assert cli("evaluate", mrc_model, file, "--json", out, "--html", page).code == 0
    scores, report = json.loads(out.read_text()), json.loads((mrc_model / "report.json").read_text())
    assert scores["task"] == "mrc"
    assert scores["f1"] == pytest.approx(report["dev"]["f1"])
    assert scores["f1"] > 0.3
    assert "question" in page.read_text(encoding="utf-8")
    card = (mrc_model / "README.md").read_text(encoding="utf-8")
    assert "question-answering" in card
    assert "| part | F1 | precision | recall | exact match |" in card
    assert f'"type": "exact_match", "value": {round(report["dev"]["exact"], 6)}' in card
    assert re.search(
        r"It answers (every question|where the best answer is, against none, at least \d+ % probable)\.", card
    )


def test_what_predict_writes_is_read_back_and_scores_the_same(cli, mrc_model, gold, reader, tmp_path):
    found = tmp_path / "found.jsonl"
    file = mrc_model.parent / "data" / "questions-test.jsonl"
    assert cli("predict", mrc_model, file, "--output", found, "--html", tmp_path / "drawn.html").code == 0
    answers = list(read(found, "jsonl"))
    assert [each.question for each in answers] == [each.question for each in gold]
    assert evaluate_answers(gold, answers).f1 == pytest.approx(evaluate_answers(gold, reader.predict(gold)).f1)
    assert 'class="answers"' in (tmp_path / "drawn.html").read_text(encoding="utf-8")


def test_the_best_answers_are_written_as_the_official_scripts_read_them(cli, mrc_model, sample_model, gold, tmp_path):
    file = mrc_model.parent / "data" / "questions-test.jsonl"
    found, best = tmp_path / "found.jsonl", tmp_path / "best.json"
    assert cli("predict", mrc_model, file, "--output", found, "--squad", best, "--threshold", "0.8").code == 0
    answers = list(read(found, "jsonl"))
    written = json.loads(best.read_text(encoding="utf-8"))
    assert written == {each.id: each.answers[0].text if each.answers else "" for each in answers}
    assert "" in written.values()
    some = tmp_path / "some.jsonl"
    some.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n{\n", encoding="utf-8")
    half = cli("predict", mrc_model, some, "--squad", best)
    assert (half.code, len(half.out.splitlines())) == (1, 1)
    assert "best.json is not written, for some questions have no answer yet" in half.err
    assert json.loads(best.read_text(encoding="utf-8")) == written
    refused = cli("predict", sample_model, file, "--squad", best)
    assert (refused.code, "--squad writes answers to questions" in refused.err) == (1, True)


def test_scores_share_one_and_are_in_order(reader, gold):
    for document in reader.predict(gold[:40], threshold=0.001):
        scores = [answer.score for answer in document.answers]
        assert scores == sorted(scores, reverse=True)
        assert sum(scores) < 1
        assert not scores or document.answerable >= max(0.001, scores[0])


def test_the_threshold_decides_whether_there_is_an_answer_and_not_how_many(reader, gold):
    asked = gold[:40]
    every = reader.predict(asked, threshold=0)
    middle = sorted(each.answerable for each in every)[20]
    for one, all_ in zip(reader.predict(asked, threshold=middle), every, strict=True):
        assert one.answers == (all_.answers if all_.answerable >= middle else ())
        assert (one.id, one.meta) == (all_.id, all_.meta)


def test_windows_beside_an_answer_do_not_silence_it(reader, gold):
    """What stands in the window of an answer may: the model reads it. Further windows have no say."""
    filler = " It rained all week, and the road was closed." * 60
    texts = [replace(each, text=each.text + filler, answers=None) for each in gold[:40]]
    longer = [replace(each, text=each.text + filler, answers=None) for each in texts]
    found, more = reader.predict(texts, threshold=0), reader.predict(longer, threshold=0)
    asked = zip(gold, found, more, strict=False)
    pairs = [(one, other) for given, one, other in asked if one.answers[0].end <= len(given.text)]
    assert len(pairs) >= 10
    for one, other in pairs:
        assert other.answerable >= one.answerable - 1e-4
    assert any(other.answers[0].score < one.answers[0].score - 0.01 for one, other in pairs)


def test_the_difference_of_two_models_is_that_of_their_scores(cli, mrc_model, gold, reader, tmp_path):
    """Whatever unit the training texts have: answers are compared as the texts at hand are."""
    chinese = [Document("安娜在奥斯陆唱歌。", question="谁唱歌？", id=str(number)) for number in range(3)]
    chinese = [replace(each, answers=(Answer(Span(0, 2), "安娜"),)) for each in chinese]
    write(chinese, tmp_path / "zh.jsonl", "jsonl")
    out = tmp_path / "scores.json"
    assert cli("evaluate", mrc_model, tmp_path / "zh.jsonl", "--against", mrc_model, "--json", out).code == 0
    scores = json.loads(out.read_text(encoding="utf-8"))
    assert (scores["official"], scores["unit"]) == ("CMRC2018", "character")
    assert scores["against"]["difference"] == 0


def test_an_overlap_policy_is_not_for_answers(reader):
    with pytest.raises(ConfigError, match="overlap_policy is for entities, and this model answers questions: 'flat'"):
        reader.predict(CONTEXT, question=QUESTION, overlap_policy="flat")


@pytest.mark.parametrize("window", [140, 200, 400])
def test_a_text_that_fits_has_the_same_answers_whatever_the_window(reader, window):
    asked = Document(CONTEXT, question=QUESTION)
    wanted = reader.predict(asked, threshold=1e-6).answers
    reader.tokenizer = TextTokenizer(reader.tokenizer.tokenizer, window=window, overlap=32)
    found = reader.predict(asked, threshold=1e-6).answers
    assert found == wanted
    assert [each.score for each in found] == pytest.approx([each.score for each in wanted], rel=1e-4)


def test_a_context_of_ten_thousand_tokens_is_answered(reader, gold):
    clear = next(each for each in reader.predict(gold) if each.answers and each.answers[0].score > 0.9)
    filler = "It rained all week, and the road was closed. "
    text = filler * 150 + clear.text + " " + filler * 90
    assert len(reader.tokenizer.tokenize(text)) > 10_000
    document = reader.predict(replace(clear, text=text, answers=None), threshold=1e-9)
    assert document.answers
    assert all(text[each.start : each.end] == each.text for each in document.answers)
    assert clear.answers[0].text in [each.text for each in document.answers]


def test_the_batch_does_not_matter(reader, gold):
    together = reader.predict(gold[:12], batch_size=5)
    for one, other in zip(together, (reader.predict(each) for each in gold[:12]), strict=True):
        assert one.answers == other.answers


def test_hostile_questions_and_texts(reader):
    for text, question in (("", QUESTION), (CONTEXT, "?"), (" \n", "?"), ("😀" * 300, "👩‍👩‍👧?"), ("שלום", "\x00")):
        document = reader.predict(text, question=question, threshold=1e-9)
        assert (document.text, document.question) == (text, question)
        assert all(text[each.start : each.end] == each.text for each in document.answers)
        assert document.answers or not text.strip()
    with pytest.warns(
        TruncationWarning, match=r"1 question too long for the window, of which the end is not read: 4,\d{3} tokens$"
    ):
        assert reader.predict(CONTEXT, question="who? " * 1000).answers is not None
    with pytest.raises(DataError, match="a text has no question, and this model answers questions"):
        reader.predict(CONTEXT)
    with pytest.raises(DataError, match="a text has no question"):
        reader.predict(Document(CONTEXT, question=" \n"))
    with pytest.raises(ConfigError, match="the question is empty"):
        reader.predict(CONTEXT, question=" ")
    with pytest.raises(ConfigError, match=r"asked of every text, and got list; .*Document\(text, question=question\)"):
        reader.predict([CONTEXT, CONTEXT], question=[QUESTION, QUESTION])


def test_a_stream_takes_the_question_too_and_it_goes_before_those_of_the_texts(reader):
    texts = [CONTEXT, Document(CONTEXT, question="Who?")]
    assert list(reader.predict_stream(texts, question=QUESTION)) == [reader.predict(CONTEXT, question=QUESTION)] * 2


def test_a_threshold_of_0_always_answers(reader):
    document = reader.predict("An empty street.", question=QUESTION, threshold=0)
    assert document.answers
    with pytest.raises(ConfigError, match=r"from 0, where every question is answered, to below 1, got -0\.1"):
        reader.predict(CONTEXT, question=QUESTION, threshold={"answer": -0.1})


def test_a_model_of_entities_takes_no_question(sample_model):
    entities = Predictor.from_pretrained(sample_model)
    with pytest.raises(
        ConfigError, match="a question is given, and this model does not answer any: it finds entity annotation"
    ):
        entities.predict(CONTEXT, question=QUESTION)
    plain = entities.predict(CONTEXT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # What it does not answer it hands on
        assert entities.predict(Document(CONTEXT, question=QUESTION)) == replace(plain, question=QUESTION)


def test_the_command_line_asks_for_the_question(cli, mrc_model, tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text(f"{CONTEXT}\n", encoding="utf-8")
    silent = cli("predict", mrc_model, file, "--format", "text")
    assert (silent.code, "has no question" in silent.err) == (1, True)
    asked = cli("predict", mrc_model, file, "--format", "text", "--question", QUESTION)
    assert asked.code == 0
    assert json.loads(asked.out)["question"] == QUESTION
    always = cli("predict", mrc_model, file, "--format", "text", "--question", "Which colour?", "--threshold", "0")
    assert json.loads(always.out)["answers"]


def test_a_blank_question_of_a_squad_file_is_left_out_unless_a_call_brings_one(cli, mrc_model, tmp_path):
    asked = [{"id": "q1", "question": " "}, {"id": "q2", "question": QUESTION}]
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [{"paragraphs": [{"context": CONTEXT, "qas": asked}]}]}), encoding="utf-8")
    found = cli("predict", mrc_model, file, "--format", "squad")
    assert found.code == 0, found.err
    assert [json.loads(line)["id"] for line in found.out.splitlines()] == ["q2"]
    assert "q1: its question is blank, so it is left out" in found.err
    found = cli("predict", mrc_model, file, "--format", "squad", "--question", QUESTION)
    assert [json.loads(line)["id"] for line in found.out.splitlines()] == ["q1", "q2"]


def test_answers_that_do_not_stand_where_they_should_are_told_and_training_goes_on(cli, tmp_path):
    def asked(number, answer, start):
        return {"id": str(number), "question": "Who?", "answers": [{"text": answer, "answer_start": start}]}

    questions = [asked(number, "Ann", 0) for number in range(6)]
    questions += [asked(6, "Ann", -1), asked(7, "Nobody", -1), asked(8, "sings", 1)]
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [{"title": "t", "paragraphs": [{"context": "Ann sings.", "qas": questions}]}]}))
    small = "model.encoder_options={hidden=8,embedding={token_dim=4,bigram_dim=0}}"
    options = ["--task", "mrc", "--format", "squad", "--train", file, "--dev", file, "--epochs", "1", "--set", small]
    result = cli("train", *options, "--output", tmp_path / "run")
    assert result.code == 0, result.err
    assert "2 annotations repaired" in result.err
    assert "training questions left out, as no answer to them stands in the text: 1" in result.err
