"""The documents of a recipe: parted, thinned and cleaned reproducibly, and counted."""

import json

import pytest

from globalpointer.config import load_recipe
from globalpointer.errors import ConfigError, DataError
from globalpointer.training.documents import load_corpus, resolve_path


def write(path, texts, *, label="A"):
    rows = [{"text": text, "entities": [{"start": 0, "end": 1, "label": label}] if label else []} for text in texts]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def train(tmp_path):
    return write(tmp_path / "train.jsonl", [f"text {number:02}" for number in range(40)])


def corpus(train, **data):
    return load_corpus(load_recipe(None, data={"format": "jsonl", "train": train, **data}).data)


def test_a_holdout_parts_reproducibly_and_loses_nothing(train):
    first, second = corpus(train, holdout={"fraction": 0.25}), corpus(train, holdout={"fraction": 0.25})
    assert (len(first.train), len(first.dev)) == (30, 10)
    assert first.dev == second.dev
    assert {each.text for each in [*first.train, *first.dev]} == {f"text {number:02}" for number in range(40)}
    assert first.dev != corpus(train, holdout={"fraction": 0.25, "seed": 1}).dev
    assert "10 training documents held out" in first.notes[0]


def test_a_subset_is_named(train):
    small = corpus(train, holdout={"fraction": 0.25}, subset={"size": 5})
    assert len(small.train) == 5
    assert "trained on 5 of 30 documents (seed 42)" in small.notes


def test_what_is_learned_and_asked_for_is_told(train, tmp_path):
    dev = write(tmp_path / "dev.jsonl", ["text 01", "text 98", "text 99"])
    assert corpus(train, dev=dev).notes == [
        "of 3 dev documents 1 stands in the training part as well: `check` names them"
    ]
    both = corpus(train, dev=train, test=train).notes
    assert both == [
        f"of 40 {part} documents 40 stand in the training part as well: `check` names them" for part in ("dev", "test")
    ]


def test_texts_that_stand_elsewhere_are_left_out(train, tmp_path):
    other = write(tmp_path / "dev.jsonl", ["text 07", "before text 09 and behind"])
    result = corpus(train, dev=other, without=other)
    assert {"text 07", "text 09"}.isdisjoint(each.text for each in result.train)
    assert len(result.train) == 38
    assert "2 training texts left out" in result.notes[0]


def test_what_is_missing_is_said(train, tmp_path):
    with pytest.raises(ConfigError, match="needs dev files, or holdout"):
        corpus(train)
    with pytest.raises(ConfigError, match="both dev and holdout"):
        corpus(train, dev=train, holdout={"fraction": 0.5})
    empty = write(tmp_path / "empty.jsonl", ["a", "b"], label=None)
    with pytest.raises(
        DataError, match="the train part has no entities to find: 2 documents, of which 2 are annotated, with none"
    ):
        corpus(empty, dev=train)
    bare = tmp_path / "bare.jsonl"
    bare.write_text('{"text": "a"}\n', encoding="utf-8")
    with pytest.raises(DataError, match="the dev part has no entities to find: 1 document, of which none is annotated"):
        corpus(train, dev=str(bare))
    with pytest.raises(DataError, match="no document is left to train on: 40 training texts left out: they equal"):
        corpus(train, dev=train, without=train)


def test_where_a_path_leads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.txt").touch()
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "beside.txt").touch()
    (tmp_path / "root" / "set").mkdir(parents=True)
    monkeypatch.setenv("GLOBALPOINTER_DATA", str(tmp_path / "root"))
    base = tmp_path / "recipes"
    assert resolve_path("here.txt", base) == "here.txt"
    assert resolve_path("beside.txt", base) == str(base / "beside.txt")
    assert resolve_path("data/set::inside/a", base) == str(tmp_path / "root" / "set") + "::inside/a"
    assert resolve_path("absent.txt", base) == "absent.txt"


def test_a_corpus_that_is_not_here_tells_where_it_was_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GLOBALPOINTER_DATA", raising=False)
    with pytest.raises(
        DataError, match=r"data/a\.jsonl: no such file here, .* GLOBALPOINTER_DATA would name \(it is not"
    ):
        corpus("data/a.jsonl", dev="b.jsonl")
    monkeypatch.setenv("GLOBALPOINTER_DATA", str(tmp_path))
    with pytest.raises(DataError, match=rf"GLOBALPOINTER_DATA names \({tmp_path}\)"):
        corpus("data/a.jsonl", dev="b.jsonl")


def test_a_test_part_with_nothing_to_find_is_told(train, tmp_path):
    empty = write(tmp_path / "empty.jsonl", ["a", "b"], label=None)
    notes = corpus(train, dev=train, test=empty).notes
    assert notes[-1] == "the test part has no entities to find: its F1 says nothing"


def test_what_was_repaired_names_its_place_once(tmp_path):
    path = tmp_path / "train.txt"
    path.write_text("Ann I-PER\n", encoding="utf-8")
    notes = load_corpus(
        load_recipe(None, data={"format": "bio", "joiner": " ", "train": str(path), "dev": str(path)}).data
    ).notes
    assert notes[0] == f"{path}: 1 annotation repaired, such as:"
    assert notes[1].startswith(f"  {path}:1: ")


def test_a_test_part_is_parted_off_first_and_never_beside_a_given_one(tmp_path):
    train = write(tmp_path / "train.jsonl", [f"text {index}" for index in range(30)])
    parted = corpus(train, holdout={"fraction": 0.1, "test": 0.2, "seed": 3})
    assert (len(parted.train), len(parted.dev), len(parted.test)) == (22, 2, 6)
    texts = [document.text for part in (parted.train, parted.dev, parted.test) for document in part]
    assert len(set(texts)) == 30
    assert corpus(train, holdout={"fraction": 0.5, "test": 0.2, "seed": 3}).test == parted.test
    with pytest.raises(ConfigError, match=r"both test and holdout\.test"):
        corpus(train, test=train, holdout={"fraction": 0.1, "test": 0.2})


@pytest.fixture
def asked(tmp_path):
    rows = [
        {"text": f"Text {index // 4}.", "question": "?", "answers": [{"start": 0, "end": 4}], "title": index // 8}
        for index in range(48)
    ]
    rows[0] |= {"answers": [], "accepted": ["what the text does not have"]}
    path = tmp_path / "asked.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(path)


def questions(path, **holdout):
    data = {"format": "jsonl", "train": path, "holdout": {"fraction": 0.25, "test": 0.25, "seed": 5, **holdout}}
    return load_corpus(load_recipe(None, data=data).data, kind="mrc")


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("text", lambda each: each.text),
        (None, lambda each: each.text),
        ("title", lambda each: each.meta["title"]),
    ],
)
def test_what_shares_a_text_or_a_title_is_never_parted(asked, by, key):
    found = questions(asked, by=by)
    train, dev, test = ({key(document) for document in part} for part in (found.train, found.dev, found.test))
    assert not train & dev | train & test | dev & test
    assert len(train | dev | test) == {"title": 6}.get(by, 12)
    with pytest.raises(
        ConfigError, match=r'holdout\.by is \'name\': expected "text" or a key of meta; .* has \'title\''
    ):
        questions(asked, by="name")


def test_a_question_whose_answer_is_not_in_the_text_is_no_question_without_answer(asked):
    found = questions(asked)
    where = [part for part in (found.train, found.dev, found.test) if any(not each.answers for each in part)]
    assert found.train not in where
    noted = [note for note in found.notes if "left out" in note]
    assert noted == ([] if where else ["training questions left out, as no answer to them stands in the text: 1"])


def test_answers_without_a_place_can_be_scored_and_not_learned(tmp_path):
    placed = {"text": "Ann sings.", "question": "Who?", "answers": [{"start": 0, "end": 3}]}
    unplaced = {"text": "Ann sings.", "question": "Who?", "accepted": ["Anna"]}
    files = {}
    for name, row in (("train", placed), ("dev", unplaced)):
        files[name] = str(tmp_path / f"{name}.jsonl")
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")

    def load(train, dev):
        return load_corpus(load_recipe(None, data={"format": "jsonl", "train": train, "dev": dev}).data, kind="mrc")

    assert load(files["train"], files["dev"]).dev[0].accepted == ("Anna",)
    with pytest.raises(DataError, match="as no answer to them stands in the text: 1"):
        load(files["dev"], files["dev"])
