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
    separator = (0,)

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


def linked(text, mentions, *relations):
    """Labels and texts of mentions, each once in the text; relations as label and two indices."""
    entities = [
        {"start": text.index(each), "end": text.index(each) + len(each), "label": label} for label, each in mentions
    ]
    names = ("label", "subject", "object")
    return {
        "text": text,
        "entities": entities,
        "relations": [dict(zip(names, each, strict=True)) for each in relations],
    }


def happening(text, label, **roles):
    """One event of roles and the texts that play them, each once in the text."""
    spans = {role: (text.index(each), text.index(each) + len(each)) for role, each in roles.items()}
    arguments = [{"role": role, "start": start, "end": end} for role, (start, end) in spans.items()]
    return {"text": text, "events": [{"label": label, "arguments": arguments}]}


def test_relations_are_counted(file):
    text = "Ann of Oldport and Bob of Newport"
    mentions = [("PER", "Ann"), ("LOC", "Oldport"), ("PER", "Bob"), ("LOC", "Newport")]
    record = linked(text, mentions, ("of", 0, 1), ("of", 2, 3), ("from", 2, 3), ("knows", 0, 2), ("is", 0, 0))
    report = check([file(record, {"text": "x", "entities": []})], format="jsonl")
    facts = report.files[0].relations
    assert (facts.documents, facts.relations, facts.triples) == (1, 5, 0)
    assert facts.labels == {"from": 1, "is": 1, "knows": 1, "of": 2}
    assert facts.ends["of"] == {"PER → LOC": 2}
    assert (facts.distance_mean, facts.distance_max) == (pytest.approx((4 + 4 + 4 + 16 + 0) / 5), 16)
    assert (facts.self_relations, facts.overlapping, facts.same_pair, facts.confused) == (1, 0, 1, 0)
    assert codes(report, "infos")["self-relation"].examples == (f"{report.files[0].path}:1 is from 'Ann' to 'Ann'",)
    assert codes(report, "warnings")["rare-relation"].examples == ("from (1)", "is (1)", "knows (1)", "of (2)")
    assert report.files[0].events is None


def test_relations_that_no_link_tells_apart(file):
    """A with C and B with C say the same head and tail as AB with C."""
    mentions = [("A", "north"), ("A", "port"), ("A", "north port"), ("B", "sea")]
    record = linked("north port by the sea", mentions, ("by", 0, 3), ("by", 1, 3))
    report = check([file(record)], format="jsonl")
    assert report.files[0].relations.confused == 1
    assert codes(report, "warnings")["relations-confused"].examples[0].endswith("by from 'north port' to 'sea'")
    overlapping = linked("north port by the sea", mentions, ("part", 0, 2))
    assert check([file(overlapping)], format="jsonl").files[0].relations.overlapping == 1


def test_triples_are_counted_and_unfound_ones_are_errors(file):
    triples = [{"subject": "Ann", "label": "likes", "object": what} for what in ("tea", "coffee")]
    report = check([file({"text": "Ann and Ann like tea", "triples": triples})], format="jsonl")
    assert (report.files[0].relations.triples, report.files[0].relations.relations) == (2, 1)
    assert report.files[0].annotated == 1
    assert "'coffee' is not in the text" in codes(report, "errors")["dropped"].examples[0]
    assert codes(report, "infos")["ambiguous"].count == 1


def test_events_are_counted(file):
    text = "Ann hired Bob and Cy in May"
    record = happening(text, "hire", trigger="hired", who="Ann", whom="Bob")
    more = happening(text, "hire", trigger="hired", who="Ann", when="May")["events"]
    bare = happening(text, "meet", who="Cy")["events"]
    record["events"] += more + bare
    record["events"][0]["arguments"].append({"role": "whom", "start": 18, "end": 20})
    report = check([file(record, {"text": "x", "events": []})], format="jsonl")
    facts = report.files[0]
    assert (facts.documents, facts.annotated, facts.empty, facts.entities) == (2, 2, 1, 0)
    events = facts.events
    assert (events.documents, events.events, events.arguments) == (2, 3, 6)
    assert events.labels == {"hire": 2, "meet": 1}
    assert events.roles == {"hire": {"trigger": 2, "who": 2, "whom": 2, "when": 1}, "meet": {"who": 1}}
    assert (events.without_trigger, events.several_triggers, events.repeated_roles) == (1, 0, 1)
    assert (events.shared_triggers, events.shared_arguments, events.confused) == (1, 2, 0)
    assert codes(report, "infos")["no-trigger"].count == 1
    assert not {"no-annotation", "no-entity"} & (set(codes(report, "infos")) | set(codes(report, "warnings")))
    assert codes(report, "warnings")["rare-role"].count == 5


def test_events_that_no_link_tells_apart(file):
    """Three events over two of three arguments each are the event over all three."""
    text, pairs = "Ann and Bob and Cy", (("Ann", "Bob"), ("Bob", "Cy"), ("Ann", "Cy"))
    events = [happening(text, "meet", one=one, other=other)["events"][0] for one, other in pairs]
    for event in events:
        for argument in event["arguments"]:
            argument["role"] = "who"
    report = check([file({"text": text, "events": events})], format="jsonl")
    assert report.files[0].events.confused == 3
    assert codes(report, "warnings")["events-confused"].count == 3


def test_labels_of_every_kind_are_compared(file):
    train = file(linked("Ann of Oldport", [("PER", "Ann"), ("LOC", "Oldport")], ("of", 0, 1)))
    dev = linked("Bob of Newport", [("PER", "Bob"), ("LOC", "Newport")], ("Of", 0, 1))
    dev |= {"events": happening("Bob of Newport", "be", trigger="of")["events"]}
    report = check([train, file(dev, name="dev.jsonl")], format="jsonl")
    found = codes(report, "warnings")
    absent = [each.examples for each in report.warnings if each.code == "relation-not-everywhere"]
    assert absent == [("Of",), ("of",)]
    assert found["relations-alike"].examples == ("Of / of",)
    assert "event-not-everywhere" not in found  # the other file has no events annotated


def test_texts_with_other_events_are_in_conflict(file):
    one, other = (happening("Ann hired Bob", "hire", trigger="hired", who=who) for who in ("Ann", "Bob"))
    assert "conflict" in codes(check([file(one, other)], format="jsonl"), "warnings")
    assert "conflict" not in codes(check([file(one, one)], format="jsonl"), "warnings")


def test_borders_and_tokens_of_arguments(file):
    path = file(
        happening("abcdefghij", "x", trigger="ab", who="bcd", whom="ij"), happening("a , b", "x", trigger="a ,")
    )
    report = check([path], format="jsonl", tokenizer=Pieces())
    found = codes(report, "warnings")
    assert found["misaligned"].examples[0] == f"{path}:1 x/who 'bcd' at 1:4"
    assert found["misaligned"].message.startswith("arguments with a border")
    assert found["parted-events"].examples == (f"{path}:1 event x with trigger 'ab' at 0:2: 5 tokens",)
    assert codes(report, "infos")["punctuation-border"].message.startswith("arguments")


def test_relations_that_no_window_holds(file):
    path = file(linked("ab__cd__ef", [("X", "ab"), ("X", "cd"), ("X", "ef")], ("near", 0, 1), ("far", 0, 2)))
    found = codes(check([path], format="jsonl", tokenizer=Pieces()), "warnings")
    assert found["parted-relations"].examples == (f"{path}:1 far from 'ab' to 'ef': 5 tokens",)


def drawn(report):
    from rich.console import Console

    console = Console(width=160, record=True, file=io.StringIO())
    console.print(table(report))
    return console.export_text()


def test_the_tables_show_what_is_annotated_and_no_more(file):
    plain = drawn(check([file(*CLEAN)], format="jsonl"))
    assert "without an entity" in plain
    assert not {"most frequent ends", "relations", "events"} & set(plain.split())
    events = drawn(check([file(happening("Ann sings", "sing", trigger="sings", who="Ann"))], format="jsonl"))
    assert "with nothing annotated in them" in events
    assert "who 1" in events
    assert "longest entity" not in events
    assert "not annotated" not in events
    relations = drawn(
        check([file(linked("Ann of Oldport", [("P[b]", "Ann"), ("LOC", "Oldport")], ("of", 0, 1)))], format="jsonl")
    )
    assert "P[b] → LOC 1" in relations
    assert "longest entity" in relations


def test_what_is_told_reads_well_of_one_and_of_many(file):
    many = drawn(check([file(*({"text": " " * length} for length in range(7)))], format="jsonl"))
    assert "warning: texts that are empty or blank (7)" in many
    assert "... and 2 more" in many
    single = drawn(check([file({"text": ""}, name="one.jsonl")], format="jsonl"))
    assert "warning: texts that are empty or blank (1)" in single
    assert "Kinds of errors: 0, of warnings: 1, of notes: 2" in single


def asked(question, *places, text="Ann sings in Oslo.", **more):
    return {
        "text": text,
        "question": question,
        "answers": [{"start": start, "end": end} for start, end in places],
        **more,
    }


def test_questions_and_their_answers_are_counted(file):
    path = file(
        asked("Who sings?", (0, 3), accepted=["Ann", "the singer", "Ann"]),
        asked("Where?", (13, 17), (10, 17)),
        asked("When?"),
        asked("Why?", accepted=["for joy"], text="Bob."),
        {"text": "Bob.", "question": "Not annotated?"},
    )
    report = check([path], format="jsonl")
    facts = report.files[0].answers
    assert facts is not None
    assert (facts.documents, facts.contexts, facts.answers, facts.places) == (4, 2, 6, 3)
    assert (facts.unanswerable, facts.unplaced) == (1, 1)
    assert (facts.answer_length_mean, facts.answer_length_max) == ((3 + 10 + 3 + 4 + 7 + 7) / 6, 10)
    assert (facts.question_length_mean, facts.question_length_max) == ((10 + 6 + 5 + 4) / 4, 10)
    assert report.to_dict()["files"][0]["answers"] == facts.to_dict()
    assert codes(report, "warnings")["unplaced"].examples == (f"{path}:4 'for joy'",)
    from rich.console import Console

    shown = io.StringIO()
    Console(file=shown, width=120).print(table(report))
    assert "answers, of all annotators" in shown.getvalue()
    assert "nested entities" not in shown.getvalue()


def test_several_questions_about_one_text_are_no_copies(file):
    found = check([file(asked("Who?", (0, 3)), asked("Where?", (13, 17)))], format="jsonl")
    assert not {"duplicate", "conflict", "no-entity"} & set(codes(found, "warnings"))
    twice = codes(check([file(asked("Who?", (0, 3)), asked("Who?", (0, 3)))], format="jsonl"), "warnings")
    assert "questions that stand in" in twice["duplicate"].message
    assert "conflict" not in twice
    other = codes(check([file(asked("Who?", (0, 3)), asked("Who?", (13, 17)))], format="jsonl"), "warnings")
    assert other["conflict"].message == "questions that are answered in different ways"


def test_contexts_that_leak_are_told_once(file):
    train = file(asked("Who?", (0, 3)), asked("Where?", (13, 17)), asked("What of?", text="sings in Oslo"))
    dev = file(asked("When?"), asked("Why?"), name="dev.jsonl")
    found = codes(check([train, dev], format="jsonl"), "warnings")
    assert (found["leak"].count, found["leak"].examples) == (1, (f"{train}:1 and {dev}:1",))
    assert (found["contained"].count, found["contained"].examples) == (1, (f"{train}:3 in {dev}:1",))


def test_oddities_of_a_text_are_told_once_and_those_of_answers_each(file):
    odd = "Ann, sings\ufffd"
    report = check([file(asked("Who?", (0, 4), text=odd), asked("What?", (3, 5), text=odd))], format="jsonl")
    assert codes(report, "warnings")["replacement"].count == 1
    assert codes(report, "infos")["punctuation-border"].message == "answers that begin or end with punctuation"


def test_answers_that_a_tokenizer_or_a_window_loses(file):
    path = file(asked("Who?", (0, 3)), asked("Where?", (0, 16)))
    facts = check([path], format="jsonl", tokenizer=Pieces(), window=4).files[0]
    assert facts.tokens is not None
    assert (facts.tokens.misaligned, facts.tokens.unreachable) == (1, 1)


def test_a_question_takes_its_part_of_the_window(file):
    path = file(asked("Who sings in Oslo?", (0, 3)), asked("W?", (0, 3)))
    report = check([path], format="jsonl", tokenizer=Pieces(), window=8)
    cut = codes(report, "warnings")["cut-question"]
    assert (cut.count, cut.examples) == (1, (f"{path}:1 9 tokens, of which 3 are read",))
    # 9 tokens of text with 4 at a time beside the long question, 6 beside the short one, one of them shared
    assert report.files[0].tokens.windows == 3 + 2


def test_a_misspelt_list_of_answers_is_an_error(file):
    path = file(asked("Who?", (0, 3)), {"text": "Bob.", "question": "Who is it?", "anwsers": []})
    found = codes(check([path], format="jsonl"), "errors")["unanswered"]
    assert (found.count, found.examples) == (1, (f"{path}:2 'Who is it?'",))
