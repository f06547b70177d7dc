"""Small untrained models for tests: made in milliseconds, and never saved with the repository."""

import torch

from globalpointer.data.tokenizers import learn_tokenizer
from globalpointer.data.tokenizing import TextTokenizer
from globalpointer.model import GlobalPointerConfig, GlobalPointerModel
from globalpointer.predictor import Predictor

TEXTS = ["Ann sings in Oslo.", "李雷在上海的蓝湖科技担任算法工程师。", "Bob 😀 Café\r\n"]
LABELS = ["LOC", "ORG", "PER"]


def small_predictor(
    *, window=256, overlap=8, head="efficient", slope=1.0, truncation="window", architecture=None, **options
) -> Predictor:
    """An untrained character model over TEXTS, always the same one; `architecture`: changes of it."""
    torch.manual_seed(7)
    backend = learn_tokenizer(TEXTS, "character")
    text = {"window": window, "overlap": overlap, "truncation": truncation}
    config = GlobalPointerConfig(
        architecture={
            "task": {"kind": "ner", "schema": {"entities": LABELS}, "max_width": None},
            "encoder": {
                "name": "bilstm",
                "options": {
                    "vocab_size": backend.get_vocab_size(),
                    "hidden": 16,
                    "embedding": {"token_dim": 8, "bigram_dim": 4, "bigrams": 64},
                },
            },
            "head": {"name": head, "options": {"dim": 8, "rotary": True}},
            "loss": "multilabel",
            "reduction": "mean",
            "dropout": 0.1,
            **(architecture or {}),
        },
        text={**text, "joiner": None, "unit": "character"},
        slopes={"entity": slope},
        recipe={"data": {"format": "jsonl", "train": ["train.jsonl"]}},
    )
    return Predictor(GlobalPointerModel(config).eval(), TextTokenizer(backend, **text), **options)
