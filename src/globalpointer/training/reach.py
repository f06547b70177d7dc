"""How much a model reads at once: no more than training showed it."""

from collections.abc import Sequence

from globalpointer.data.batching import Example
from globalpointer.data.tokenizing import TextTokenizer
from globalpointer.model import GlobalPointerConfig
from globalpointer.predictor import Predictor

FEW = 1e-3
"""The share of training examples that may be longer than what is read at once."""

LEAST = 64
"""However short the training texts, so many tokens are read at once (unless model.window is smaller)."""


def window_of(folder: str | None) -> int:
    """How many tokens a trained model reads at once, with which training begins; 0 where it begins with none."""
    return 0 if folder is None else int(GlobalPointerConfig.from_pretrained(folder).text["window"])


def learned_reach(examples: Sequence[Example], tokenizer: TextTokenizer) -> int:
    """How many tokens training texts have, but for the longest of each thousand; special tokens not counted."""
    lengths = sorted(len(example.tokens) for example in examples)
    special = len(tokenizer.prefix) + len(tokenizer.suffix)
    return lengths[-1 - int(FEW * len(lengths))] - special


def shorten_windows(predictor: Predictor, examples: Sequence[Example], *, known: int = 0) -> list[str]:
    """Cut longer texts into windows that are as long as training texts, and tell it where it is less than asked for.

    Of tokens further apart than any that were trained together a score means nothing: models of sentences find spans
    of hundreds of tokens in documents. `known`: what the weights have learned before. Nothing is changed where
    `truncation` forbids windows, nor where questions are asked, which take their share of a window.
    """
    tokenizer = predictor.tokenizer
    if predictor.model.task.asks or tokenizer.truncation != "window":
        return []
    window = max(LEAST, known, learned_reach(examples, tokenizer))
    if window >= tokenizer.window:
        return []
    overlap = min(tokenizer.overlap, window // 2)
    predictor.tokenizer = TextTokenizer(tokenizer.tokenizer, window=window, overlap=overlap)
    predictor.model.config.text |= {"window": window, "overlap": overlap}
    return [f"longer texts are read in windows of {window} tokens, not of {tokenizer.window}: training texts are short"]
