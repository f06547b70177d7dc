"""The report says what was measured, in both forms, and needs nothing beside itself."""

import re
import statistics
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from globalpointer.comparison import prose, tables
from globalpointer.comparison.plots import pictures
from globalpointer.comparison.report import chapters, markdown, page
from globalpointer.comparison.runs import Failure, answers
from globalpointer.evaluation import evaluate
from globalpointer.evaluation.significance import paired_bootstrap
from globalpointer.text.spans import Document


def flat(section):
    return [row for group in (*section.groups, section.foot) for row in group]


def test_the_spread_is_that_of_a_sample():
    assert tables.spread([0.5]) == "50.00"
    assert tables.spread([0.1, 0.2, 0.3]) == "20.00 ± 10.00"


def test_the_scores_are_those_of_the_answers_that_were_kept(compared):
    found = compared.found
    (first, second) = flat(tables.scores(found))
    for cells, name in ((first, "efficient"), (second, "global_pointer")):
        reports = [evaluate(found.ground.gold, answers(found.folder, row)) for row in found.of(name)]
        values = [100 * each.f1 for each in reports]
        assert min(values) > 10
        assert cells[:2] == (name, f"{statistics.fmean(values):.2f} ± {statistics.stdev(values):.2f}")
        assert cells[-1] == "42, 1"
    assert int(second[5].replace(",", "")) > int(first[5].replace(",", ""))


def test_one_seed_is_compared_as_two_models_are(compared):
    found = compared.found
    one = replace(found, rows=[row for row in found.rows if row.seed == 1])
    ((name, difference, _, p, seeds),) = flat(tables.differences(one))
    first, second = (answers(found.folder, row) for row in one.rows)
    expected = paired_bootstrap(found.ground.gold, second, first)
    assert (name, difference) == ("global_pointer", f"{100 * expected.difference:+.2f}")
    assert (p, seeds) == (f"{expected.p_value:.3g}", "1")
    assert tables.differences(replace(one, rows=one.rows[:1])) is None


def test_only_seeds_that_both_have_are_compared(compared):
    found = compared.found
    some = replace(found, rows=[row for row in found.rows if (row.system, row.seed) != ("global_pointer", 42)])
    one = replace(found, rows=[row for row in found.rows if row.seed == 1])
    assert flat(tables.differences(some)) == flat(tables.differences(one)) != flat(tables.differences(found))
    apart = replace(found, rows=[row for row in some.rows if (row.system, row.seed) != ("efficient", 1)])
    assert flat(tables.differences(apart)) == [("global_pointer", "-", "-", "-", "-")]


def test_labels_and_slices_have_a_column_a_system(compared):
    by_label = tables.labels(compared.found)
    assert by_label.columns == ("label", "gold", "efficient", "global_pointer")
    gold = [entity for document in compared.found.ground.gold for entity in document.entities]
    assert sum(int(row[1]) for row in by_label.groups[0]) == len(set(map(id, gold)))
    names = [row[0].partition(":")[0] for row in flat(tables.slices(compared.found))]
    assert names == ["L1", "L2", "L3", "single", "longer", "D1", "D2", "D3", "flat", "nested", "seen", "unseen"]
    assert [row[0] for row in flat(tables.settings(compared.found))] == ["model.head"]


def test_the_page_is_whole_and_asks_for_nothing(compared):
    text = (compared.found.folder / "report.html").read_text(encoding="utf-8")
    parser = Balanced()
    parser.feed(text)
    assert parser.open == []
    assert text.count("<svg") == 4
    assert not re.search(r'(?:src|href)="(?!#)|@import|<script|url\((?!#)', text)


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_markdown_names_pictures_that_are_there(compared):
    text = (compared.found.folder / "report.md").read_text(encoding="utf-8")
    drawn = re.findall(r"\]\((pictures/\w+\.svg)\)", text)
    assert len(drawn) == 4
    for name in drawn:
        ElementTree.parse(compared.found.folder / name)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_the_same_comparison_gives_the_same_report(compared):
    found = compared.found
    drawn = pictures(found)
    assert drawn == {name: (found.folder / "pictures" / f"{name}.svg").read_text(encoding="utf-8") for name in drawn}
    made = list(chapters(found))
    assert markdown(made, drawn) == (found.folder / "report.md").read_text(encoding="utf-8")


def test_anybodys_words_are_only_words(compared):
    run = compared.plan.runs[0]
    failure = Failure(run, "<script>| `no` |</script>\nand [more](http://x)")
    made = list(chapters(replace(compared.found, failures=[failure])))
    assert "<script>" not in page(made, {})
    (line,) = [each for each in markdown(made, {}).splitlines() if "script" in each]
    assert line.endswith(r"\<script\>\| \`no\` \|\</script\> and \[more\](http://x)")


@pytest.mark.parametrize("speed", [True, False])
def test_one_system_with_one_seed_has_a_report_too(compared, speed):
    found = compared.found
    one = replace(found, rows=found.rows[:1], speed=found.speed if speed else None)
    if speed:
        one = replace(one, speed=replace(found.speed, seconds={"efficient": found.speed.seconds["efficient"]}))
    drawn = pictures(one)
    text = markdown(list(chapters(one)), drawn)
    assert "Against" not in text
    assert "±" not in next(line for line in text.splitlines() if line.startswith("| efficient |"))
    assert set(drawn) == {"scores", "epochs", "slices"} | ({"speed"} if speed else set())


def test_a_part_without_gold_is_drawn_without_it(compared):
    found = compared.found
    gold = [Document(each.text, ()) for each in found.ground.gold]
    empty = evaluate(gold, gold)
    none = replace(found, rows=[replace(row, report=empty) for row in found.rows])
    assert pictures(none)["slices"].startswith("<svg")
    assert {row[2] for row in flat(tables.slices(none))} == {"-"}


def test_without_matplotlib_the_report_says_so(compared, monkeypatch, tmp_path):
    import sys

    from globalpointer.comparison.report import write_report

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    found = replace(compared.found, speed=None)
    (tmp_path / "runs").symlink_to(found.folder / "runs")
    write_report(replace(found, folder=tmp_path))
    assert 'pip install "globalpointer\\[view\\]"' in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_one_is_not_many(compared):
    found = compared.found
    one = replace(found, plan=replace(found.plan, systems=found.plan.systems[:1], runs=found.plan.runs[:1]))
    assert prose.head(one)[0].startswith(
        "1 system, 1 run, task ner. Scored on the test part (20 documents); trained on "
    )
    assert prose.head(found)[0].startswith("2 systems, 4 runs, task ner. ")
    assert "Encoder: bilstm." in prose.head(found)[0]
