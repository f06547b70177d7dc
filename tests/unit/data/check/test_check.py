"""The data doctor: each thing it should find, in a file that has it."""

import io
import json

import pytest

from globalpointer.data.check import check
from globalpointer.data.check.annotation import layout
from globalpointer.data.check.tables import table
from globalpointer.errors import ConfigError
from globalpointer.text.spans import Entity, Span
from globalpointer.text.tokens import TokenMap


@pytest.fixture
def file(tmp_path):
    def make(*records, name="train.jsonl"):
        path = tmp_path / name
        path.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in records))
        return path

    return make


def doc(text, *entities):
    return {"text": text, "entities": [{"start": start, "end": end, "label": label} for start, end, label in entities]}


def codes(report, level):
    return {finding.code: finding for finding in getattr(report, level)}


CLEAN = [doc(f"Ann {i} sings.", (0, 3, "PER")) for i in range(60)]


def test_a_clean_file_has_nothing_grave(file):
    report = check([file(*CLEAN)], format="jsonl")
    assert (report.errors, report.warnings, report.exit_code) == ((), (), 0)
    (facts,) = report.files
    assert (facts.documents, facts.annotated, facts.entities, facts.labels) == (60, 60, 60, {"PER": 60})
    assert (facts.depth, facts.nested, facts.crossing, facts.several_labels) == (1, 0, 0, 0)
    assert facts.length_mean == pytest.approx((10 * 12 + 50 * 13) / 60)
    assert facts.length_std == pytest.approx((10 / 60 * 50 / 60) ** 0.5)


def test_broken_annotation_is_listed_and_is_an_error(file):
    report = check([file(*CLEAN, doc("Ann", (2, 1, "PER")), doc("Ann", (0, 9, "PER")))], format="jsonl")
    assert report.exit_code == 1
    finding = codes(report, "errors")["dropped"]
    assert finding.count == 2
    assert "train.jsonl:61: entity 0: a span needs" in finding.examples[0]
    assert "train.jsonl:62: entity 0: the span ends at 9" in finding.examples[1]


def test_a_file_that_breaks_off_is_looked_at_as_far_as_it_goes(file):
    report = check([file(*CLEAN, '{"text": "Ann', doc("x"))], format="jsonl")
    assert report.files[0].documents == 60
    assert "train.jsonl:61: broken JSON" in codes(report, "errors")["unreadable"].examples[0]
    missing = check([file().with_name("none.jsonl")], format="jsonl")
    assert "no such file" in codes(missing, "errors")["unreadable"].examples[0]
    assert missing.exit_code == 1


def test_options_are_still_errors_of_the_caller(file):
    with pytest.raises(ConfigError):
        check([file(*CLEAN)], format="bio")
    with pytest.raises(ConfigError):
        check([file(*CLEAN)], format="nonsense")


@pytest.mark.parametrize(
    ("record", "level", "code"),
    [
        (doc("Ann sings", (0, 4, "PER")), "warnings", "blank-border"),
        (doc("Ann   sings", (3, 5, "PER")), "errors", "blank-entity"),
        (doc("Ann, sings", (0, 4, "PER")), "infos", "punctuation-border"),
        (doc("Ann sings", (0, 3, "PER"), (0, 3, "PER")), "warnings", "duplicate"),
        (doc("Ann 0 sings.", (0, 3, "PER")), "warnings", "duplicate"),
        (doc("Ann 0 sings.", (0, 5, "PER")), "warnings", "conflict"),
        (doc("Ann sings", (0, 3, "PER"), (2, 5, "PER")), "warnings", "crossing"),
        (doc("Ann sings", (0, 9, "PER"), (0, 3, "PER")), "infos", "nested"),
        (doc("Ann sings", (4, 9, "ACT")), "warnings", "rare-label"),
        (doc("Ann sings", (0, 3, "per")), "warnings", "labels-alike"),
        (doc("Ann sings", (0, 3, "ORG")), "infos", "ambiguous-mention"),
        (doc(" \n"), "warnings", "blank-text"),
        (doc("a\ufffdb"), "warnings", "replacement"),
        (doc("a\ufeffb"), "warnings", "bom"),
        (doc("a\u200bb"), "warnings", "zero-width"),
        (doc("a\x00b"), "warnings", "control"),
        (doc("a\u202eb"), "warnings", "bidi"),
        (doc("e\u0301"), "infos", "combining"),
        (doc("e\u0301"), "infos", "not-nfc"),
        (doc("a\r\nb"), "infos", "line-separator"),
        (doc("\U0001f469\u200d\U0001f4bb"), "infos", "joiner"),
        (doc("\U0001f600"), "infos", "emoji"),
        (doc("\U00020000"), "infos", "astral"),
        (doc("\ue000"), "infos", "private-use"),
    ],
)
def test_each_oddity_is_found_with_its_place(file, record, level, code):
    assert code not in codes(check([file(*CLEAN)], format="jsonl"), level)
    found = codes(check([file(*CLEAN, record)], format="jsonl"), level)
    assert code in found
    if code not in ("crossing", "nested", "labels-alike", "ambiguous-mention", "rare-label"):
        assert "train.jsonl:61" in " ".join(found[code].examples)


def test_well_formed_mentions_with_signs_are_left_in_peace(file):
    records = [doc("The U.S. and 《红》 and 10%", (4, 8, "LOC"), (13, 16, "WORK"), (21, 24, "NUM"))]
    assert "punctuation-border" not in codes(check([file(*records)], format="jsonl"), "infos")


def test_leaks_between_files(file):
    train = file(*CLEAN, doc("This is a part of a longer text"), doc("Ann"))
    dev = file(
        doc("Ann 7 sings."),
        doc("This is a part of a longer text, as it seems."),
        doc("Ann 1 sings. And more."),
        name="dev.jsonl",
    )
    found = codes(check([train, dev], format="jsonl"), "warnings")
    assert found["leak"].count == 1
    assert found["leak"].examples == (f"{train}:8 and {dev}:1",)
    assert found["contained"].count == 2
    assert found["contained"].examples[0] == f"{train}:2 in {dev}:3"


def test_labels_in_some_files_only(file):
    dev = file(doc("Ann of Oldport", (0, 3, "PER"), (7, 14, "LOC")), name="dev.jsonl")
    finding = codes(check([file(*CLEAN), dev], format="jsonl"), "warnings")["label-not-everywhere"]
    assert finding.examples == ("LOC",)
    assert "train.jsonl" in finding.message


def test_texts_without_annotation(file):
    report = check([file({"text": "a"})], format="jsonl")
    assert report.files[0].annotated == 0
    assert "no-annotation" in codes(report, "infos")


def test_repairs_of_column_files(tmp_path):
    (tmp_path / "a.txt").write_text("a O\nb I-X\n")
    report = check([tmp_path / "a.txt"], format="bio", joiner=" ")
    assert codes(report, "warnings")["repaired"].examples == (
        f"{tmp_path / 'a.txt'}:2: I-X continues no X: taken to begin one",
    )
    assert report.exit_code == 0


def test_nesting_is_counted_as_the_definitions_say():
    def entities(*spans):
        return [Entity(label, Span(start, end), "") for start, end, label in spans]

    found = layout(entities((0, 9, "A"), (0, 5, "A"), (0, 5, "B"), (3, 7, "A"), (4, 5, "A"), (20, 21, "A")))
    assert found.several == 1
    assert found.nested == 4  # all but the outermost and the one that stands alone
    assert found.crossing == 1  # 0:5 and 3:7, whatever their labels
    assert found.depth == 3


class Pieces:
    """A tokenizer whose tokens are pairs of characters; it has its own window."""

    window = 3
    overlap = 1

    def tokenize_batch(self, texts):
        class Tokenized:
            def __init__(self, text):
                ends = [min(start + 2, len(text)) for start in range(0, len(text), 2)]
                self.tokens = TokenMap(tuple(Span(start * 2, end) for start, end in enumerate(ends)))

        return [Tokenized(text) for text in texts]


def test_a_tokenizer_shows_what_is_lost(file):
    path = file(doc("abcdefghij", (0, 2, "X"), (1, 4, "X"), (0, 10, "X")), doc("abcd", (0, 4, "X")))
    report = check([path], format="jsonl", tokenizer=Pieces())
    tokens = report.files[0].tokens
    assert (tokens.mean, tokens.max, tokens.window, tokens.windows, tokens.cut) == (3.5, 5, 3, 3, 1)
    assert (tokens.misaligned, tokens.unreachable, tokens.longest_entity) == (1, 1, 5)
    found = codes(report, "warnings")
    assert found["misaligned"].examples == (f"{path}:1 X 'bcd' at 1:4",)
    assert found["unreachable"].examples == (f"{path}:1 5 tokens",)
    wide = check([path], format="jsonl", tokenizer=Pieces(), window=5, overlap=2).files[0].tokens
    assert (wide.windows, wide.unreachable) == (2, 0)


def test_the_report_as_json_and_as_tables(file):
    from rich.console import Console

    report = check([file(*CLEAN, doc("Ann[bold] sings", (0, 4, "[x]")))], format="jsonl", tokenizer=Pieces())
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["files"][0]["labels"] == {"PER": 60, "[x]": 1}
    assert plain["warnings"][0]["count"] >= 1
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table(report))
    drawn = console.export_text()
    assert "[x]" in drawn
    assert "'Ann['" in drawn
    assert "12.87" in drawn
