"""The relations and events of the real files, with the counts that their README gives; nothing lost in silence."""

import re

import pytest

from globalpointer.data.check import check
from globalpointer.data.readers import Notes, read

pytestmark = pytest.mark.data

NEREL = "nerel/NEREL-v1.1.tar.gz::"
LITERATURE = "chinese_literature/relation_extraction.tar.gz::"

# path, relations given, labels, given twice, with an end that was left out, in shifted documents
RELATIONS = [
    (f"{NEREL}train", 31388, 49, 96, 222, 0),
    (f"{NEREL}dev", 4012, 49, 16, 11, 0),
    (f"{NEREL}test", 4096, 49, 17, 29, 0),
    (f"{LITERATURE}Training", 13464, 10, 9, 642, 289),
    (f"{LITERATURE}Validation", 1347, 9, 1, 57, 0),
    (f"{LITERATURE}Testing", 1675, 9, 5, 82, 0),
]

# path, format, events given, labels, arguments kept, notes by kind
EVENTS = [
    ("duee/duee_dev.json.gz", "duee", 1783, 65, 3682, {}),
    ("duee/duee_train.json.gz", "duee", 107, 5, 176, {}),
    ("fewfc/train_base.json.gz", "fewfc", 4682 - 43, 5, 15426, {"duplicate": 43 + 6}),
    ("fewfc/test_base.json.gz", "fewfc", 3320 - 10, 5, 10302, {"duplicate": 10 + 2}),
    ("fewfc/train_trans.json.gz", "fewfc", 895 - 1, 5, 2558, {"duplicate": 1}),
    ("fewfc/test_trans.json.gz", "fewfc", 3993 - 1, 5, 11784, {"duplicate": 1}),
    ("casie/annotation.tar.gz", "casie", 8485 - 9, 5, 22701 - 34 - 1, {"repaired": 305 + 748, "dropped": 9, "duplicate": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "given", "labels", "doubled", "dangling", "shifted"), RELATIONS)
def test_every_relation_is_kept_or_noted(data_dir, path, given, labels, doubled, dangling, shifted):
    notes = Notes()
    documents = list(read(f"{data_dir}/{path}", "brat", discontinuous="skip", notes=notes))
    relations = [relation for document in documents for relation in document.relations]
    assert len({relation.label for relation in relations}) == labels
    assert sum(note.message.startswith("relation") for note in notes) == dangling
    assert sum(note.kind == "duplicate" and " from " in note.message for note in notes) == doubled
    whole = [note.message for note in notes if note.message.startswith("the whole document")]
    assert sum(int(count) for said in whole for count in re.findall(r"relations and events: (\d+)", said)) == shifted
    assert len(relations) == given - doubled - dangling - shifted
    assert all(document.events is None for document in documents)


@pytest.mark.parametrize(("path", "name", "given", "labels", "arguments", "noted"), EVENTS)
def test_every_event_is_kept_or_noted(data_dir, path, name, given, labels, arguments, noted):
    notes = Notes()
    documents = list(read(data_dir / path, name, notes=notes))
    events = [event for document in documents for event in document.events]
    assert (len(events), len({event.label for event in events})) == (given, labels)
    assert sum(len(event.arguments) - len(event.triggers) for event in events) == arguments
    assert notes.counts() == noted


def test_the_check_of_fewfc_says_what_its_events_share(data_dir):
    """Overlapping events are what it was made for, and 181 of them are beyond GPLinker's links."""
    report = check([data_dir / "fewfc/train_base.json.gz", data_dir / "fewfc/test_base.json.gz"], format="fewfc")
    train, _ = (each.events for each in report.files)
    assert (train.shared_triggers, train.without_trigger, train.confused) == (931, 0, 181)
    leaks = [finding.count for finding in report.warnings if finding.code == "leak"]
    assert leaks == [84]
