"""A comparison from start to report: stopped and taken up again, with failures, for every kind of task."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from importlib import import_module

import pytest
from rich.console import Console

from globalpointer.comparison import compare, make_plan
from globalpointer.comparison.runs import answers
from globalpointer.errors import ConfigError, DataError
from globalpointer.evaluation import EVALUATIONS
from globalpointer.training.fit import fit
from globalpointer.training.held import held

# After one epoch a model may find half of all cells
pytestmark = pytest.mark.filterwarnings("ignore::globalpointer.errors.LimitWarning")

TIMINGS = ("seconds", "resumed", "circumstances")


def command(recipe, output):
    words = ["compare", recipe, "--systems", "efficient,biaffine", "--seeds", "42,1", "--output", output, "--no-speed"]
    return [sys.executable, "-m", "globalpointer", *map(str, words)]


def untimed(folder):
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    return [{key: value for key, value in row.items() if key not in TIMINGS} for row in rows]


def tables_of(folder):
    """The report without minutes, which a clock says, and the remark on runs that were taken up again."""
    text = re.sub(r"\\\* A run was stopped.*\n\n", "", (folder / "report.md").read_text(encoding="utf-8"))
    return re.sub(r"\| \d+\.\d(?: ± \d+\.\d)?(?:\\\*)?(?= \|)", "|", text)


@pytest.mark.slow
def test_killed_after_the_first_row_it_repeats_nothing(recipe, tmp_path):
    killed, straight = tmp_path / "killed", tmp_path / "straight"
    process = subprocess.Popen(command(recipe, killed), stderr=subprocess.DEVNULL)
    until = time.monotonic() + 300
    while not ((killed / "rows.jsonl").exists() and (killed / "rows.jsonl").read_text()):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished = [f"{row['system']}-{row['seed']}" for row in untimed(killed)]
    assert 0 < len(finished) < 4
    before = {name: os.stat(killed / "runs" / name / "model.safetensors").st_mtime_ns for name in finished}

    refused = subprocess.run(command(recipe, killed), capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "--resume goes on with it" in refused.stderr
    subprocess.run([*command(recipe, killed), "--resume"], check=True, capture_output=True)
    subprocess.run(command(recipe, straight), check=True, capture_output=True)
    after = {name: os.stat(killed / "runs" / name / "model.safetensors").st_mtime_ns for name in finished}
    assert after == before
    assert untimed(killed) == untimed(straight)
    assert len(untimed(killed)) == 4
    assert tables_of(killed) == tables_of(straight)
    assert (killed / "pictures" / "scores.svg").read_bytes() == (straight / "pictures" / "scores.svg").read_bytes()


def test_a_finished_comparison_is_read_back(compared, quiet):
    folder = compared.found.folder
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/*")}
    rows = (folder / "rows.jsonl").read_bytes()
    again = compare(compared.plan, folder, resume=True, console=quiet)
    assert again == compared.found
    assert {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/*")} == kept
    assert (folder / "rows.jsonl").read_bytes() == rows


def test_runs_that_are_not_named_are_told(compared, tmp_path, quiet):
    folder = shutil.copytree(compared.found.folder, tmp_path / "copy")
    plan = replace(compared.plan, runs=compared.plan.runs[:1])
    again = compare(plan, folder, resume=True, speed=False, console=quiet)
    others = len(compared.plan.runs) - 1
    assert len(again.rows) == 1
    (said,) = [remark for remark in again.remarks if "finished run" in remark]
    assert f"{others} finished runs" in said
    assert said in (folder / "report.md").read_text().replace("\\", "")


def test_a_folder_in_which_a_process_is_at_work_is_left_alone(compared, tmp_path, quiet):
    folder = shutil.copytree(compared.found.folder, tmp_path / "copy")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with held(folder):
        for options in ({"resume": True}, {"overwrite": True}):
            with pytest.raises(ConfigError, match="copy: another process is at work there"):
                compare(compared.plan, folder, speed=False, console=quiet, **options)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    run = compared.plan.runs[0]
    with held(folder / "runs" / run.name):
        (folder / "runs" / run.name / "report.json").unlink()
        with pytest.raises(ConfigError, match="another process is at work there"):
            fit(run.recipe, folder / "runs" / run.name, resume=True, base=run.base, console=quiet)


def test_resuming_what_is_not_there_is_told(recipe, tmp_path):
    console = Console(record=True, quiet=False, file=io.StringIO(), force_terminal=False)
    found = compare(make_plan([recipe]), tmp_path / "nowhere", resume=True, speed=False, console=console)
    assert len(found.rows) == 1
    assert "nowhere: no such folder, so there is nothing to resume" in console.export_text().replace("\n", "")


def test_what_was_timed_is_shown_also_without_timing(compared, tmp_path, quiet):
    folder = shutil.copytree(compared.found.folder, tmp_path / "copy")
    again = compare(compared.plan, folder, resume=True, speed=False, console=quiet)
    assert again.speed == compared.found.speed
    (folder / "speed.json").unlink()
    assert compare(compared.plan, folder, resume=True, speed=False, console=quiet).speed is None
    assert not (folder / "pictures" / "speed.svg").exists()


def test_runs_of_other_code_are_told(compared, tmp_path, quiet, monkeypatch):
    folder = shutil.copytree(compared.found.folder, tmp_path / "copy")
    same = compare(compared.plan, folder, resume=True, speed=False, console=quiet)
    assert same.remarks == compared.found.remarks
    monkeypatch.setattr("globalpointer.comparison.runs.code", lambda: "other")
    again = compare(compared.plan, folder, resume=True, speed=False, console=quiet)
    assert again.rows == same.rows
    assert "made by other code of globalpointer" in again.remarks[-1]
    assert "4 finished runs (efficient-1, efficient-42, global_pointer-1, global_pointer-42)" in again.remarks[-1]


def test_speed_that_cannot_be_measured_is_told_and_the_scores_are_there(compared, tmp_path, quiet, monkeypatch):
    folder = shutil.copytree(compared.found.folder, tmp_path / "copy")
    (folder / "speed.json").unlink()

    def failing(*_):
        raise MemoryError("no room for four models")

    monkeypatch.setattr(import_module("globalpointer.comparison.compare"), "timed", failing)
    found = compare(compared.plan, folder, resume=True, console=quiet)
    assert (found.rows, found.speed) == (compared.found.rows, None)
    assert found.remarks[-1] == "speed was not measured: MemoryError: no room for four models"
    assert found.remarks[-1] in (folder / "report.md").read_text(encoding="utf-8").replace("\\", "")


def test_speed_is_read_back_only_of_the_same_runs_in_the_same_place(compared, tmp_path, quiet, monkeypatch):
    folder = shutil.copytree(compared.found.folder, tmp_path / "copy")
    taken = []

    def timing(folders, gold, reference, console):
        taken.append(reference)
        return replace(compared.found.speed, reference=reference)

    monkeypatch.setattr(import_module("globalpointer.comparison.compare"), "timed", timing)
    compare(compared.plan, folder, resume=True, console=quiet)
    assert not taken
    turned = make_plan([compared.recipe], heads=["global_pointer", "efficient"], seeds=[42, 1])
    compare(turned, folder, resume=True, console=quiet)
    assert taken == ["global_pointer"]
    monkeypatch.setattr("globalpointer.comparison.machine.machine", lambda: "another")
    compare(turned, folder, resume=True, console=quiet)
    assert len(taken) == 2


def test_a_row_that_was_lost_is_made_from_its_run(compared, quiet):
    folder = compared.found.folder
    before = (folder / "rows.jsonl").read_bytes()
    (folder / "rows.jsonl").write_bytes(b"".join(before.splitlines(keepends=True)[:2]) + before.splitlines()[2][:50])
    weights = {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/model.safetensors")}
    again = compare(compared.plan, folder, resume=True, console=quiet)
    assert again.rows == compared.found.rows
    assert {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/model.safetensors")} == weights


def test_a_changed_recipe_is_noticed_before_anything_is_run(compared, quiet):
    plan = make_plan([compared.recipe], heads=["efficient"], seeds=[2, 42], overrides=["model.dropout=0.5"])
    with pytest.raises(
        ConfigError, match=r"efficient-42.recipe.toml: .* another recipe \(model.dropout was 0.0, is 0.5\)"
    ):
        compare(plan, compared.found.folder, resume=True, console=quiet)
    assert not (compared.found.folder / "runs" / "efficient-2").exists()


def test_a_changed_file_is_noticed_before_anything_is_run(recipe, tmp_path, quiet):
    once = compare(make_plan([recipe]), tmp_path / "out", speed=False, console=quiet)
    assert len(once.rows) == 1
    train = tmp_path / "train.jsonl"
    before = train.read_bytes()
    train.write_bytes(b"".join(before.splitlines(keepends=True)[:-1]))
    with pytest.raises(
        ConfigError, match=r"base-42: the run .* other files: train\.jsonl \(sha256 \w{12}, now \w{12}\)"
    ):
        compare(make_plan([recipe], seeds=[1, 42]), tmp_path / "out", resume=True, speed=False, console=quiet)
    assert not (tmp_path / "out" / "runs" / "base-1").exists()
    train.write_bytes(before)
    assert compare(make_plan([recipe]), tmp_path / "out", resume=True, speed=False, console=quiet).rows == once.rows


def test_somebodys_folder_is_not_emptied(recipe, tmp_path, quiet):
    plan = make_plan([recipe])
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="not empty; --resume goes on"):
        compare(plan, tmp_path / "thesis", console=quiet)
    for asked in ("resume", "overwrite"):
        with pytest.raises(ConfigError, match=r"holds no comparison \(no rows\.jsonl\)"):
            compare(plan, tmp_path / "thesis", console=quiet, **{asked: True})
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"
    (tmp_path / "thesis" / "rows.jsonl").write_text("{}")  # theirs, by the name of ours
    with pytest.raises(ConfigError, match=r"also holds chapter\.txt: move that away"):
        compare(plan, tmp_path / "thesis", overwrite=True, console=quiet)
    with pytest.raises(ConfigError, match="this is a file"):
        compare(plan, tmp_path / "thesis" / "chapter.txt", console=quiet)
    with pytest.raises(ConfigError, match="choose one of them"):
        compare(plan, tmp_path / "new", resume=True, overwrite=True, console=quiet)


@pytest.mark.parametrize("theirs", ["runs/mine/model.safetensors", "runs/efficient-1/errors.html", "pictures/my.png"])
def test_what_somebody_put_among_the_runs_is_not_removed(compared, tmp_path, quiet, theirs):
    folder = shutil.copytree(compared.found.folder, tmp_path / "copy")
    (folder / theirs).parent.mkdir(exist_ok=True)
    (folder / theirs).touch()
    with pytest.raises(ConfigError, match=r"also holds (mine|errors\.html|my\.png): move that away"):
        compare(compared.plan, folder, overwrite=True, console=quiet)
    assert (folder / theirs).exists()


def test_damaged_files_of_ours_are_named(compared, tmp_path, quiet):
    folder = shutil.copytree(compared.found.folder, tmp_path / "copy")
    run = folder / "runs" / "efficient-42"

    def told(file, content):
        before = file.read_bytes()
        file.write_bytes(content)
        with pytest.raises((ConfigError, DataError)) as caught:
            compare(compared.plan, folder, resume=True, speed=False, console=quiet)
        file.write_bytes(before)
        return str(caught.value)

    assert f"{run / 'inputs.json'}: damaged" in told(run / "inputs.json", b"{")
    assert f"{run / 'history.jsonl'}:1: broken JSON" in told(run / "history.jsonl", b"x\n")
    found = (run / "found.jsonl").read_bytes().splitlines(keepends=True)
    said = told(run / "found.jsonl", b"".join(found[:3]))
    assert f"{run / 'found.jsonl'}: 3 documents, and 20 were scored: remove this file" in said
    (folder / "speed.json").write_text("[]")
    assert compare(compared.plan, folder, resume=True, console=quiet).speed is not None


def test_why_there_is_no_speed_stands_in_the_report(compared, tmp_path, quiet, monkeypatch):
    folder = shutil.copytree(compared.found.folder, tmp_path / "copy")
    one = make_plan([compared.recipe], heads=["efficient"], seeds=[42, 1])
    found = compare(one, folder, resume=True, speed=False, console=quiet)
    assert (found.speed, "speed is not shown: what was measured before is of" in found.remarks[-1]) == (None, True)
    monkeypatch.setattr(import_module("globalpointer.comparison.compare"), "timed", lambda *_: None)
    found = compare(one, folder, resume=True, console=quiet)
    assert "speed was not measured: no document of the scored part" in found.remarks[-1]
    assert "speed was not measured" in (folder / "report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["relation", "event"])
def test_every_kind_of_task_is_compared(kind, tmp_path, write_recipe, quiet):
    plan = make_plan([write_recipe(tmp_path, kind=kind, epochs=2)], heads=["efficient", "global_pointer"])
    found = compare(plan, tmp_path / "out", console=quiet)
    assert not found.failures
    for row in found.rows:
        kept = answers(found.folder, row)
        assert EVALUATIONS[kind](found.ground.gold, kept, seen=found.ground.seen, unit=row.report.unit) == row.report
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert found.rows[0].report.measure in text
    assert "## Speed of prediction" in text


def test_a_run_that_fails_does_not_stop_the_others(recipe, tmp_path, quiet, monkeypatch):
    from globalpointer.comparison import runs

    fit = runs.fit

    def failing(wanted, folder, **options):
        if wanted.training["seed"] == 1:
            raise RuntimeError("out of memory")
        return fit(wanted, folder, **options)

    monkeypatch.setattr(runs, "fit", failing)
    plan = make_plan([recipe], heads=["efficient"], seeds=[1, 2])
    found = compare(plan, tmp_path / "out", speed=False, console=quiet)
    assert [(row.system, row.seed) for row in found.rows] == [("efficient", 2)], found.failures
    told = [(each.run.name, each.message) for each in found.failures]
    assert told == [("efficient-1", "RuntimeError: out of memory")]
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "- efficient, seed 1: RuntimeError: out of memory" in text

    monkeypatch.setattr(runs, "fit", fit)
    again = compare(plan, tmp_path / "out", resume=True, console=quiet)
    assert [(row.system, row.seed) for row in again.rows] == [("efficient", 1), ("efficient", 2)]


def test_without_a_test_part_the_development_part_is_scored_and_said(recipe, tmp_path, quiet):
    recipe.write_text(recipe.read_text().replace('test = "test.jsonl"\n', ""))
    found = compare(make_plan([recipe]), tmp_path / "out", speed=False, console=quiet)
    assert found.rows[0].part == "dev"
    assert found.rows[0].report.f1 == found.rows[0].dev_f1
    assert "there is no test part" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")


def test_all_runs_may_fail(recipe, tmp_path, quiet, monkeypatch):
    def failing(*_, **__):
        raise RuntimeError("out of memory")

    monkeypatch.setattr("globalpointer.comparison.runs.fit", failing)
    found = compare(make_plan([recipe], heads=["efficient"]), tmp_path / "out", console=quiet)
    assert (found.rows, len(found.failures), found.speed) == ([], 1, None)
    assert "Failed runs" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
