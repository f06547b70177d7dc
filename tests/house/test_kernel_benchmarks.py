"""What the kernels are measured with: both sides compute the same, nothing is favoured, and every row is shown."""

from functools import partial

import pytest
import torch
from benchmarks import gpu, gpu_tables, kernel_tables, kernels, measure, plots, precision, training_step
from benchmarks.floor import work
from benchmarks.formulations import (
    HIDDEN,
    LOSSES,
    Case,
    cell_by_cell,
    from_hidden,
    gold,
    legal,
    peers_absent,
    search_ours,
    search_usual,
    trained,
    untrained,
)

CASES = [Case(head, 2, 40, 3, mask) for head in ("efficient", "per-type") for mask in ("full", "padded")]
needs_peers = pytest.mark.skipif(peers_absent() is not None, reason="bert4torch and pytorch-crf are not installed")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gold_is_legal_sorted_and_distinct(case):
    cells, mask = gold(case), legal(case)
    assert torch.equal(cells, torch.unique(cells, dim=0))
    example, _, row, col = cells.unbind(1)
    assert set(example.tolist()) == set(range(case.batch))
    assert bool((mask[example, row] & mask[example, col] & (row <= col) & (row > 0)).all())


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("model", ["untrained", "trained"])
def test_all_formulations_are_the_same_loss(case, model):
    cells = gold(case)
    scores = untrained(case) if model == "untrained" else trained(case, cells)
    ours, sparse, dense = (LOSSES[name](scores, cells) for name in ("ours", "sparse", "dense"))
    torch.testing.assert_close(ours, sparse, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(dense, sparse, rtol=1e-5, atol=1e-5)


@needs_peers
@pytest.mark.parametrize("case", precision.CASES, ids=str)
def test_their_loss_is_the_same_one(case):
    cells = precision.one_each(case)
    scores = untrained(case)
    torch.testing.assert_close(precision.bert4torch(scores, cells), LOSSES["sparse"](scores, cells))


@needs_peers
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_side_hands_back_a_gradient_of_each_input_and_weight(case):
    for name in [*LOSSES, "bert4torch"]:
        hidden, *weights = from_hidden(name, case)()
        assert hidden.shape == (case.batch, case.tokens, HIDDEN)
        assert all(bool(each.isfinite().all()) and bool(each.any()) for each in (hidden, *weights)), name


@pytest.mark.parametrize("case", [Case("efficient", 3, 120, 12), Case("per-type", 3, 120, 12)], ids=str)
def test_trained_scores_are_like_trained_ones(case):
    cells = gold(case)
    scores = trained(case, cells)
    found = search_usual(scores)
    assert torch.equal(found, search_ours(scores))
    hit = {tuple(cell) for cell in cells.tolist()} & {tuple(cell) for cell in found.tolist()}
    assert len(hit) >= 0.8 * len(cells)
    assert len(found) <= 3 * len(cells)
    assert (search_usual(untrained(case)).shape[0] / precision.legal_cells(scores).sum()).item() == pytest.approx(
        0.5, abs=0.1
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_work_is_counted_over_legal_cells(case):
    pairs = int((cell_by_cell(untrained(case))[:, 0] > -1e11).sum())
    exact = {"efficient": 6 * (64 + case.types) * pairs, "per-type": 6 * 64 * pairs * case.types}
    assert round(work(case).gflop * 1e9) == exact[case.head]


def test_the_sides_take_turns():
    calls = []
    times = measure.side_by_side({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=3, seconds=0)
    assert calls == ["a", "b"] * 4, "a warm-up and three turns each"
    assert times["a"]["runs"] == times["b"]["runs"] == 3


def test_a_spread_is_the_median_and_the_quartiles():
    assert measure.spread([5.0, 1.0, 2.0, 4.0, 3.0]) == {"median": 3.0, "low": 2.0, "high": 4.0, "runs": 5}
    assert measure.spread([7.0]) == {"median": 7.0, "low": 7.0, "high": 7.0, "runs": 1}


def test_extra_memory_is_what_a_run_takes_at_its_peak():
    # 64 MiB made and dropped again by a run, in a process that has done something small before
    found = measure.extra_memory(partial(partial, torch.ones, 1 << 24), warm=partial(partial, torch.ones, 8))
    assert found == pytest.approx(64, abs=4)


def test_every_part_gives_rows_and_every_row_is_shown(monkeypatch, tmp_path):
    monkeypatch.setattr(kernels, "side_by_side", partial(measure.side_by_side, seconds=0.0))
    monkeypatch.setattr(kernels, "extra_memory", lambda make, warm: 1.0)
    monkeypatch.setattr(kernels, "rates", lambda: {"gflops": 100.0, "gexps": 1.0})
    one, bert = CASES[0], {**training_step.BERT, "num_hidden_layers": 1, "hidden_size": 24, "vocab_size": 1000}
    small = {
        "loss": partial(kernels.losses, CASES),
        "head": partial(kernels.heads, CASES[:1]),
        "many types": partial(kernels.many_types, [one, one._replace(types=5)]),
        "search": partial(kernels.searches, CASES[1:3]),
        "precision": partial(precision.rows, [one]),
        "peers": partial(kernels.peers, [(2, 40, 3)]),
        "step": partial(training_step.rows, one, bert, 1),
        "long": partial(kernels.long_documents, [one]),
        "types": partial(kernels.sweep_types, (1, 3)),
        "tokens": partial(kernels.sweep_tokens, {"efficient": (16, 32), "per-type": (16,)}),
    }
    assert set(small) == set(kernels.PARTS)
    where = {"machine": "a machine", "date": "2026-01-01", "commit": "abc", "torch": "2.13.0", "threads": 1}
    rows = [{"part": part, **where, **row} for part, run in small.items() for row in run()]
    monkeypatch.setattr(kernel_tables, "read_rows", lambda name: rows if name == "kernels" else [])
    tables = kernel_tables.kernel_tables()
    empty = set() if peers_absent() is None else {"kernels-peers"}
    for name, table in tables.items():
        lines = [line for line in table.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1, name
        assert (table == kernel_tables.NOT_MEASURED) == (name in empty), name
    assert tables["kernels-efficient"].count("2 × 40 × 3") == tables["kernels-per-type"].count("2 × 40 × 3") == 2
    for what, against in (("time", "types"), ("memory", "tokens")):
        points = [row for row in rows if row["part"] == against]
        for name in "ab":
            plots.draw(points, what, against, tmp_path / f"{name}.svg")
        assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_the_absence_of_rows_is_said(monkeypatch):
    monkeypatch.setattr(kernel_tables, "read_rows", lambda name: [])
    assert set(kernel_tables.kernel_tables().values()) == {kernel_tables.NOT_MEASURED}


def test_rows_of_a_gpu_are_shown_and_their_absence_is_said(monkeypatch):
    monkeypatch.setattr(gpu_tables, "read_rows", lambda name: [])
    assert set(gpu_tables.gpu_tables().values()) == {kernel_tables.NOT_MEASURED}
    where = {
        "device": "a GPU",
        "cuda": "13.0",
        "triton": "3.7.1",
        "date": "2026-01-01",
        "commit": "abc",
        "torch": "2.13.0",
    }
    names = ("ours", "sparse", "dense", "partition", "products", "encoder", "head and loss", "loss")
    times = {name: measure.spread([2.0 + at]) for at, name in enumerate(names)}
    common = {**CASES[0]._asdict(), **where, "case": "c", "ms": times, "mib": {"ours": 2.0, "dense": 40.0}}
    own = {
        "per-type": {"dtype": "bfloat16", "tflops": {"partition": 60.0, "products": 100.0}},
        "efficient": {"dtype": "float32"},
        "search": {"dtype": "float32", "model": "untrained", "limit": 1000},
        "step": {"dtype": "bfloat16", "loss": "ours", "share": {"head and loss": 0.05, "loss": 0.02}},
    }
    assert set(own) == set(gpu.PARTS)
    rows = [{**common, "part": part, **fields} for part, fields in own.items()]
    monkeypatch.setattr(gpu_tables, "read_rows", lambda name: rows)
    tables = gpu_tables.gpu_tables()
    assert "| 2 | 40 | 20 |" in tables["kernels-gpu"]
    assert "| 60 | 100 | 60 % |" in tables["kernels-gpu-rate"]
    assert "1,000 an example" in tables["kernels-gpu-search"]
    assert "| 5.0 % | 2.0 % |" in tables["kernels-gpu-step"]
    assert all("a GPU, CUDA 13.0, Triton 3.7.1, torch 2.13.0" in table for table in tables.values())


def row(ours, dense):
    times = {
        name: {"median": value, "low": value, "high": value, "runs": 1}
        for name, value in (("ours", ours), ("dense", dense))
    }
    return {
        "part": "head",
        "case": "c",
        "head": "efficient",
        "batch": 1,
        "tokens": 2,
        "types": 3,
        "mask": "full",
        "ms": times,
    }


def test_the_newest_row_of_a_case_is_shown():
    rows = kernel_tables.newest([row(1.0, 8.0), row(2.0, 8.0)])
    assert [kernel_tables.times(each, "dense") for each in rows] == ["4"]


@pytest.mark.parametrize(
    ("value", "shown"), [(12345.6, "12,346"), (123.4, "123"), (12.345, "12.3"), (0.01234, "0.0123"), (None, "")]
)
def test_a_number_has_three_digits_that_count(value, shown):
    assert kernel_tables.number(value) == shown
