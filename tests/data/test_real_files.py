"""The counts of the real files, as their README gives them: read straight from the .gz, nothing lost in silence."""

import re
from collections import Counter

import pytest

from globalpointer.data.check import check
from globalpointer.data.leaks import without
from globalpointer.data.readers import Notes, read

pytestmark = pytest.mark.data

# path, format, options, documents, entities, notes by kind
FILES = [
    ("msra/dev.txt.gz", "bio", {"joiner": ""}, 4631, 6192, {"repaired": 11}),
    ("peoples_daily/example.dev.gz", "bio", {"joiner": ""}, 2318, 3819, {}),
    ("peoples_daily/example.test.gz", "bio", {"joiner": ""}, 4636, 7707, {}),
    ("conll2003/train.txt.gz", "bio", {"joiner": " "}, 14041, 23501, {"repaired": 267}),
    ("conll2003/dev.txt.gz", "bio", {"joiner": " "}, 3250, 5942, {"repaired": 56}),
    ("conll2003/test.txt.gz", "bio", {"joiner": " "}, 3453, 5651, {"repaired": 53, "ignored": 230}),
    ("resume/dev.char.bmes.gz", "bmeso", {"joiner": ""}, 463, 1497, {}),
    ("resume/test.char.bmes.gz", "bmeso", {"joiner": ""}, 477, 1630, {}),
    ("germeval2014/germ.train.iob2.gz", "bio", {"joiner": " "}, 24000, 29078 + 2467, {"ignored": 1}),
    ("germeval2014/germ.dev.iob2.gz", "bio", {"joiner": " "}, 2200, 2674 + 212, {"ignored": 1}),
    ("germeval2014/germ.test.iob2.gz", "bio", {"joiner": " "}, 5100, 6178 + 515, {"ignored": 1}),
    ("germeval2014/germ.test.iob2.gz", "bio", {"joiner": " ", "layers": 1}, 5100, 515, {}),
    ("uner/zh_gsdsimp-ud-train.iob2.gz", "uner", {}, 3997, 6118, {}),
    ("uner/zh_gsdsimp-ud-dev.iob2.gz", "uner", {}, 500, 753, {}),
    ("uner/zh_gsdsimp-ud-test.iob2.gz", "uner", {}, 500, 763, {}),
    ("uner/en_ewt-ud-train.iob2.gz", "uner", {}, 12543, 7005, {"ignored": 888 + 540}),
    ("uner/en_ewt-ud-train.iob2.gz", "uner", {"outside": ()}, 12543, 7005 + 888 + 540, {}),
    ("uner/en_ewt-ud-dev.iob2.gz", "uner", {}, 2001, 966, {}),
    ("uner/en_ewt-ud-test.iob2.gz", "uner", {}, 2077, 1088, {}),
    ("cluener/train.json.gz", "cluener", {}, 10748, 23971, {}),
    ("cluener/dev.json.gz", "cluener", {}, 1343, 3072, {}),
    ("cmeee/train_data.txt.gz", "cmeee", {}, 15000, 61796 - 2, {"dropped": 2}),
    ("cmeee/val_data.txt.gz", "cmeee", {}, 5000, 20300, {}),
    ("runne/train.jsonl.gz", "runne", {}, 461, 27743 - 16, {"duplicate": 16}),
    ("runne/test_with_answers.jsonl.gz", "runne", {}, 93, 5843 - 5, {"duplicate": 5}),
]


@pytest.mark.parametrize(("path", "name", "options", "documents", "entities", "noted"), FILES)
def test_a_file_has_the_documents_and_entities_of_its_readme(data_dir, path, name, options, documents, entities, noted):
    notes = Notes()
    found = list(read(data_dir / path, name, notes=notes, **options))
    assert len(found) == documents
    assert sum(len(document.entities) for document in found) == entities
    assert notes.counts() == noted


@pytest.mark.parametrize(
    ("path", "documents"),
    [
        ("cluener/test.json.gz", 1345),
        ("cmeee/test1.txt.gz", 3000),
        ("cmeee/test2.txt.gz", 5618),
        ("runne/dev.jsonl.gz", 323),
    ],
)
def test_a_file_without_labels_is_not_annotated(data_dir, path, documents):
    found = list(read(data_dir / path, path.split("/")[0]))
    assert len(found) == documents
    assert all(document.entities is None for document in found)


def test_resume_has_two_entities_that_do_not_begin_with_b(data_dir):
    notes = Notes()
    found = list(read(data_dir / "resume/train.char.bmes.gz", "bmeso", joiner="", notes=notes))
    assert (len(found), sum(len(document.entities) for document in found)) == (3821, 13440)
    assert sum("continues no" in note.message for note in notes) == 2


def of_a_mention(note):
    """Whether a note on a brat file is not about a relation."""
    return not note.message.startswith("relation ") and " from '" not in note.message


@pytest.mark.parametrize(
    ("part", "documents", "given", "pieces", "doubled"),
    [("train", 746, 44740, 127, 3), ("dev", 94, 5583, 7, 0), ("test", 93, 5810, 17, 0)],
)
def test_nerel(data_dir, part, documents, given, pieces, doubled):
    notes = Notes()
    path = f"{data_dir}/nerel/NEREL-v1.1.tar.gz::NEREL-v1.1/{part}/"
    found = list(read(path, "brat", discontinuous="skip", notes=notes))
    assert (len(found), sum(len(document.entities) for document in found)) == (documents, given - doubled)
    counts = Counter(note.kind for note in notes if of_a_mention(note))
    assert (counts["dropped"], counts["duplicate"]) == (pieces, doubled)


def test_nerel_keeps_discontinuous_mentions_as_their_envelope(data_dir):
    found = list(read(f"{data_dir}/nerel/NEREL-v1.1.tar.gz::test", "brat", discontinuous="envelope", notes=Notes()))
    assert sum(len(document.entities) for document in found) == 5810 + 17


@pytest.mark.parametrize(
    ("part", "documents", "given", "pieces", "shifted"),
    [("Training", 695, 122055, 2937, 8), ("Validation", 58, 11641, 283, 0), ("Testing", 84, 16433, 378, 0)],
)
def test_chinese_literature_adds_up(data_dir, part, documents, given, pieces, shifted):
    """Every mention is kept, or noted: left out alone, doubled, or in a document whose offsets are shifted."""
    notes = Notes()
    path = f"{data_dir}/chinese_literature/relation_extraction.tar.gz::{part}"
    found = list(read(path, "brat", discontinuous="skip", notes=notes))
    whole = [note for note in notes if note.message.startswith("the whole document")]
    fitting = sum(int(count) for note in whole for count in re.findall(r"mentions that fit: (\d+)", note.message))
    kept = sum(len(document.entities) for document in found)
    counts = Counter(note.kind for note in notes if of_a_mention(note))
    alone = counts["dropped"] - len(whole) - sum("discontinuous" in note.message for note in notes)
    assert len(found) == documents - shifted
    assert len(whole) == shifted
    assert sum("discontinuous" in note.message for note in notes) == pieces
    # mentions that are doubled are counted in shifted documents too
    assert kept + counts["duplicate"] + alone + fitting == given


def test_people_daily_is_kept_out_of_msra(data_dir):
    notes = Notes()

    def documents(path):
        return list(read(data_dir / path, "bio", joiner="", notes=notes))

    others = documents("peoples_daily/example.dev.gz") + documents("peoples_daily/example.test.gz")
    train = documents("msra/train.txt.gz")
    assert (len(train), sum(len(document.entities) for document in train)) == (50658, 74709)
    assert notes.counts() == {"repaired": 6}
    kept, removed = without(train, others)
    assert len(kept) == 43121
    assert len(removed) == 6412 + 1125


def test_the_check_of_cluener_gives_its_length(data_dir):
    report = check([data_dir / "cluener/train.json.gz", data_dir / "cluener/dev.json.gz"], format="cluener")
    train, dev = report.files
    assert (f"{train.length_mean:.2f}", f"{train.length_std:.2f}") == ("37.38", "10.71")
    assert (train.nested, dev.nested) == (2, 0)
    assert report.exit_code == 0


def test_the_check_of_cmeee_lists_its_broken_spans(data_dir):
    report = check([data_dir / "cmeee/train_data.txt.gz", data_dir / "cmeee/val_data.txt.gz"], format="cmeee")
    train, val = report.files
    assert report.exit_code == 1
    (broken,) = report.errors
    assert [example.split(": ")[0].rpartition(":")[2] for example in broken.examples] == ["6052", "6422"]
    assert (train.nested, train.crossing, train.several_labels) == (3644, 2, 33)
    assert (val.nested, val.crossing, val.several_labels, val.entity_length_max) == (1209, 0, 16, 114)
    found = {finding.code: finding.count for finding in report.warnings}
    assert (found["duplicate"], found["conflict"]) == (43, 18)
    assert "leak" not in found


def test_the_check_finds_the_known_leaks(data_dir):
    def leaks(first, second, **options):
        report = check([data_dir / first, data_dir / second], **options)
        return sum(finding.count for finding in report.warnings if finding.code == "leak")

    assert leaks("resume/train.char.bmes.gz", "resume/test.char.bmes.gz", format="bmeso", joiner="") == 4
    assert leaks("conll2003/train.txt.gz", "conll2003/test.txt.gz", format="bio", joiner=" ") == 78


def test_the_check_of_runne_counts_nesting_and_crossing(data_dir):
    files = [data_dir / "runne/train.jsonl.gz", data_dir / "runne/test_with_answers.jsonl.gz"]
    train, test = check(files, format="runne").files
    assert (train.nested, train.crossing) == (6196, 60)
    assert (test.nested, test.crossing) == (1201, 7)
