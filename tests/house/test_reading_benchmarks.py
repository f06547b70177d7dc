"""The tables of reading comprehension name what was compared, and show each number once."""

from benchmarks.reading_tables import accuracy, slices, told


def row(recipe, head, seed, **more):
    marks = {"f1": 0.5, "exact": 0.25, "official": "SQuAD", "matches": {"best of 5": {"f1": 0.6}, "place": {"f1": 0.4}}}
    sliced = {"answer": {"1": {"f1": 0.7, "questions": 50}, "2": {"f1": 0.0, "questions": 49}}}
    circumstances = {"machine": "m", "date": "d", "torch": "t", "transformers": "f"}
    loss = {"loss": None, "loss_options": {}, "warm_epochs": 0, **more}
    told = {"recipe": recipe, "head": head, "seed": seed, "encoder": "minilm", "epochs": 3, "minutes": 2.0}
    return {**told, **loss, **circumstances, "test": {**marks, "slices": sliced}}


def test_each_reader_is_named_by_what_it_was_trained_by():
    assert told(row("squad_gnr", "gnr", 1)) == "Globally Normalized Reader"
    assert told(row("squad_joint", "efficient", 1, loss=None)) == "one grid, joint cross-entropy"
    standard = row("squad_joint_standard", "global_pointer", 1, loss=None)
    assert told(standard) == "one grid, standard head, joint cross-entropy"
    f1 = {"loss": "span_f1", "loss_options": {"entropy": 0.05}}
    assert told(row("squad_scratch", "efficient", 1, **f1)) == "one grid, F1 loss, λ = 0.05, from scratch"
    warm = row("squad_warm", "efficient", 1, **f1, warm_epochs=2)
    assert told(warm) == "one grid, F1 loss, λ = 0.05, after 2 of cross-entropy"


def test_a_line_holds_all_seeds_of_a_reader():
    rows = [row("squad_gnr", "gnr", seed) for seed in (1, 2)]
    table = accuracy(rows)
    assert "| squad | Globally Normalized Reader | minilm | 2 | 3 | SQuAD | 25.00 ± 0.00 | 50.00 ± 0.00 |" in table
    assert "results/reading.jsonl" in table
    assert slices(rows).splitlines()[-1] == "| squad | Globally Normalized Reader | 70.00 ± 0.00 |  |"
    assert "Nothing is measured yet." in accuracy([])
