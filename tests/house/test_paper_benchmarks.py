"""What the paper's tables are made of: numbers copied from comparisons, the same ones again, of recipes as they stand."""

import json
import shutil

import pytest
from benchmarks import paper, paper_rows, paper_sizes, paper_tables, rows

from globalpointer.comparison import compare, make_plan, speed
from globalpointer.config import load_recipe
from globalpointer.data.sample import sample
from globalpointer.data.writers import write

RECIPE = """[data]
format = "jsonl"
train = "{folder}/train.jsonl"
dev = "{folder}/dev.jsonl"
test = "{folder}/test.jsonl"
subset = {{size = 100}}

[model]
head = "{head}"
dropout = 0.0
tokenizer = "character"
encoder_options.hidden = 32
encoder_options.dropout = 0.0
encoder_options.embedding = {{token_dim = 32, bigram_dim = 16, bigrams = 1024, dropout = 0.0}}

[training]
num_train_epochs = 6
learning_rate = 2e-2
per_device_train_batch_size = 4
ema = 0.9
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The recipes of one experiment with two systems, and their comparison over two seeds."""
    house = tmp_path_factory.mktemp("house")
    recipes = house / "recipes" / "paper" / "cluener"
    recipes.mkdir(parents=True)
    for part, size in (("train", 120), ("dev", 20), ("test", 20)):
        write(sample(part, "en")[:size], house / f"{part}.jsonl", "jsonl")
    for head in ("crf", "efficient"):
        (recipes / f"{head}.toml").write_text(RECIPE.format(folder=house, head=head), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speed, "ROUNDS", 3)
        compare(make_plan([recipes], seeds=[42, 1]), house / "runs" / "cluener")
    return house


@pytest.fixture
def results(house, tmp_path, monkeypatch):
    """The house without its runs, whose rows go into a folder of this test."""
    monkeypatch.setattr(paper, "RECIPES", house / "recipes" / "paper")
    monkeypatch.setattr(paper_rows, "ROOT", house)
    monkeypatch.setattr(rows, "RESULTS", tmp_path)
    paper_rows.fingerprint.cache_clear()
    yield tmp_path / "paper" / "cluener.jsonl"
    paper_rows.fingerprint.cache_clear()


def copy(monkeypatch, runs):
    monkeypatch.setattr("sys.argv", ["paper", "--runs", str(runs)])
    paper.main()


def test_the_numbers_of_every_run_are_copied_and_no_text(house, results, monkeypatch):
    copy(monkeypatch, house / "runs")
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    kinds = [line["kind"] for line in lines]
    assert kinds == ["run"] * 4 + ["difference", "speed"]
    for line in lines:
        assert {"machine", "date", "commit", "torch"} <= line.keys() or line["kind"] == "difference"
    known = rows.read_rows("paper/cluener")
    report = json.loads((house / "runs/cluener/runs/efficient-42/report.json").read_text(encoding="utf-8"))
    run = next(line for line in known if line.get("system") == "efficient" and line.get("seed") == 42)
    assert run["test"]["f1"] == report["test"]["f1"] > 0.3
    assert run["dev"]["recall"] == report["dev"]["recall"]
    assert "trained on 100 of 120 documents (seed 42)" in run["notes"]
    texts = {entity.text for document in sample("test", "en")[:20] for entity in document.entities}
    assert texts
    assert not [text for text in texts if text in results.read_text(encoding="utf-8")]


def test_copying_again_changes_nothing_and_forgets_nothing(house, results, tmp_path, monkeypatch):
    copy(monkeypatch, house / "runs")
    before = results.read_bytes()
    copy(monkeypatch, house / "runs")
    assert results.read_bytes() == before
    some = tmp_path / "some" / "cluener"
    shutil.copytree(house / "runs" / "cluener", some)
    first = (some / "rows.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[0]
    (some / "rows.jsonl").write_text(first, encoding="utf-8")
    copy(monkeypatch, some.parent)
    assert len(results.read_bytes().splitlines()) == len(before.splitlines())


def test_the_difference_is_that_of_the_report(house, results, monkeypatch):
    copy(monkeypatch, house / "runs")
    found = next(line for line in rows.read_rows("paper/cluener") if line["kind"] == "difference")
    assert (found["system"], found["against"], found["seeds"]) == ("efficient", "crf", [1, 42])
    report = (house / "runs/cluener/report.md").read_text(encoding="utf-8")
    shown = "{:+.2f} | {:+.2f} to {:+.2f}".format(*(100 * found[key] for key in ("difference", "low", "high")))
    assert f"| efficient | {shown} |" in report


def test_a_difference_of_fewer_seeds_than_both_systems_have_says_so(house, results, monkeypatch):
    copy(monkeypatch, house / "runs")
    told = paper_rows.Experiment.read("cluener").difference("efficient", "crf")
    known = rows.read_rows("paper/cluener")
    for line in known:
        if line["kind"] == "difference":
            line["seeds"] = [42]
    rows.write_rows("paper/cluener", known)
    assert "seed" not in told
    assert paper_rows.Experiment.read("cluener").difference("efficient", "crf") == f"{told}, 1 seed"


def test_every_table_shows_its_rows(house, results, monkeypatch):
    assert set(paper_tables.paper_tables().values()) == {paper_rows.NOT_YET, paper_sizes.sizes()}
    copy(monkeypatch, house / "runs")
    tables = paper_tables.paper_tables()
    for name in ("paper-cluener", "paper-cluener-speed", "paper-cluener-slices"):
        lines = [line for line in tables[name].splitlines() if line.startswith("|")]
        assert len(lines) == 4, name
        assert len({line.count("|") for line in lines}) == 1, name
        assert lines[2].startswith("| CRF |")
    assert "Runs a system: 2; trained on 100 of 120 documents (seed 42); longer texts" in tables["paper-cluener"]
    assert "1.00 (1.00–1.00)" in tables["paper-cluener-speed"]
    assert tables["paper-cmeee"] == paper_rows.NOT_YET


def test_rows_of_another_state_of_a_recipe_are_not_shown(house, results, monkeypatch, tmp_path):
    copy(monkeypatch, house / "runs")
    changed = tmp_path / "changed"
    shutil.copytree(house / "recipes", changed / "recipes")
    recipe = changed / "recipes" / "paper" / "cluener" / "efficient.toml"
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("2e-2", "1e-2"), encoding="utf-8")
    monkeypatch.setattr(paper_rows, "ROOT", changed)
    paper_rows.fingerprint.cache_clear()
    found = paper_rows.Experiment.read("cluener")
    assert list(found.runs) == ["crf"]
    assert not found.differences
    assert found.speed is None


@pytest.mark.parametrize("experiment", paper.experiments())
def test_every_system_has_a_name_and_a_rival(experiment):
    systems = [path.stem for path in (paper.RECIPES / experiment).glob("*.toml")]
    rivals = {system: paper.against(experiment, system) for system in systems}
    assert {rival for each in rivals.values() for rival in each} <= set(systems)
    bare = [system for system, each in rivals.items() if not each]
    assert len(bare) == (len(systems) if experiment in paper.CHOICES else 4 if experiment == "encoders" else 1)
    named = {*paper_tables.NAMES, *paper_tables.LOSSES}
    named |= {f"{encoder}_{head}" for encoder in paper_tables.ENCODERS for head in paper_tables.HEADS}
    named |= {f"{name}_{rate}" for name in paper_tables.TUNED for rate in paper_tables.RATES}
    named |= {f"crf_{each}" for each in paper_tables.MULTIPLIERS}
    assert set(systems) <= named


def test_encoders_and_systems_are_what_their_names_say():
    for path in (paper.RECIPES / "encoders").glob("*.toml"):
        model = load_recipe(path).model
        assert path.stem == f"{model.encoder}_{model.head}"
    for path in (paper.RECIPES / "heads").glob("*.toml"):
        model = load_recipe(path).model
        assert path.stem.startswith(model.head)
        assert path.stem.endswith("_no_rope") == (not model.rotary)


def test_an_added_type_costs_what_the_formulas_say():
    hidden, dim = paper_sizes.HIDDEN, paper_sizes.DIM
    formulas = {
        "standard": 2 * hidden * dim,
        "efficient, types from the hidden vector": 2 * hidden,
        "efficient, types from [q; k]": 4 * dim,
        # With m types there are (2m + 1)² transitions
        "CRF": 2 * hidden + 23**2 - 21**2,
    }
    assert set(formulas) == set(paper_sizes.HEADS)
    for name, expected in formulas.items():
        assert paper_sizes.grown(paper_sizes.HEADS[name][1], weights_only=True) == expected


def test_the_published_sizes_are_met():
    counts = {name: paper_sizes.count(make(100)) for name, (_, make) in paper_sizes.HEADS.items()}
    assert counts["standard"] == 9_843_200
    assert counts["efficient, types from [q; k]"] == 124_232
