"""The parts of the demo that need no training; tests/flow runs the whole."""

import pytest

from globalpointer.cli.demo import EPOCHS, Language, Task, new_sentences, recipe, write_sample
from globalpointer.cli.gallery import GRIDS
from globalpointer.config import TaskConfig
from globalpointer.data.readers import read
from globalpointer.data.sample import NEW_SENTENCES, sample


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


def test_new_sentences_of_one_language_or_both():
    both = new_sentences(NEW_SENTENCES, Language.both)
    assert both == new_sentences(NEW_SENTENCES, Language.zh) + new_sentences(NEW_SENTENCES, Language.en)
    assert len(both) == 8
