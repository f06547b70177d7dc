"""The questions of the real files, with the counts that their README gives, and the scores of their annotators."""

import pytest

from globalpointer.data.check import check
from globalpointer.data.readers import Notes, read
from globalpointer.evaluation.answer_marks import mark
from globalpointer.evaluation.marks import Marks
from globalpointer.evaluation.official import official

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


@pytest.mark.parametrize(
    ("path", "unit", "exact", "f1"),
    [("squad/squad_dev_a.json.gz", "word", 0.824, 0.916), ("cmrc2018/cmrc2018_dev.json.gz", "character", 0.926, 0.978)],
)
def test_annotators_agree_as_much_as_was_published(data_dir, path, unit, exact, f1):
    """Each of the first three against the others. Published for people, on the test parts, in per cent: SQuAD 82.3 and
    91.2, CMRC2018 92.4 and 97.9."""
    written = [each.accepted for each in read(data_dir / path, "squad", notes=Notes()) if len(each.accepted) > 2]
    marks = [mark(each[:k] + each[k + 1 :], each[k], official(unit)) for each in written for k in range(3)]
    total = sum(marks, Marks())
    assert (round(total.exact, 3), round(total.f1, 3)) == (exact, f1)


def test_the_check_counts_questions_and_finds_no_shared_context(data_dir):
    files = [data_dir / "cmrc2018" / f"cmrc2018_{part}.json.gz" for part in ("dev", "trial")]
    report = check([*files, data_dir / "squad/squad_dev_a.json.gz"], format="squad")
    assert [each.answers.contexts for each in report.files] == [848, 256, 913]
    assert [each.answers.unanswerable + each.answers.unplaced for each in report.files] == [0, 0, 0]
    found = {finding.code: finding.count for finding in report.findings if finding.level == "warning"}
    assert {"leak", "contained"}.isdisjoint(found)
    assert (found["duplicate"], found["conflict"]) == (27, 13)
