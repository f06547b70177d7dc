"""The questions of the real files, with the counts that their README gives; nothing lost in silence."""

import pytest

from globalpointer.data.readers import Notes, read

pytestmark = pytest.mark.data

# path, questions, contexts, answers of annotators, notes by kind
FILES = [
    ("squad/squad_dev_a.json.gz", 4961, 913, 17778, {}),
    ("cmrc2018/cmrc2018_dev.json.gz", 3219, 848, 9657, {"dropped": 193, "repaired": 7}),
    ("cmrc2018/cmrc2018_trial.json.gz", 1002 - 2, 256, 1002 - 2, {"dropped": 2, "repaired": 5}),
]


@pytest.mark.parametrize(("path", "questions", "contexts", "answers", "noted"), FILES)
def test_every_answer_is_kept_or_noted(data_dir, path, questions, contexts, answers, noted):
    notes = Notes()
    documents = list(read(data_dir / path, "squad", notes=notes))
    assert (len(documents), len({document.text for document in documents})) == (questions, contexts)
    assert sum(len(document.accepted) for document in documents) == answers
    assert all(document.answers for document in documents)
    assert all(each.text in document.accepted for document in documents for each in document.answers)
    assert notes.counts() == noted
