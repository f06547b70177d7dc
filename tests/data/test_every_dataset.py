"""Every dataset, straight from its files: train, evaluate, predict and check as a person would call them."""

import json
from dataclasses import dataclass

import pytest

pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    # the models are a few steps old, and the published files have a few broken tags
    pytest.mark.filterwarnings("ignore::globalpointer.errors.LimitWarning"),
    pytest.mark.filterwarnings("ignore::globalpointer.data.readers.DataWarning"),
]

NEREL = "nerel/NEREL-v1.1.tar.gz::NEREL-v1.1"
LITERATURE = "chinese_literature/relation_extraction.tar.gz::"
SMALL = (
    "--set", "model.encoder_options={hidden=32,embedding={token_dim=24,bigram_dim=8,bigrams=1024}}",
    "--set", "model.dim=16", "--set", "model.reduction=sum", "--set", "training.learning_rate=1e-2",
    "--set", "training.per_device_train_batch_size=8", "--epochs", "1",
)  # fmt: skip


@dataclass(frozen=True)
class Dataset:
    """Where it is, how it is read, and how many documents its development file has, and how much to find.

    That is entities, relations, or arguments of events, one that several events of a label share counted once.
    """

    name: str
    format: str
    train: str
    dev: str
    documents: int
    gold: int
    task: str = "ner"
    joiner: str | None = None
    discontinuous: str | None = None
    unlabelled: tuple[tuple[str, int], ...] = ()
    size: int = 100
    problems: bool = False
    """Whether the check knows of annotation that is lost."""


DATASETS = [
    Dataset("resume", "bmeso", "resume/train.char.bmes.gz", "resume/dev.char.bmes.gz", 463, 1497, joiner=""),
    Dataset("cluener", "cluener", "cluener/train.json.gz", "cluener/dev.json.gz", 1343, 3072,
            unlabelled=(("cluener/test.json.gz", 1345),)),
    Dataset("cmeee", "cmeee", "cmeee/train_data.txt.gz", "cmeee/val_data.txt.gz", 5000, 20300, problems=True,
            unlabelled=(("cmeee/test1.txt.gz", 3000), ("cmeee/test2.txt.gz", 5618))),
    Dataset("msra", "bio", "msra/train.txt.gz", "msra/dev.txt.gz", 4631, 6192, joiner=""),
    Dataset("peoples_daily", "bio", "peoples_daily/example.test.gz", "peoples_daily/example.dev.gz", 2318, 3819,
            joiner=""),
    Dataset("conll2003", "bio", "conll2003/train.txt.gz", "conll2003/dev.txt.gz", 3250, 5942, joiner=" "),
    Dataset("uner_zh", "uner", "uner/zh_gsdsimp-ud-train.iob2.gz", "uner/zh_gsdsimp-ud-dev.iob2.gz", 500, 753),
    Dataset("uner_en", "uner", "uner/en_ewt-ud-train.iob2.gz", "uner/en_ewt-ud-dev.iob2.gz", 2001, 966),
    Dataset("germeval2014", "bio", "germeval2014/germ.train.iob2.gz", "germeval2014/germ.dev.iob2.gz", 2200, 2886,
            joiner=" "),
    Dataset("runne", "runne", "runne/train.jsonl.gz", "runne/test_with_answers.jsonl.gz", 93, 5838, size=20,
            unlabelled=(("runne/dev.jsonl.gz", 323),)),
    Dataset("nerel", "brat", f"{NEREL}/train", f"{NEREL}/dev", 94, 5583, discontinuous="skip", size=20, problems=True),
    Dataset("chinese_literature", "brat", f"{LITERATURE}Training", f"{LITERATURE}Validation", 58, 11641,
            discontinuous="skip", size=20, problems=True),
    Dataset("conll04", "conll04", "conll04/conll04_train.json.gz", "conll04/conll04_dev.json.gz", 231, 343, "relation",
            joiner=" "),
    Dataset("scierc", "spert", "scierc/scierc_joint_er_train.json.gz", "scierc/scierc_joint_er_dev.json.gz", 275, 455,
            "relation", joiner=" "),
    Dataset("scierc_documents", "dygie", "scierc/train.json.gz", "scierc/dev.json.gz", 50, 455, "relation", joiner=" "),
    Dataset("duie", "duie", "duie/v2_5000/train_data_5000.json.gz", "duie/v1_sample/dev_data.json.gz", 200, 448,
            "relation", problems=True),
    Dataset("webnlg", "triples", "webnlg/WebNLG/train_triples.json.gz", "webnlg/WebNLG/val_triples.json.gz", 500, 1223,
            "relation"),
    Dataset("duee", "duee", "duee/duee_dev.json.gz", "duee/duee_train.json.gz", 100, 176, "event"),
    Dataset("fewfc", "fewfc", "fewfc/test_trans.json.gz", "fewfc/train_trans.json.gz", 820, 2476, "event"),
]  # fmt: skip


def predicted(cli, model, path):
    """The documents found in a file: offsets hold, labels are the model's, scores at least the threshold it states."""
    result = cli("predict", model, path)
    assert result.code == 0, result.err
    config = json.loads((model / "config.json").read_text())
    schema, threshold = config["architecture"]["task"]["schema"], config["text"].get("threshold", 0.5)
    rows = [json.loads(line) for line in result.out.splitlines()]
    for row in rows:
        entities, relations, events = (row.get(kind, []) for kind in ("entities", "relations", "events"))
        arguments = [argument for event in events for argument in event["arguments"]]
        for each in [*entities, *arguments]:
            assert row["text"][each["start"] : each["end"]] == each["text"]
        assert {each["label"] for each in entities} <= set(schema["entities"])
        assert {each["label"] for each in relations} <= set(schema.get("relations", ()))
        assert {each["label"] for each in events} <= set(schema.get("events", ()))
        assert all(each[end] < len(entities) for each in relations for end in ("subject", "object"))
        assert all(threshold <= each["score"] <= 1 for each in [*entities, *relations, *events])
    return rows


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_train_evaluate_predict(cli, data_dir, tmp_path, dataset):
    model, train, dev = tmp_path / "model", f"{data_dir}/{dataset.train}", f"{data_dir}/{dataset.dev}"
    joiner = () if dataset.joiner is None else ("--joiner", dataset.joiner)
    gaps = () if dataset.discontinuous is None else ("--set", f"data.discontinuous={dataset.discontinuous}")
    trained = cli(
        "train", "--task", dataset.task, "--format", dataset.format, *joiner, *gaps, "--train", train, "--dev", dev,
        "--encoder", "bilstm", "--head", "efficient", "--output", model, *SMALL,
        "--set", f"data.subset.size={dataset.size}",
    )  # fmt: skip
    assert trained.code == 0, trained.err
    assert f"trained on {dataset.size} of" in trained.err
    assert "dev F1" in trained.err
    assert "nan" not in trained.err
    assert "Writing model shards" not in trained.err
    assert len(trained.err.splitlines()) < 30  # a log file holds what matters

    scored = cli("evaluate", model, dev, "--json", tmp_path / "scores.json")
    assert scored.code == 0, scored.err
    numbers = json.loads((tmp_path / "scores.json").read_text())
    assert all(0 <= numbers[kind] <= 1 for kind in ("f1", "precision", "recall"))
    assert numbers["documents"] == dataset.documents
    # a mention given twice, or an entity of a line that cannot be kept, is noted and not counted
    assert dataset.gold - 60 <= numbers["gold"] <= dataset.gold
    assert f"F1 {100 * numbers['f1']:.2f}" in scored.out

    assert len(predicted(cli, model, dev)) == dataset.documents
    for path, documents in dataset.unlabelled:
        assert len(predicted(cli, model, data_dir / path)) == documents


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_check(cli, data_dir, tmp_path, dataset):
    """With a tokenizer learned from the files; all entities of Chinese files can be expressed in characters."""
    joiner = () if dataset.joiner is None else ("--joiner", dataset.joiner)
    gaps = () if dataset.discontinuous is None else ("--discontinuous", dataset.discontinuous)
    files = [f"{data_dir}/{dataset.train}", f"{data_dir}/{dataset.dev}"]
    files += [f"{data_dir}/{path}" for path, _ in dataset.unlabelled]
    options = ("--format", dataset.format, *joiner, *gaps, "--tokenizer", "character", "--json", tmp_path / "o.json")
    result = cli("check", *files, *options)
    assert result.code == int(dataset.problems), result.out
    plain = json.loads((tmp_path / "o.json").read_text())
    assert [each["documents"] for each in plain["files"]][1:] == [
        dataset.documents, *(documents for _, documents in dataset.unlabelled)
    ]  # fmt: skip
    assert all(each["tokens"]["misaligned"] == 0 for each in plain["files"])
