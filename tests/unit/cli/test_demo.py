"""The parts of the demo that need no training; tests/flow runs the whole."""

import pytest

from globalpointer.cli.demo import EPOCHS, Language, Task, new_texts, recipe, write_sample
from globalpointer.cli.gallery import GRIDS
from globalpointer.config import TaskConfig
from globalpointer.data.readers import read
from globalpointer.data.sample import NEW_SENTENCES, new_questions, sample, sample_questions


def test_every_task_can_be_rehearsed():
    kinds = set(TaskConfig.model_fields["kind"].annotation.__args__)
    assert {each.value for each in Task} - {"all"} == set(EPOCHS) == set(GRIDS) == kinds
    assert [recipe({"train": "x.jsonl"}, kind).task.kind for kind in EPOCHS] == list(EPOCHS)


@pytest.mark.parametrize("language", list(Language))
def test_the_files_hold_the_sample_corpus_whole(tmp_path, language):
    files = write_sample(tmp_path / "data", language)
    assert [list(read(files[part], "jsonl")) for part in ("train", "dev", "test")] == [
        sample(part, language.value) for part in ("train", "dev", "test")
    ]


@pytest.mark.parametrize("language", list(Language))
def test_the_files_of_a_reader_hold_the_questions(tmp_path, language):
    files = write_sample(tmp_path / "data", language, "mrc")
    assert [list(read(files[part], "jsonl")) for part in ("train", "dev", "test")] == [
        sample_questions(part, language.value) for part in ("train", "dev", "test")
    ]


def test_new_sentences_of_one_language_or_both():
    both = new_texts("ner", Language.both)
    assert both == new_texts("ner", Language.zh) + new_texts("ner", Language.en)
    assert [document.text for document in both] == [*NEW_SENTENCES["zh"], *NEW_SENTENCES["en"]]


def test_new_questions_are_about_the_new_sentences():
    asked = new_texts("mrc", Language.both)
    assert asked == new_questions("zh") + new_questions("en")
    assert len(asked) == 8
    assert {document.text for document in asked} == {"".join(NEW_SENTENCES["zh"]), " ".join(NEW_SENTENCES["en"])}
