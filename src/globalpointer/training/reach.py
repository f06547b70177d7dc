"""How much a model reads at once: no more than training showed it."""

from collections.abc import Sequence

from globalpointer.data.batching import Example
from globalpointer.data.tokenizing import TextTokenizer
from globalpointer.predictor import Predictor

FEW = 1e-3
"""The share of training examples that may be longer than what is read at once."""

LEAST = 64
"""However short the training texts, so many tokens are read at once (unless model.window is smaller)."""


def learned_reach(examples: Sequence[Example], tokenizer: TextTokenizer) -> int:
    """How many tokens training examples have, but for the longest of each thousand; special tokens not counted."""
    lengths = sorted(len(example.tokens) for example in examples)
    special = len(tokenizer.prefix) + len(tokenizer.suffix)
    return lengths[-1 - int(FEW * len(lengths))] - special


def shorten_windows(predictor: Predictor, examples: Sequence[Example]) -> list[str]:
    """Cut longer texts into windows that are as long as training examples, and tell it where it is less than asked for.

    Of tokens further apart than any that were trained together a score means nothing: models of sentences find spans
    of hundreds of tokens in documents. Where `truncation` forbids windows, nothing is changed.
    """
    tokenizer = predictor.tokenizer
    window = max(LEAST, learned_reach(examples, tokenizer))
    if window >= tokenizer.window or tokenizer.truncation != "window":
        return []
    overlap = min(tokenizer.overlap, window // 2)
    predictor.tokenizer = TextTokenizer(tokenizer.tokenizer, window=window, overlap=overlap)
    predictor.model.config.text |= {"window": window, "overlap": overlap}
    return [
        f"longer texts are read in windows of {window} tokens, as long as training texts, not of {tokenizer.window}"
    ]
